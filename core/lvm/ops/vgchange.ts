import { newLvmId } from '../../base/ids.ts';
import { err } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { AllocationPolicy } from '../../contract/state.ts';
import { seenLvs } from '../format/shown.ts';
import { type ConfigEntry, type VolumeGroup } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import { refusedAfter } from './after.ts';
import type { Copies } from './balance.ts';
import type { Operation } from './context.ts';
import { activeLvs, vgToChange } from './find.ts';
import { refuseExtentSize, resized } from './new-extent-size.ts';
import { planChange } from './plan-change.ts';
import { tagged, type TagChange } from './tags.ts';
import { planDropLockType, planSystemId } from './vg-access.ts';

/** Changes what the metadata says of a group. */
export interface VgchangeRequest extends TagChange {
  readonly verb: 'vgchange';
  readonly vg: string;
  readonly allocation?: AllocationPolicy;
  /** May PVs join and leave, and volumes change? */
  readonly resizeable?: boolean;
  readonly maxLv?: number;
  readonly maxPv?: number;
  readonly extentSize?: Sectors;
  /** Gives it a new identifier. */
  readonly newId?: true;
  readonly autoactivation?: boolean;
  /** How many copies of the metadata are kept; the areas are chosen where it changes. */
  readonly copies?: Copies;
  /** Of the machine that is to use it, empty: any. Nothing else is changed with it. */
  readonly systemId?: string;
  /** It is shared no more. Nothing else is changed with it. */
  readonly dropLockType?: true;
  /** It follows no profile of settings any more. */
  readonly detachProfile?: true;
}

export const planVgchange: Operation<VgchangeRequest> = (request, context) => {
  if (request.systemId !== undefined) return planSystemId(request.vg, request.systemId, context);
  if (request.dropLockType) return planDropLockType(request.vg, context);
  // A tag does no harm to a group that is not complete; all else waits until it is.
  const scanned = vgToChange(context, request.vg, onlyTags(request) ? { missing: true } : {});
  if (!scanned.ok) return scanned;
  const { vg } = scanned.value;
  const refused = refuse(request, scanned.value);
  if (refused) return err(refused);
  const id = newLvmId((limit) => context.random.below(limit));
  const policy = request.allocation;
  const late = refuseLate(request, vg, activeLvs(context, vg).length > 0);
  // By then the size of extents was looked at, the number of copies was not.
  if (late) return err(refusedAfter(sameExtentSize(request, vg), late));
  const { allocationPolicy, ...rest } = vg;
  const kept = policy === undefined ? allocationPolicy : policy === 'normal' ? undefined : policy;
  const next: VolumeGroup = {
    ...rest,
    ...(kept === undefined ? {} : { allocationPolicy: kept }),
    ...(request.newId ? { id } : {}),
    tags: tagged(vg.tags, request),
    status: withWord(vg.status, 'RESIZEABLE', request.resizeable),
    flags: withWord(vg.flags, 'NOAUTOACTIVATE', negated(request.autoactivation)),
    extra: request.detachProfile ? withoutProfile(vg.extra) : vg.extra,
    maxLv: request.maxLv ?? vg.maxLv,
    maxPv: request.maxPv ?? vg.maxPv,
    ...(request.copies === undefined ? {} : { metadataCopies: copiesWord(request.copies) }),
    ...(request.extentSize === undefined ? {} : resized(vg, request.extentSize)),
  };
  return planChange(context, scanned.value, {
    title: `Change volume group ${vg.name}`,
    next,
    ...(request.copies === undefined ? {} : { copies: request.copies }),
    warnings: sameNotices(request, vg),
    done: [{ code: 'vg-changed', vg: vg.name }],
  });
};

const onlyTags = ({ verb: _verb, vg: _vg, addTags, deleteTags, ...rest }: VgchangeRequest) =>
  Object.keys(rest).length === 0 && (addTags ?? deleteTags) !== undefined;

/** All of them: nothing is managed afterwards, only that every area is in use. */
const copiesWord = (copies: Copies): number => (typeof copies === 'number' ? copies : 0);

/** LVM says so, and writes a version all the same. */
function sameNotices(request: VgchangeRequest, vg: VolumeGroup): readonly Notice[] {
  const notices = [...sameExtentSize(request, vg)];
  const copies = vg.metadataCopies ?? 0;
  if (request.copies === (copies || 'unmanaged')) {
    notices.push({ code: 'metadata-copies-same', vg: vg.name, copies });
  }
  return notices;
}

const sameExtentSize = (request: VgchangeRequest, vg: VolumeGroup): readonly Notice[] =>
  request.extentSize === vg.extentSize
    ? [{ code: 'extent-size-same', vg: vg.name, size: vg.extentSize }]
    : [];

function refuseLate(
  { newId, allocation }: VgchangeRequest,
  vg: VolumeGroup,
  isActive: boolean,
): VolumeError | undefined {
  if (newId && isActive) return { code: 'vg-has-active', vg: vg.name, command: 'vgchange' };
  if (allocation === 'inherit') return { code: 'policy-of-nothing' };
  const same = allocation !== undefined && allocation === (vg.allocationPolicy ?? 'normal');
  return same ? { code: 'vg-policy-same', policy: allocation } : undefined;
}

function refuse(request: VgchangeRequest, scanned: ScannedVg): VolumeError | undefined {
  const { vg } = scanned;
  const resizeable = vg.status.includes('RESIZEABLE');
  const fixed = (what: 'lv' | 'pv' | 'extent') =>
    ({ code: 'vg-limit-fixed', vg: vg.name, what }) as const;
  if (request.maxLv !== undefined && !resizeable) return fixed('lv');
  if (request.maxPv !== undefined && !resizeable) return fixed('pv');
  const visible = seenLvs(vg).length;
  const { maxLv = 0, maxPv = 0 } = request;
  if (maxLv > 0 && maxLv < visible) {
    return { code: 'vg-limit-below-use', vg: vg.name, what: 'lv', used: visible };
  }
  if (maxPv > 0 && maxPv < vg.pvs.length) {
    const used = vg.pvs.length;
    return { code: 'vg-limit-below-use', vg: vg.name, what: 'pv', used };
  }
  if (request.resizeable === resizeable) {
    return { code: 'vg-already-resizeable', vg: vg.name, resizeable };
  }
  if (request.extentSize === undefined) return undefined;
  // LVM has set the flag by now: `-x y -s 8m` is allowed, `-x n -s 8m` is not.
  const same = request.extentSize === vg.extentSize;
  if (!same && !(request.resizeable ?? resizeable)) return fixed('extent');
  return refuseExtentSize(scanned, request.extentSize);
}

const negated = (wish: boolean | undefined): boolean | undefined =>
  wish === undefined ? undefined : !wish;

/** Without `profile`, which is of a host that has such a profile. */
export const withoutProfile = (extra: readonly ConfigEntry[]): readonly ConfigEntry[] =>
  extra.filter(({ name }) => name !== 'profile');

/** The word is there or not, as wished; absent: as it is. */
export function withWord(
  words: readonly string[],
  word: string,
  wish: boolean | undefined,
): readonly string[] {
  if (wish === undefined || words.includes(word) === wish) return words;
  if (!wish) return words.filter((one) => one !== word);
  const behind = ORDER.slice(ORDER.indexOf(word) + 1);
  const at = ORDER.includes(word) ? words.findIndex((one) => behind.includes(one)) : -1;
  return at < 0 ? [...words, word] : [...words.slice(0, at), word, ...words.slice(at)];
}

/** Words as LVM writes them: of the status of PVs and groups, of the flags of volumes. */
const ORDER: readonly string[] = [
  ...['ALLOCATABLE', 'EXPORTED', 'RESIZEABLE', 'PVMOVE', 'READ'],
  ...['ACTIVATION_SKIP', 'NOAUTOACTIVATE'],
];
