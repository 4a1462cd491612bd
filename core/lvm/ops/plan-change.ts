/** The plan of a change to one group: what nearly every operation is around its metadata. */
import { ok, type Result } from '../../base/result.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import type { Reload } from '../activate/steps.ts';
import type { VolumeGroup } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import type { Copies, UsableArea } from './balance.ts';
import { devicesOf } from './find.ts';
import { metadataSteps, nextVersion, staleCopyNotices, usableAreas } from './metadata-steps.ts';
import { asItStands } from './missing.ts';
import { markStep, unmarkedMembers } from './pv-steps.ts';

export interface ChangeParts {
  readonly title: string;
  /** The group as it will be; its number is that of `scanned` until it is written. */
  readonly next: VolumeGroup;
  /** Before the new text is written: devices that go down, disks that become PVs. */
  readonly before?: readonly Step[];
  /** New tables for devices that stay: loaded before the commit, resumed after it. */
  readonly reload?: Reload;
  /** When nothing is under way any more, before the new version is valid. */
  readonly lastLook?: readonly Step[];
  /** Once the new version is valid. */
  readonly after?: readonly Step[];
  /** Where the new version is written; default: every area of the group that can be written. */
  readonly areas?: readonly UsableArea[];
  /** How many of them carry it; default: what the group says. */
  readonly copies?: Copies;
  /** The disks carry this number or a higher one. */
  readonly outvoted?: boolean;
  /** Disks that do not take it are left out. */
  readonly tolerant?: boolean;
  readonly warnings?: readonly Notice[];
  /** Before what is said of copies and labels. */
  readonly first?: readonly Notice[];
  readonly questions?: readonly Question[];
  readonly done: readonly Notice[];
  readonly short?: VolumeError;
  readonly fallback?: Plan;
  /** Once it was taken back, what was there before the command. */
  readonly recovery?: Plan;
  readonly log?: Plan['log'];
}

/** Text, precommit, preload, suspend, commit, resume, in this order (reference 8.5). */
export function planChange(
  context: OpContext,
  scanned: ScannedVg,
  parts: ChangeParts,
): Result<Plan, VolumeError> {
  const next = nextVersion(asItStands(parts.next, scanned));
  const areas = parts.areas ?? usableAreas(devicesOf(scanned));
  const metadata = metadataSteps(context, next, areas, {
    before: [scanned.vg],
    outvoted: parts.outvoted ?? false,
    tolerant: parts.tolerant ?? false,
    ...(parts.copies === undefined ? {} : { copies: parts.copies }),
  });
  if (!metadata.ok) return metadata;
  const { reload } = parts;
  const marked = (parts.before ?? []).flatMap(({ action }) =>
    action.kind === 'mark-pv' ? [action.device] : [],
  );
  const unmarked = unmarkedMembers(scanned).filter(({ path }) => !marked.includes(path));
  const before = [
    ...(parts.before ?? []),
    ...unmarked.map(({ path }) => markStep(path, true)),
    ...metadata.value.prepare,
    ...(reload ? [...reload.preload, ...reload.suspend] : []),
    ...(parts.lastLook ?? []),
  ];
  return ok({
    title: parts.title,
    steps: [...before, metadata.value.commit, ...(reload?.resume ?? []), ...(parts.after ?? [])],
    commitAt: before.length,
    warnings: [
      ...(parts.first ?? []),
      ...unmarked.map(
        ({ path: device }) => ({ code: 'updating-pv-header', vg: next.name, device }) as const,
      ),
      ...staleCopyNotices(scanned, next.seqno),
      ...(parts.warnings ?? []),
    ],
    questions: parts.questions ?? [],
    done: parts.done,
    ...(parts.short ? { short: parts.short } : {}),
    ...(parts.log ? { log: parts.log } : {}),
    ...(parts.fallback ? { fallback: parts.fallback } : {}),
    ...(parts.recovery ? { recovery: parts.recovery } : {}),
  });
}
