/** Copies that go on by themselves: conversions of mirrors, moves of extents, merges. */
import { must } from '../base/assert.ts';
import { SECTOR } from '../base/units.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { JobChoices, JobProgress, JobWork } from '../contract/jobs.ts';
import type { Copying } from '../contract/plan.ts';
import type { DmDeviceState } from '../contract/state.ts';
import { isInSync, mirrorsOf } from '../lvm/activate/mirror-status.ts';
import { dmName, splitDmName } from '../lvm/activate/names.ts';
import { isMerged } from '../lvm/activate/merge-status.ts';
import { fullPercent, snapshotStatusOf } from '../lvm/activate/snapshot-status.ts';
import { isVisible, type LogicalVolume, type VolumeGroup } from '../lvm/format/model.ts';
import { pvmovesOf } from '../lvm/format/pvmove.ts';
import { snapshotsOf, type SnapshotLink } from '../lvm/format/snapshots.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import type { Request } from '../lvm/ops/index.ts';
import { allImages, innermost, isConverting, layerOf } from '../lvm/ops/mirror/parts.ts';
import { moving } from '../lvm/ops/pvmove.ts';
import { mergeOf } from '../lvm/ops/snapshot/merge.ts';

export interface CopyFailure {
  /** A clause. */
  readonly why: string;
  /** As a command says it that waits; absent: as the job does. */
  readonly error?: VolumeError;
}

/** What of a copy depends on what is copied. Every device given is that of its volume. */
export interface CopyKind {
  readonly job: JobWork & { readonly title: string; readonly stays: string } & Pick<
      JobProgress,
      'takeBack'
    >;
  /** Run when `isReady`; may be run again for what is left. */
  finish(device: DmDeviceState): Request;
  /** Its volume is there for the copy alone, and goes with it. */
  readonly ends: boolean;
  /** Why it will never be ready; undefined: it may be. */
  failure?(device: DmDeviceState): CopyFailure | undefined;
  /** Bytes. */
  extent(device: DmDeviceState | undefined): { readonly done: number; readonly total: number };
  /** 0 to 100; undefined without a device. */
  percent(device: DmDeviceState | undefined): number | undefined;
  isReady(device: DmDeviceState): boolean;
  /** There is nothing to copy any more, whoever saw to that. */
  isOver(device: DmDeviceState): boolean;
}

export function kindOf(copying: Copying): CopyKind {
  const { moves, merges } = copying;
  if (merges !== undefined) return merge(copying, merges);
  return moves === undefined ? conversion(copying) : move(copying, moves);
}

function conversion({ vg, lv }: Copying): CopyKind {
  const percent = (device: DmDeviceState | undefined): number | undefined => {
    const mirrors = mirrorsOf(device);
    if (mirrors.length === 0) return device ? 100 : undefined;
    const inSync = mirrors.reduce((sum, one) => sum + one.inSync, 0);
    const regions = mirrors.reduce((sum, one) => sum + one.regions, 0);
    return (100 * inSync) / regions;
  };
  return {
    job: {
      kind: 'convert',
      title: `Synchronize ${vg}/${lv}`,
      stays: 'the legs of a mirror have to be the same; lvconvert -m-1 takes a new leg back',
    },
    finish: () => ({ verb: 'lvconvert', vg, lv, to: { kind: 'finish' } }),
    ends: false,
    extent: (device) => {
      const total = sizeOf(device);
      return { done: Math.floor((total * (percent(device) ?? 0)) / 100), total };
    },
    percent,
    isReady: (device) => (percent(device) ?? 0) >= 100,
    // A repair may have left no mirror of it.
    isOver: (device) => mirrorsOf(device).length === 0,
  };
}

function move({ vg, lv }: Copying, source: string): CopyKind {
  const extent = (device: DmDeviceState | undefined) => {
    const total = sizeOf(device);
    const running = device?.live?.find(({ type }) => type === 'mirror');
    if (!running) return { done: total, total };
    const { inSync, regions } = must(mirrorsOf(device)[0], 'the piece that is copied');
    // Pieces are copied in their order: what lies before this one is at its destination.
    const copied = Math.floor((running.length * inSync) / regions);
    return { done: (running.start + copied) * SECTOR, total };
  };
  return {
    job: {
      kind: 'move',
      title: `Move extents of ${source}`,
      stays: `pvmove --abort ${source} leaves what is not moved yet where it is`,
      takeBack: abortLine(source),
    },
    finish: () => ({ verb: 'pvmove', vg, lv, to: { kind: 'advance' } }),
    ends: true,
    extent,
    percent: (device) => {
      if (!device) return undefined;
      const { done, total } = extent(device);
      return total === 0 ? 100 : (100 * done) / total;
    },
    isReady: (device) => isInSync(device) || mirrorsOf(device).length === 0,
    isOver: (device) => device.live?.every(({ type }) => type === 'error') ?? false,
  };
}

/** What is left of it is what the store still has; how much that was shows at the first look. */
function merge({ vg, lv }: Copying, store: string): CopyKind {
  let total = 0;
  const extent = (device: DmDeviceState | undefined) => {
    const status = snapshotStatusOf(device);
    if (status?.is !== 'good') return { done: 0, total };
    const left = (status.allocated - status.metadata) * SECTOR;
    total = Math.max(total, left);
    return { done: total - left, total };
  };
  const origin = `${vg}/${lv}`;
  return {
    job: {
      kind: 'merge',
      title: `Merge ${vg}/${store} into ${origin}`,
      stays: 'what is in the origin already cannot be taken out of it again',
    },
    finish(device) {
      // The origin may have got another name meanwhile.
      const at = splitDmName(device.name);
      return { verb: 'lvconvert', vg: at.vg, lv: at.lv, to: { kind: 'end-merge', store } };
    },
    ends: false,
    extent,
    percent(device) {
      const status = snapshotStatusOf(device);
      return status?.is === 'good' ? 100 - (fullPercent(status) ?? 0) : undefined;
    },
    isReady: isMerged,
    isOver: () => false,
    failure(device) {
      const is = snapshotStatusOf(device)?.is;
      if (is === 'invalid') {
        const away = `lvchange -an ${origin} and lvremove ${vg}/${store} take it away`;
        return { why: `the snapshot is invalid, and nothing of it can be merged: ${away}` };
      }
      if (is !== 'merge-failed') return undefined;
      return { why: failedAt(origin), error: { code: 'merge-failed', vg, lv } };
    },
  };
}

const failedAt = (origin: string): string =>
  'a read or write error stopped it, and what is not merged is still read from the store: once ' +
  `its disk works again, lvchange -an ${origin} and lvchange -ay ${origin} let it go on`;

function sizeOf(device: DmDeviceState | undefined): number {
  const last = device?.live?.at(-1);
  return last ? (last.start + last.length) * SECTOR : 0;
}

/** What is asked about a copy that was cut short. */
export interface Question {
  readonly choices: JobChoices;
  /** Name of the device that goes with the copy; absent: none does. */
  readonly layer?: string;
}

interface CutShort {
  readonly copying: Copying;
  readonly question: Question;
}

/** Conversions, moves, merges of a group that are not finished. The choices are LVM's lines. */
export function cutShortIn(scanned: ScannedVg): readonly CutShort[] {
  const { vg } = scanned;
  const conversions = vg.lvs
    .filter((lv) => isVisible(lv) && isConverting(lv))
    .map((lv) => ({ copying: { vg: vg.name, lv: lv.name }, question: ofConversion(vg, lv) }));
  const moves = pvmovesOf(vg).map((lv) => {
    const copying = moving(scanned, lv);
    return { copying, question: ofMove(copying) };
  });
  const merges = [...snapshotsOf(vg).stores.values()].filter(({ merging }) => merging);
  const back = merges.map((link) => ({ copying: mergeOf(vg, link), question: ofMerge(vg, link) }));
  return [...conversions, ...moves, ...back];
}

/** To let it go on; what is merged cannot be taken back. */
const ofMerge = ({ name }: VolumeGroup, { origin }: SnapshotLink): Question => ({
  choices: { goOn: ['lvchange', '--poll', 'y', `${name}/${origin}`] },
});

/** To watch it until it is done, and down to the images that it had. */
function ofConversion(vg: VolumeGroup, lv: LogicalVolume): Question {
  const volume = `${vg.name}/${lv.name}`;
  const images = allImages(vg, innermost(vg, lv)).length;
  const takeBack = ['lvconvert', '-m', String(Math.max(0, images - 1)), volume];
  const layer = must(layerOf(vg, lv), 'the layer of a conversion');
  return {
    choices: { goOn: ['lvchange', '--poll', 'y', volume], takeBack },
    layer: dmName(vg.name, layer.name),
  };
}

const abortLine = (source: string): readonly string[] => ['pvmove', '--abort', source];

function ofMove({ vg, lv, moves = '' }: Copying): Question {
  return {
    choices: { goOn: ['pvmove', '-b', moves], takeBack: abortLine(moves) },
    layer: dmName(vg, lv),
  };
}
