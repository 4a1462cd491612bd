/**
 * The PVs that an operator names as the place of a volume: `/dev/sda`, `/dev/sda:0-9:20-:40+5`,
 * `@tag` (reference 12.1).
 */
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Notice, UnusablePv, VolumeError } from '../../contract/errors.ts';
import { freeOn } from '../format/free-areas.ts';
import { isAllocatable, isMissing, type PhysicalVolume } from '../format/model.ts';
import { MAX_EXTENTS } from '../format/totals.ts';
import type { ScannedVg } from '../scan-types.ts';

/** First and last physical extent. */
export interface PeRange {
  readonly first: number;
  readonly last: number;
}

export interface Places {
  /** In the order named; the ranges of each in the order named. */
  readonly ranges: ReadonlyMap<LvmId, readonly PeRange[]>;
  /** About those that were named in vain. */
  readonly notices: readonly Notice[];
}

/** Refuses what is no PV of the group, ranges that overlap, and a list with no room at all. */
export function readPlaces(
  scanned: ScannedVg,
  words: readonly string[],
): Result<Places, VolumeError> {
  const ranges = new Map<LvmId, PeRange[]>();
  const unusable: UnusablePv[] = [];
  for (const word of words) {
    const named = pvsNamed(scanned, word);
    if (!named.ok) return named;
    for (const { pv, device, range } of named.value) {
      const why = uselessness(scanned, pv);
      if (why) {
        unusable.push({ device, why });
        continue;
      }
      const known = ranges.get(pv.id) ?? [];
      const added = readRanges(known, range, pv, device);
      if (!added.ok) return added;
      ranges.set(pv.id, added.value);
    }
  }
  if (ranges.size === 0) return err({ code: 'no-allocatable-pvs', unusable });
  const notices = unusable.map(({ device, why }): Notice => {
    return { code: why === 'full' ? 'pv-full' : 'pv-not-allocatable', device };
  });
  return ok({ ranges, notices });
}

interface Named {
  readonly pv: PhysicalVolume;
  readonly device: string;
  /** What stands behind the path, its colon included. */
  readonly range: string;
}

function pvsNamed({ vg, devices }: ScannedVg, word: string): Result<readonly Named[], VolumeError> {
  if (word.startsWith('@')) {
    const tag = word.slice(1);
    const tagged = vg.pvs.filter(({ tags }) => tags.includes(tag));
    return ok(
      tagged.map((pv) => ({ pv, device: devices.get(pv.id)?.path ?? pv.deviceHint, range: '' })),
    );
  }
  const colon = word.indexOf(':');
  const device = colon < 0 ? word : word.slice(0, colon);
  const pv = vg.pvs.find(({ id }) => devices.get(id)?.path === device);
  if (!pv) return err({ code: 'pv-not-in-vg', device, vg: vg.name });
  return ok([{ pv, device, range: word.slice(device.length) }]);
}

function uselessness({ vg }: ScannedVg, pv: PhysicalVolume): UnusablePv['why'] | undefined {
  if (!isAllocatable(pv) || isMissing(pv)) return 'not-allocatable';
  return freeOn(vg, [pv.id]) === 0 ? 'full' : undefined;
}

/** What `:0-9:20-` behind a PV means; none: all of it. @param known ranges before it */
export function readRanges(
  known: readonly PeRange[],
  text: string,
  pv: PhysicalVolume,
  device: string,
): Result<PeRange[], VolumeError> {
  const ranges = [...known];
  for (let rest = text === '' ? ':-' : text; rest !== '';) {
    const read = readRange(rest.slice(1), pv.peCount - 1);
    if (!read.ok) return err({ code: 'pe-range-unreadable', text: read.error });
    const { range } = read.value;
    if (range.first > range.last || range.last >= pv.peCount) {
      return err({ code: 'pe-range-outside', ...range });
    }
    const twice = ranges.find(({ first, last }) => first <= range.last && range.first <= last);
    if (twice) return err({ code: 'pv-range-twice', device, range, twice });
    ranges.push(range);
    ({ rest } = read.value);
  }
  return ok(ranges);
}

/**
 * `5` is one extent, `5-` goes to the end, `5+3` is three. Without a start it is the first.
 * @param text without its colon.
 * @returns what follows, with its colon; on refusal what cannot be read, as LVM shows it.
 */
function readRange(text: string, end: number): Result<{ range: PeRange; rest: string }, string> {
  const [, start = '', sign = '', second = '', rest = ''] =
    /^(\d*)([-+]?)(\d*)(.*)$/s.exec(text) ?? [];
  const first = Number(start);
  if (text === '' || first > MAX_EXTENTS) return err(text);
  if (Number(second) > MAX_EXTENTS) return err(second + rest);
  if (rest !== '' && !rest.startsWith(':')) return err(rest);
  if (start === '' && sign === '') return err(text);
  const last = {
    '': first,
    '-': second === '' ? end : Number(second),
    '+': second === '' ? end : first + Math.max(1, Number(second)) - 1,
  }[sign];
  return ok({ range: { first, last: last ?? first }, rest });
}
