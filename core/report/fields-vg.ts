import { formatLvmId } from '../base/ids.ts';
import { extentsToSectors, extents } from '../base/units.ts';
import { freeCountOf } from '../lvm/format/free-areas.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { vgAttr } from './attr.ts';
import { binary, number, text, type Field, type Row } from './fields.ts';
import { isVgPartial, missingPvCount } from './health.ts';
import { countLvs } from './rows.ts';
import { sizeColumn } from './size-text.ts';

const extentTotal = ({ vg }: ScannedVg): number => vg.pvs.reduce((sum, pv) => sum + pv.peCount, 0);

/** A size in extents of the group, as the report's units have it. */
export function extentSize(row: Row, count: number): string {
  const unit = row.vg?.vg.extentSize;
  if (unit === undefined) return '';
  return sizeColumn(extentsToSectors(extents(count), unit), row.units, row.suffix);
}

const areas = ({ devices }: ScannedVg) => [...devices.values()].flatMap((pv) => pv.areas);

export const isExported = (vg: ScannedVg | undefined): boolean =>
  vg?.vg.status.includes('EXPORTED') === true;

export const VG_FIELDS: readonly Field[] = [
  text('vg_fmt', 'Fmt', ({ vg }) => vg && 'lvm2'),
  text('vg_uuid', 'VG UUID', ({ vg }) => vg && formatLvmId(vg.vg.id)),
  text('vg_name', 'VG', ({ vg }) => vg?.vg.name),
  text('vg_attr', 'Attr', ({ vg }) => vg && vgAttr(vg)),
  binary('vg_partial', 'Partial', 'partial', ({ vg }) => vg !== undefined && isVgPartial(vg)),
  binary('vg_exported', 'Exported', 'exported', ({ vg }) => isExported(vg)),
  binary(
    'vg_extendable',
    'Extendable',
    'extendable',
    ({ vg }) => vg?.vg.status.includes('RESIZEABLE') === true,
  ),
  text('vg_allocation_policy', 'AllocPol', ({ vg }) => vg && (vg.vg.allocationPolicy ?? 'normal')),
  number('vg_size', 'VSize', (row) => row.vg && extentSize(row, extentTotal(row.vg))),
  number('vg_free', 'VFree', (row) => row.vg && extentSize(row, freeCountOf(row.vg.vg))),
  number('vg_extent_size', 'Ext', (row) => row.vg && extentSize(row, 1)),
  number('vg_extent_count', '#Ext', ({ vg }) => vg && String(extentTotal(vg))),
  number('vg_free_count', 'Free', ({ vg }) => vg && String(freeCountOf(vg.vg))),
  number('max_lv', 'MaxLV', ({ vg }) => vg && String(vg.vg.maxLv)),
  number('max_pv', 'MaxPV', ({ vg }) => vg && String(vg.vg.maxPv)),
  number('pv_count', '#PV', ({ vg }) => vg && String(vg.vg.pvs.length)),
  number('vg_missing_pv_count', '#PV Missing', ({ vg }) => vg && String(missingPvCount(vg))),
  number('lv_count', '#LV', ({ vg }) => vg && String(countLvs(vg).visible)),
  number('snap_count', '#SN', ({ vg }) => vg && String(countLvs(vg).snapshots)),
  number('vg_seqno', 'Seq', ({ vg }) => vg && String(vg.vg.seqno)),
  text('vg_tags', 'VG Tags', ({ vg }) => vg?.vg.tags.toSorted().join(',')),
  number('vg_mda_count', '#VMda', ({ vg }) => vg && String(areas(vg).length)),
];
