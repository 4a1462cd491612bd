/**
 * A PV's identifier stands in its label and in the text of its group. Whoever finds just one of
 * them changed misses the PV, and no disk writes two sectors as one. But the label also says where
 * the metadata lies: the new text goes into an area of its own, in room that nobody uses, and one
 * sector brings in both. Then the text is taken back into the area where it belongs.
 */
import { must } from '../../base/assert.ts';
import type { LvmId } from '../../base/ids.ts';
import { SECTOR, sectors, sectorsToBytes } from '../../base/units.ts';
import type { AreaRef, Plan, Step } from '../../contract/plan.ts';
import { bootloaderOf } from '../format/bootloader.ts';
import { maxTextBytes, piecesOf } from '../format/circular.ts';
import type { DiskRange } from '../format/disk-types.ts';
import { findPv, type PhysicalVolume, type VolumeGroup } from '../format/model.ts';
import type { ScannedArea, ScannedPv } from '../scan-types.ts';
import { broughtInByLabel, writeOf } from './area-switch.ts';
import { relabelStep } from './pv-steps.ts';

/** Where an area for just one text fits. */
interface Room {
  readonly area: DiskRange;
  /** The area of the PV in whose buffer it lies, if in one. */
  readonly host?: ScannedArea;
}

/** What a new area zeroes at its start. */
const LEAST = 8;

/**
 * @param plan writes the group's text with the new identifier.
 * @returns the same with the label; where there is no room, the label goes first, as in LVM.
 */
export function withNewIdentity(plan: Plan, pv: ScannedPv, pvId: LvmId): Plan {
  const { areas, text } = writeOf(plan);
  const entry = must(findPv(writeOf(plan).group as VolumeGroup, pvId), 'the PV in the new text');
  const room = roomFor(pv, entry, text.length);
  if (!room) return labelFirst(plan, relabelStep(pv, { pvId }));
  const device = pv.path;
  const host = room.host?.range.start;
  const own: AreaRef = { device, ...room.area, ignored: false };
  const to = areas.find((area) => area.device === device && area.start === host);
  const meanwhile = [own, ...pv.label.metadataAreas.filter(({ start }) => start !== host)];
  const switched = broughtInByLabel(plan, own, switchStep(pv, pvId, meanwhile), to);
  return { ...switched, steps: [...switched.steps, settleStep(pv, pvId, own, to)] };
}

/** Behind the archive: with that and pvcreate --restorefile a cut right here is put right. */
function labelFirst(plan: Plan, label: Step): Plan {
  const at = 1 + plan.steps.findIndex(({ action }) => action.kind === 'write-metadata');
  const steps = [...plan.steps.slice(0, at), label, ...plan.steps.slice(at)];
  return { ...plan, steps, commitAt: plan.commitAt + 1 };
}

function switchStep(pv: ScannedPv, pvId: LvmId, areas: readonly DiskRange[]): Step {
  const { path: device, label } = pv;
  const { deviceSize } = label;
  return {
    what: `rewrite the label of ${device}`,
    why: 'One sector: whoever finds the new identifier finds the text that knows it.',
    action: { kind: 'relabel-pv', device, pvId, deviceSize, areas: areas.map(rangeOf) },
    undo: {
      kind: 'relabel-pv',
      device,
      pvId: label.pvId,
      deviceSize,
      areas: label.metadataAreas.map(rangeOf),
    },
  };
}

function settleStep(pv: ScannedPv, pvId: LvmId, from: DiskRange, to: AreaRef | undefined): Step {
  const { path: device, label } = pv;
  const { deviceSize } = label;
  const usual = label.metadataAreas.map(rangeOf);
  return {
    what: `take the metadata of ${device} back into its usual place`,
    why: 'The header of the usual area points at the text before the label names that area again.',
    action: to
      ? { kind: 'settle-area', device, from: rangeOf(from), to, areas: usual }
      : { kind: 'relabel-pv', device, pvId, deviceSize, areas: usual },
    undo: { kind: 'none', because: 'the text is found in the one place or in the other' },
  };
}

const rangeOf = ({ start, size }: DiskRange): DiskRange => ({ start, size });

function roomFor(pv: ScannedPv, entry: PhysicalVolume, textBytes: number): Room | undefined {
  return [...pv.areas.flatMap(roomsIn), ...roomBeforeData(pv, entry)].find(({ area, free }) => {
    const needed = Math.max(LEAST, 1 + Math.ceil(textBytes / SECTOR));
    return free >= needed && textBytes <= maxTextBytes(sectorsToBytes(area.size));
  });
}

/** `free`: so many sectors from the start of the area on. */
type FreeRoom = Room & { readonly free: number };

/** What the committed text leaves of the buffer: behind it, or before it and behind it. */
function roomsIn(host: ScannedArea): readonly FreeRoom[] {
  const { header } = host;
  if (!header) return [];
  const text = header.ignored ? undefined : header.committed;
  const taken = text ? piecesOf(sectorsToBytes(header.size), text) : [];
  const runs = taken
    .map(({ offset, size }) => ({
      start: Math.floor(offset / SECTOR),
      end: Math.ceil((offset + size) / SECTOR),
    }))
    .sort((a, b) => a.start - b.start);
  const starts = [1, ...runs.map(({ end }) => end)];
  const ends = [...runs.map(({ start }) => start), header.size];
  return starts.flatMap((start, index) => {
    const free = (ends[index] ?? start) - start;
    if (free < LEAST) return [];
    return [{ area: range(header.start + start, header.size - start), host, free }];
  });
}

/** A PV without areas has had the room for one left free. */
function roomBeforeData({ label }: ScannedPv, entry: PhysicalVolume): readonly FreeRoom[] {
  const { metadataAreas, bootloaderAreas, dataAreas } = label;
  const former = bootloaderOf(entry);
  const taken = [...metadataAreas, ...bootloaderAreas, ...dataAreas, ...(former ? [former] : [])];
  const free = Math.min(entry.peStart, ...taken.map(({ start }) => start)) - LEAST;
  return free < LEAST ? [] : [{ area: range(LEAST, free), free }];
}

const range = (start: number, size: number): DiskRange => ({
  start: sectors(start),
  size: sectors(size),
});
