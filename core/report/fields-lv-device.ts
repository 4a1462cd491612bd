/** What fills the columns that ask a volume's mapped device, and those of its target's status. */
import { syncPercent } from '../lvm/activate/mirror-status.ts';
import { fullPercent, type SnapshotStatus } from '../lvm/activate/snapshot-status.ts';
import { isWritable } from '../lvm/format/model.ts';
import type { DmDeviceState } from '../contract/state.ts';
import { readAhead } from './dmsetup.ts';
import { lvDevice, lvRealDevice, lvSnapshotStatus } from './active.ts';
import { lvAttr } from './attr.ts';
import { ofLv } from './fields-lv.ts';
import type { Getter, Getters, Row } from './fields.ts';
import { isLvPartial } from './health.ts';
import { amount, EMPTY, flag, list, none, size, text, type Value } from './value.ts';

const deviceOf = ({ source, vg, lv }: Row): DmDeviceState | undefined =>
  vg && lv ? lvDevice(source, vg, lv) : undefined;

/** Unknown while there is no device to ask. */
const ofDevice =
  (word: string, is: (device: DmDeviceState) => boolean): Getter =>
  (row) => {
    const device = deviceOf(row);
    return flag(device && is(device), word);
  };

const number =
  (part: 0 | 1): Getter =>
  (row) => {
    const text = deviceOf(row)?.devno.split(':')[part];
    return text === undefined ? none('-1') : amount(Number(text));
  };

const kernelsOwn: Getter = (row) => {
  const device = deviceOf(row);
  return device ? size(readAhead(device)) : none('-1');
};

function permissions(row: Row): Value {
  if (!row.lv) return text('unknown');
  if (!isWritable(row.lv)) return text('read-only');
  const device = deviceOf(row);
  if (!device) return text('unknown');
  return text(device.readOnly ? 'read-only-override' : 'writeable');
}

const syncedShare: Getter = ({ source, vg, lv }) => {
  const percent = vg && lv && syncPercent(lv, lvRealDevice(source, vg, lv));
  return percent === undefined ? none() : amount(percent);
};

const snapshotOf = ({ source, vg, lv }: Row): SnapshotStatus | undefined =>
  vg && lv && lvSnapshotStatus(source, vg, lv);

const fullShare: Getter = (row) => {
  const percent = fullPercent(snapshotOf(row));
  return percent === undefined ? none() : amount(percent);
};

/** Unknown of what is no snapshot that runs. */
const ofSnapshot =
  (word: string, state: SnapshotStatus['is']): Getter =>
  (row) => {
    const status = snapshotOf(row);
    return flag(status && status.is === state, word);
  };

/**
 * Answers of targets that are not run here (raid, thin, cache, VDO): no status
 * line has them, and LVM leaves such a column empty.
 */
const NO_STATUS = [
  'raid_mismatch_count',
  'integritymismatches',
  'metadata_percent',
  'cache_total_blocks',
  'cache_used_blocks',
  'cache_dirty_blocks',
  'cache_read_hits',
  'cache_read_misses',
  'cache_write_hits',
  'cache_write_misses',
  'kernel_metadata_format',
  'vdo_used_size',
  'vdo_saving_percent',
  'writecache_total_blocks',
  'writecache_free_blocks',
  'writecache_writeback_blocks',
  'writecache_error',
];
const NO_WORD = [
  'raid_sync_action',
  'kernel_cache_policy',
  'kernel_discards',
  'vdo_operating_mode',
  'vdo_compression_state',
  'vdo_index_state',
];

const all = (names: readonly string[], value: Value): Getters =>
  Object.fromEntries(names.map((name) => [name, () => value]));

export const LV_DEVICE_VALUES: Getters = {
  lv_kernel_major: number(0),
  lv_kernel_minor: number(1),
  lv_kernel_read_ahead: kernelsOwn,
  lv_permissions: permissions,
  lv_suspended: ofDevice('suspended', ({ suspended }) => suspended),
  lv_live_table: ofDevice('live table present', ({ live }) => live !== undefined),
  lv_inactive_table: ofDevice('inactive table present', ({ inactive }) => inactive !== undefined),
  lv_device_open: ofDevice('open', ({ openCount }) => openCount > 0),
  lv_health_status: ofLv((vg, lv) => text(isLvPartial(vg, lv) ? 'partial' : '')),
  lv_attr: ofLv((vg, lv, row) => text(lvAttr(row.source, vg, lv))),
  lv_check_needed: () => flag(undefined, 'check needed'),
  lv_merge_failed: ofSnapshot('merge failed', 'merge-failed'),
  lv_snapshot_invalid: ofSnapshot('snapshot invalid', 'invalid'),
  data_percent: fullShare,
  snap_percent: fullShare,
  kernel_cache_settings: () => list([]),
  copy_percent: syncedShare,
  sync_percent: syncedShare,
  ...all(NO_STATUS, none()),
  ...all(NO_WORD, EMPTY),
};
