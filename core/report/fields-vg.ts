/** What fills the columns of a group; a PV in none is shown with those of a nameless one. */
import { formatLvmId } from '../base/ids.ts';
import { oncePer } from '../base/once.ts';
import { extents, extentsToSectors } from '../base/units.ts';
import { freeCountOf } from '../lvm/format/free-areas.ts';
import type { VolumeGroup } from '../lvm/format/model.ts';
import { isShared, lockTypeOf } from '../lvm/format/write-lock.ts';
import type { ScannedArea, ScannedVg } from '../lvm/scan-types.ts';
import { vgAttr } from './attr.ts';
import type { Getter, Getters } from './fields.ts';
import { isVgPartial, missingPvCount } from './health.ts';
import { countUsed, leastFree, leastSize } from './metadata-areas.ts';
import { UNKNOWN_DEVICE } from './places.ts';
import { countLvs, isStray } from './rows.ts';
import { amount, EMPTY, flag, list, none, size, text, type Value } from './value.ts';

const ofVg =
  (value: (vg: ScannedVg) => Value, otherwise: Value = EMPTY): Getter =>
  ({ vg }) =>
    vg ? value(vg) : otherwise;

/** Every volume's row may ask for these. */
export const extentTotal = oncePer(({ vg }: ScannedVg) =>
  vg.pvs.reduce((sum, pv) => sum + pv.peCount, 0),
);
const freeExtents = oncePer(({ vg }: ScannedVg) => freeCountOf(vg));

/** So many extents of the group. */
export const extentSize = ({ vg }: ScannedVg, count: number): Value =>
  size(extentsToSectors(extents(count), vg.extentSize));

/** Those that can be used: LVM does not count a damaged one. */
const areasOf = oncePer(({ devices }: ScannedVg): readonly ScannedArea[] =>
  [...devices.values()].flatMap((pv) => pv.areas.filter(({ damage }) => !damage)),
);

const usedAreas = oncePer((vg: ScannedVg): readonly ScannedArea[] =>
  areasOf(vg).filter(({ header }) => header?.ignored !== true),
);

export const isExported = (vg: ScannedVg | undefined): boolean =>
  vg?.vg.status.includes('EXPORTED') === true;

/** A text of the group's section that the model does not know: `profile`, `lock_type`. */
const extraText = ({ extra }: VolumeGroup, key: string): Value => {
  const entry = extra.findLast(({ name }) => name === key);
  return text(entry?.kind === 'value' && entry.value.kind === 'string' ? entry.value.value : '');
};

const NOTHING = size(0);
const ZERO = amount(0);
const hasStatus = (word: string, shown: string): Getter =>
  ofVg(({ vg }) => flag(vg.status.includes(word), shown), flag(false, shown));
const systemId = ofVg(({ vg }) => text(vg.systemId ?? ''));

export const VG_VALUES: Getters = {
  vg_fmt: () => text('lvm2'),
  vg_uuid: ofVg(({ vg }) => text(formatLvmId(vg.id))),
  vg_name: ({ vg, pv }) => text(vg?.vg.name ?? (pv && isStray(pv) ? UNKNOWN_DEVICE : '')),
  vg_attr: ofVg((vg) => text(vgAttr(vg)), text('r-----')),
  vg_permissions: ofVg(
    ({ vg }) => text(vg.status.includes('WRITE') ? 'writeable' : 'read-only'),
    text('read-only'),
  ),
  vg_extendable: hasStatus('RESIZEABLE', 'extendable'),
  vg_exported: hasStatus('EXPORTED', 'exported'),
  vg_autoactivation: ofVg(
    ({ vg }) => flag(!vg.flags.includes('NOAUTOACTIVATE'), 'enabled'),
    flag(true, 'enabled'),
  ),
  vg_partial: ofVg((vg) => flag(isVgPartial(vg), 'partial'), flag(false, 'partial')),
  vg_allocation_policy: ofVg(({ vg }) => text(vg.allocationPolicy ?? 'normal'), text('unknown')),
  vg_clustered: hasStatus('CLUSTERED', 'clustered'),
  vg_shared: ofVg(({ vg }) => flag(isShared(vg), 'shared'), flag(false, 'shared')),
  vg_size: ofVg((vg) => extentSize(vg, extentTotal(vg)), NOTHING),
  vg_free: ofVg((vg) => extentSize(vg, freeExtents(vg)), NOTHING),
  vg_sysid: systemId,
  vg_systemid: systemId,
  vg_lock_type: ofVg(({ vg }) => text(lockTypeOf(vg)?.replace(/^none$/, '') ?? '')),
  vg_lock_args: ofVg(({ vg }) => extraText(vg, 'lock_args')),
  vg_extent_size: ofVg((vg) => extentSize(vg, 1), NOTHING),
  vg_extent_count: ofVg((vg) => amount(extentTotal(vg)), ZERO),
  vg_free_count: ofVg((vg) => amount(freeExtents(vg)), ZERO),
  max_lv: ofVg(({ vg }) => amount(vg.maxLv), ZERO),
  max_pv: ofVg(({ vg }) => amount(vg.maxPv), ZERO),
  pv_count: ofVg(({ vg }) => amount(vg.pvs.length), ZERO),
  vg_missing_pv_count: ofVg((vg) => amount(missingPvCount(vg)), ZERO),
  lv_count: ofVg((vg) => amount(countLvs(vg).visible), ZERO),
  snap_count: ofVg((vg) => amount(countLvs(vg).snapshots), ZERO),
  vg_seqno: ofVg(({ vg }) => amount(vg.seqno), ZERO),
  vg_tags: ofVg(({ vg }) => list(vg.tags), list([])),
  vg_profile: ofVg(({ vg }) => extraText(vg, 'profile')),
  vg_mda_count: ofVg((vg) => amount(areasOf(vg).length), ZERO),
  vg_mda_used_count: ofVg((vg) => amount(countUsed(areasOf(vg))), ZERO),
  vg_mda_free: ofVg((vg) => size(leastFree(usedAreas(vg))), NOTHING),
  vg_mda_size: ofVg((vg) => size(leastSize(usedAreas(vg))), NOTHING),
  vg_mda_copies: ofVg(
    ({ vg }) => (vg.metadataCopies ? amount(vg.metadataCopies) : none('unmanaged')),
    none('unmanaged'),
  ),
};
