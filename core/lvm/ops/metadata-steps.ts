/** The steps by which a new version of metadata reaches its disks (reference 1.6, 8.5). */
import type { ByteText } from '../../base/byte-text.ts';
import { sectorsToBytes } from '../../base/units.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, VolumeError } from '../../contract/errors.ts';
import type { AreaRef, Step } from '../../contract/plan.ts';
import { maxTextBytes } from '../format/circular.ts';
import { metadataText } from '../format/export.ts';
import type { VolumeGroup } from '../format/model.ts';
import { lvsInOrder } from '../format/shown.ts';
import { validateVolumeGroup } from '../format/validate.ts';
import type { ScannedPv, ScannedVg } from '../scan-types.ts';
import { balanced, type Copies, type UsableArea } from './balance.ts';
import type { OpContext } from './context.ts';

export interface MetadataParts {
  readonly copies?: Copies;
  /** The groups that are there: what is wrong with them already was not made here. */
  readonly before?: readonly VolumeGroup[];
  /** The disks carry this number or a higher one: a restored text goes on with its own. */
  readonly outvoted?: boolean;
  /** Disks that do not take it are left out: what is repaired may be just what they did. */
  readonly tolerant?: boolean;
}

export interface MetadataSteps {
  /** Those that are written. */
  readonly areas: readonly AreaRef[];
  /** Text beside the old one, then the second slot of every header. */
  readonly prepare: readonly Step[];
  readonly commit: Step;
}

/** Every area of these PVs that has a sound header, those that are set aside too. */
export function usableAreas(pvs: readonly ScannedPv[]): readonly AreaRef[] {
  return pvs.flatMap(({ path: device, areas }) =>
    areas.flatMap(({ range, header }) =>
      header ? [{ device, ...range, ignored: header.ignored }] : [],
    ),
  );
}

/** What the metadata says of its copies: 0 is LVM's word for unmanaged. */
export const copiesOf = (vg: VolumeGroup): Copies => vg.metadataCopies || 'unmanaged';

/**
 * Validates the new group and plans its way to the disks.
 * Refuses metadata that breaks LVM's own rules, that does not fit, or that has no place to go.
 * @param usable every area of the group that can be written; some may stay set aside.
 */
export function metadataSteps(
  context: OpContext,
  vg: VolumeGroup,
  usable: readonly UsableArea[],
  { copies = copiesOf(vg), before = [], outvoted = false, tolerant = false }: MetadataParts = {},
): Result<MetadataSteps, VolumeError> {
  const faults = faultsOf(vg);
  if (faults.length > 0) {
    const old = before.flatMap(faultsOf);
    const code = old.length > 0 ? 'metadata-unsound' : 'metadata-invalid';
    return err({ code, vg: vg.name, faults: old.length > 0 ? old : faults });
  }
  const areas = balanced(usable, copies, context.random);
  if (areas.length === 0) return err({ code: 'no-metadata-areas', vg: vg.name });
  const text = metadataText(vg, context.header);
  const tooSmall = areas.find((area) => text.length > maxTextBytes(sectorsToBytes(area.size)));
  if (tooSmall) {
    const max = maxTextBytes(sectorsToBytes(tooSmall.size));
    const { device } = tooSmall;
    const size = text.length;
    return err({ code: 'metadata-too-large', vg: vg.name, seqno: vg.seqno, device, size, max });
  }
  const steps = stepsFor(vg, text, areas, tolerant);
  return ok(outvoted ? { ...steps, commit: lastCommit(vg, areas) } : steps);
}

/** A group that breaks the rules as it was read: no version that follows it could be written. */
export function refuseUnsound(vg: VolumeGroup): VolumeError | undefined {
  const faults = faultsOf(vg);
  return faults.length > 0 ? { code: 'metadata-unsound', vg: vg.name, faults } : undefined;
}

const faultsOf = (vg: VolumeGroup): readonly string[] =>
  validateVolumeGroup(vg).map(({ sentence }) => sentence);

function stepsFor(
  group: VolumeGroup,
  text: ByteText,
  areas: readonly AreaRef[],
  tolerant: boolean,
): MetadataSteps {
  const { name: vg, seqno } = group;
  const how = tolerant ? ({ tolerant } as const) : {};
  const write: Step = {
    what: `write metadata seqno ${seqno} of ${vg}`,
    why: 'The new text goes beside the old one; no header points at it yet.',
    action: { kind: 'write-metadata', vg, seqno, text, group: asRead(group), areas, ...how },
    undo: { kind: 'none', because: 'text that no header points at is free space' },
  };
  const precommit: Step = {
    what: `precommit seqno ${seqno}`,
    why: 'The second slot of every header remembers the new text; readers still use the first.',
    action: { kind: 'precommit-metadata', vg, seqno, areas, ...how },
    undo: { kind: 'revert-metadata', vg, areas },
  };
  return { areas, prepare: [write, precommit], commit: commitStep(group, areas) };
}

/** For these areas, all of which have the precommitted text. */
export function commitStep({ name: vg, seqno }: VolumeGroup, areas: readonly AreaRef[]): Step {
  return {
    what: `commit seqno ${seqno}`,
    why: 'One sector per disk changes: from now on the new version is the valid one.',
    action: { kind: 'commit-metadata', vg, seqno, areas },
    undo: { kind: 'none', because: 'the new version is valid as soon as one disk has it' },
  };
}

/** The same where the number goes back: readers believe the higher one. */
function lastCommit({ name: vg, seqno }: VolumeGroup, areas: readonly AreaRef[]): Step {
  return {
    what: `commit seqno ${seqno}`,
    why: 'Readers believe the higher number: the old version is gone with its last copy.',
    action: { kind: 'commit-metadata', vg, seqno, areas, outvoted: true },
    undo: { kind: 'none', because: 'the new version is valid, or was taken back by itself' },
  };
}

/** As a reader of its text would have it. */
function asRead(vg: VolumeGroup): VolumeGroup {
  const lvs = lvsInOrder(vg);
  return lvs === vg.lvs ? vg : { ...vg, lvs };
}

/** Empties both slots: these PVs know no group any more. */
export function eraseStep(vg: string, areas: readonly AreaRef[]): Step {
  return {
    what: `empty the metadata areas of ${vg}`,
    why: 'Without a committed copy on any disk the group is gone; its text stays in the buffers.',
    action: { kind: 'erase-metadata', vg, areas },
    undo: { kind: 'none', because: 'an emptying that fails half-way is taken back by itself' },
  };
}

/** Copies that are older than the newest, which this write will bring up to date. */
export function staleCopyNotices(scanned: ScannedVg, seqno: number): readonly Notice[] {
  const { vg, devices } = scanned;
  return [...devices.values()]
    .filter(({ areas }) => areas.some((area) => area.vg && area.vg.seqno < vg.seqno))
    .map(({ path }) => ({ code: 'updating-old-metadata', vg: vg.name, device: path, seqno }));
}

/** The next version of a group: every write adds one to its sequence number. */
export const nextVersion = (vg: VolumeGroup): VolumeGroup => ({ ...vg, seqno: vg.seqno + 1 });
