import { formatLvmId } from '../base/ids.ts';
import { extents, extentsToSectors, sectors } from '../base/units.ts';
import { freeAreasOf } from '../lvm/format/free-areas.ts';
import { pvAttr } from './attr.ts';
import { PV_USED } from '../lvm/format/label.ts';
import { isAllocatable, isMissing } from '../lvm/format/model.ts';
import { binary, number, text, type Field, type Row } from './fields.ts';
import { isExported } from './fields-vg.ts';
import type { PvRow } from './rows.ts';
import { sizeColumn } from './size-text.ts';

function freeCount({ entry, group }: PvRow): number {
  if (!entry || !group) return 0;
  return (freeAreasOf(group.vg).get(entry.id) ?? []).reduce((sum, area) => sum + area.count, 0);
}

/** Size in extents for a member of a group; the whole device for an orphan. */
function pvSize(row: Row, count: (pv: PvRow, total: number) => number): string | undefined {
  const { pv, units, suffix } = row;
  if (!pv) return undefined;
  const { entry, group, scanned } = pv;
  if (!entry || !group) {
    return sizeColumn(scanned?.label.deviceSize ?? sectors(0), units, suffix);
  }
  const size = extentsToSectors(extents(count(pv, entry.peCount)), group.vg.extentSize);
  return sizeColumn(size, units, suffix);
}

const deviceSize = ({ pv }: Row) =>
  pv?.scanned?.device.size ?? (pv?.scanned ? pv.entry?.deviceSize : undefined) ?? sectors(0);

const isPvMissing = (pv: PvRow): boolean =>
  pv.entry !== undefined && (pv.scanned === undefined || isMissing(pv.entry));

export const PV_FIELDS: readonly Field[] = [
  text('pv_fmt', 'Fmt', ({ pv }) => pv?.id && 'lvm2'),
  text('pv_uuid', 'PV UUID', ({ pv }) => pv?.id && formatLvmId(pv.id)),
  // LVM keeps room for `[unknown]`.
  { ...text('pv_name', 'PV', ({ pv }) => pv?.name), width: 10 },
  text('pv_attr', 'Attr', ({ pv }) => pv && pvAttr(pv)),
  text('pv_tags', 'PV Tags', ({ pv }) => pv && (pv.entry?.tags ?? []).toSorted().join(',')),
  binary('pv_missing', 'Missing', 'missing', ({ pv }) => pv !== undefined && isPvMissing(pv)),
  binary('pv_allocatable', 'Allocatable', 'allocatable', ({ pv }) =>
    Boolean(pv?.entry && isAllocatable(pv.entry)),
  ),
  binary('pv_exported', 'Exported', 'exported', ({ vg }) => isExported(vg)),
  binary('pv_duplicate', 'Duplicate', 'duplicate', ({ pv }) => pv?.duplicate === true),
  binary(
    'pv_in_use',
    'PInUse',
    'used',
    ({ pv }) => ((pv?.scanned?.label.extensionFlags ?? 0) & PV_USED) !== 0,
  ),
  number(
    'dev_size',
    'DevSize',
    (row) => row.pv && sizeColumn(deviceSize(row), row.units, row.suffix),
  ),
  number('pe_start', '1st PE', ({ pv, units, suffix }) => {
    const start = pv?.entry?.peStart ?? pv?.scanned?.label.dataAreas[0]?.start;
    return start === undefined ? undefined : sizeColumn(start, units, suffix);
  }),
  number('pv_size', 'PSize', (row) => pvSize(row, (_pv, total) => total)),
  number('pv_free', 'PFree', (row) => pvSize(row, freeCount)),
  number('pv_used', 'Used', (row) =>
    row.pv?.entry
      ? pvSize(row, (pv, total) => total - freeCount(pv))
      : sizeColumn(sectors(0), row.units, row.suffix),
  ),
  number('pv_pe_count', 'PE', ({ pv }) => pv && String(pv.entry?.peCount ?? 0)),
  number(
    'pv_pe_alloc_count',
    'Alloc',
    ({ pv }) => pv && String((pv.entry?.peCount ?? 0) - freeCount(pv)),
  ),
  number('pv_mda_count', '#PMda', ({ pv }) => pv && String(pv.scanned?.areas.length ?? 0)),
];
