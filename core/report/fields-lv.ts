import { formatLvmId } from '../base/ids.ts';
import { lvExtentCount } from '../lvm/format/model.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { isLvActive, lvAttr, lvDevice, lvDmName, lvLayout, lvRole } from './attr.ts';
import { lvPath } from './active.ts';
import { binary, number, percent, text, type Field, type Row } from './fields.ts';
import { extentSize } from './fields-vg.ts';
import { keysOfLv, relationsOf, textOf, typeOfLv } from './relations.ts';
import { isShown, shownName } from './rows.ts';

type Of = (row: Row, vg: ScannedVg, lv: LogicalVolume) => string | undefined;

/** Fields that need both: a PV's row has neither. */
const of =
  (value: Of) =>
  (row: Row): string | undefined =>
    row.vg && row.lv ? value(row, row.vg, row.lv) : undefined;

const fullName = (vg: ScannedVg, lv: LogicalVolume): string =>
  isShown(vg, lv) ? `${vg.vg.name}/${lv.name}` : `[${vg.vg.name}/${lv.name}]`;

/** `[pool_tmeta]`-like brackets for volumes that are hidden. */
function named(vg: ScannedVg, name: string | undefined): string {
  const lv = vg.vg.lvs.find((one) => one.name === name);
  return lv ? shownName(vg, lv) : (name ?? '');
}

function originOf(vg: ScannedVg, lv: LogicalVolume): string {
  const link = relationsOf(vg.vg).stores.get(lv.name);
  return named(vg, link?.origin ?? textOf(keysOfLv(lv), 'origin'));
}

const kernel =
  (part: 0 | 1): Of =>
  (row, vg, lv) =>
    lvDevice(row.source, vg, lv)?.devno.split(':')[part] ?? '-1';

const deviceOf = (row: Row) =>
  row.vg && row.lv ? lvDevice(row.source, row.vg, row.lv) : undefined;

const yes = (is: boolean, word: string): string => (is ? word : '');

/** What this program does not run has no run-time state to show. */
const notYet = (): string => '';

export const LV_FIELDS: readonly Field[] = [
  text(
    'lv_uuid',
    'LV UUID',
    of((_row, _vg, lv) => formatLvmId(lv.id)),
  ),
  // Four wide at least, as lvs has it.
  {
    ...text(
      'lv_name',
      'LV',
      of((_row, vg, lv) => shownName(vg, lv)),
    ),
    width: 4,
  },
  text(
    'lv_full_name',
    'LV',
    of((_row, vg, lv) => fullName(vg, lv)),
  ),
  text(
    'lv_path',
    'Path',
    of((_row, vg, lv) => lvPath(vg, lv, isShown(vg, lv))),
  ),
  text(
    'lv_dm_path',
    'DMPath',
    of((_row, vg, lv) => `/dev/mapper/${lvDmName(vg, lv)}`),
  ),
  text(
    'lv_attr',
    'Attr',
    of((row, vg, lv) => lvAttr(row.source, vg, lv)),
  ),
  text(
    'lv_layout',
    'Layout',
    of((_row, vg, lv) => lvLayout(vg, lv)),
  ),
  text(
    'lv_role',
    'Role',
    of((_row, vg, lv) => lvRole(vg, lv)),
  ),
  text(
    'lv_active',
    'Active',
    of((row, vg, lv) => yes(isLvActive(row.source, vg, lv), 'active')),
  ),
  text(
    'lv_allocation_policy',
    'AllocPol',
    of((_row, _vg, lv) => lv.allocationPolicy ?? 'inherit'),
  ),
  number(
    'lv_size',
    'LSize',
    of((row, _vg, lv) => extentSize(row, lvExtentCount(lv))),
  ),
  number(
    'seg_count',
    '#Seg',
    of((_row, _vg, lv) => String(lv.segments.length)),
  ),
  text(
    'pool_lv',
    'Pool',
    of((_row, vg, lv) => named(vg, textOf(keysOfLv(lv), 'thin_pool'))),
  ),
  text(
    'origin',
    'Origin',
    of((_row, vg, lv) => originOf(vg, lv)),
  ),
  percent('data_percent', 'Data%', notYet),
  percent('metadata_percent', 'Meta%', notYet),
  text('move_pv', 'Move', notYet),
  text(
    'mirror_log',
    'Log',
    of((_row, vg, lv) =>
      typeOfLv(lv) === 'mirror' ? named(vg, textOf(keysOfLv(lv), 'mirror_log')) : '',
    ),
  ),
  percent('copy_percent', 'Cpy%Sync', notYet),
  text('convert_lv', 'Convert', notYet),
  text(
    'lv_tags',
    'LV Tags',
    of((_row, _vg, lv) => lv.tags.toSorted().join(',')),
  ),
  text(
    'lv_host',
    'Host',
    of((_row, _vg, lv) => lv.creationHost ?? ''),
  ),
  number('lv_kernel_major', 'KMaj', of(kernel(0))),
  number('lv_kernel_minor', 'KMin', of(kernel(1))),
  binary('lv_suspended', 'Suspended', 'suspended', (row) => deviceOf(row)?.suspended === true),
  binary('lv_live_table', 'LiveTable', 'live table present', (row) => Boolean(deviceOf(row)?.live)),
  binary('lv_device_open', 'DevOpen', 'open', (row) => (deviceOf(row)?.openCount ?? 0) > 0),
  binary('lv_skip_activation', 'SkipAct', 'skip activation', ({ lv }) =>
    Boolean(lv?.flags.includes('ACTIVATION_SKIP')),
  ),
];
