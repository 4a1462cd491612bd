/** Damage to what readers look at: labels, PV headers, area headers, their slots, and the texts. */
import { must } from '../../../core/base/assert.ts';
import {
  byteStringToBytes,
  bytesToByteString,
  concatBytes,
  view,
} from '../../../core/base/bytes.ts';
import { lvmCrc } from '../../../core/base/crc.ts';
import { SECTOR } from '../../../core/base/units.ts';
import type { SectorStore } from '../../../core/block/sector-store.ts';
import { Prng } from '../../../core/env/prng.ts';
import { piecesOf } from '../../../core/lvm/format/circular.ts';
import type { DiskRange } from '../../../core/lvm/scan-types.ts';
import type { Base } from './disks.ts';
import { changed, newer } from './texts.ts';

/** The disks of one run, to be spoilt. */
export interface Victim {
  readonly base: Base;
  readonly stores: readonly SectorStore[];
  readonly prng: Prng;
}

/** @returns what was done, for the report of a failure. */
type Damage = (victim: Victim) => string;

const LABEL = 1;
const NUMBERS = [
  0n,
  1n,
  511n,
  512n,
  4096n,
  2n ** 20n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 512n,
  2n ** 64n - 1n,
];

function readBytes(store: SectorStore, sector: number, count = 1): Uint8Array {
  const data = new Uint8Array(count * SECTOR);
  store.read(sector, data);
  return data;
}

const labelSum = (data: Uint8Array): void =>
  view(data).setUint32(16, lvmCrc(data.subarray(20)), true);
const headerSum = (data: Uint8Array): void =>
  view(data).setUint32(0, lvmCrc(data.subarray(4)), true);

/** Any change to one sector, by bytes. */
function spoil(data: Uint8Array, prng: Prng): void {
  const action = prng.below(4);
  // What is meaningful stands at the front of every sector.
  const at = prng.below(prng.chance(80) ? 176 : SECTOR);
  if (action === 0) data[at] = prng.below(256);
  else if (action === 1) data[at] = (data[at] ?? 0) ^ (1 << prng.below(8));
  else if (action === 2) data.fill(prng.pick([0, 1, 0x41, 255]), at);
  else view(data).setBigUint64(8 * prng.below(22), prng.pick(NUMBERS), true);
}

const place = ({ stores, base, prng }: Victim) => {
  const index = prng.below(stores.length);
  return {
    disk: index,
    store: must(stores[index], 'a disk'),
    area: prng.pick(base.areas),
  };
};

const label: Damage = (victim) => {
  const { prng } = victim;
  const { disk, store } = place(victim);
  const data = readBytes(store, LABEL);
  for (let left = 1 + prng.below(3); left > 0; left--) spoil(data, prng);
  const summed = prng.chance(85);
  if (summed) labelSum(data);
  store.write(LABEL, data);
  return `label of ${disk}${summed ? '' : ', sum wrong'}`;
};

/** Lists of areas: another entry, another place or length, no end. */
const lists: Damage = (victim) => {
  const { prng, base } = victim;
  const { disk, store } = place(victim);
  const data = readBytes(store, LABEL);
  const at = 72 + 16 * prng.below(8);
  const start = BigInt(prng.pick([...base.areas.map((area) => area.start), 1, 9, 128, 2048]));
  const size = prng.pick([...NUMBERS, 61440n, 65536n, BigInt(base.size) * 512n]);
  view(data).setBigUint64(at, prng.chance(50) ? start * 512n : prng.pick(NUMBERS), true);
  view(data).setBigUint64(at + 8, size, true);
  labelSum(data);
  store.write(LABEL, data);
  return `list entry at ${at} of ${disk}`;
};

/** The label of another PV, whole or in part, or the own one in another sector. */
const strayLabel: Damage = (victim) => {
  const { prng, stores } = victim;
  const { disk, store } = place(victim);
  const data = readBytes(prng.pick(stores), LABEL);
  const sector = prng.below(4);
  if (prng.chance(70)) view(data).setBigUint64(8, BigInt(sector), true);
  if (prng.chance(80)) labelSum(data);
  store.write(sector, data);
  return `a label in sector ${sector} of ${disk}`;
};

const header: Damage = (victim) => {
  const { prng } = victim;
  const { disk, store, area } = place(victim);
  const data = readBytes(store, area.start);
  for (let left = 1 + prng.below(3); left > 0; left--) spoil(data, prng);
  if (prng.chance(85)) headerSum(data);
  store.write(area.start, data);
  return `header at ${area.start} of ${disk}`;
};

/** A raw_locn: offset, size, sum, flags; or the two exchanged, or both the same. */
const slot: Damage = (victim) => {
  const { prng } = victim;
  const { disk, store, area } = place(victim);
  const data = readBytes(store, area.start);
  const fields = view(data);
  const at = prng.pick([40, 64]);
  const action = prng.below(4);
  if (action === 0) data.copyWithin(64, 40, 64);
  else if (action === 1) data.copyWithin(40, 64, 88);
  else if (action === 2) {
    const value = prng.pick([...NUMBERS, BigInt(area.size) * 512n, BigInt(area.size - 1) * 512n]);
    fields.setBigUint64(at + 8 * prng.below(2), value, true);
  } else fields.setUint32(at + 20, prng.pick([1, 3, 2 ** 32 - 1]), true);
  headerSum(data);
  store.write(area.start, data);
  return `slot at ${at} of ${disk}`;
};

/** A header where another one was; it may even say that it belongs there. */
const strayHeader: Damage = (victim) => {
  const { prng } = victim;
  const [from, to] = [place(victim), place(victim)];
  const data = readBytes(from.store, from.area.start);
  if (prng.chance(70)) view(data).setBigUint64(24, BigInt(to.area.start) * 512n, true);
  if (prng.chance(50)) view(data).setBigUint64(32, BigInt(to.area.size) * 512n, true);
  if (prng.chance(85)) headerSum(data);
  to.store.write(to.area.start, data);
  return `header of ${from.disk} on ${to.disk}`;
};

/** A whole area of another PV: its group's text is sound, and this PV may not be in it. */
const strayArea: Damage = (victim) => {
  const [from, to] = [place(victim), place(victim)];
  const count = Math.min(from.area.size, to.area.size);
  const data = readBytes(from.store, from.area.start, count);
  view(data).setBigUint64(24, BigInt(to.area.start) * 512n, true);
  view(data).setBigUint64(32, BigInt(to.area.size) * 512n, true);
  headerSum(data.subarray(0, SECTOR));
  to.store.write(to.area.start, data);
  return `area of ${from.disk} on ${to.disk}`;
};

const noise: Damage = (victim) => {
  const { prng } = victim;
  const { disk, store, area } = place(victim);
  const sector = prng.pick([0, 1, area.start, area.start + 1 + prng.below(8)]);
  store.write(sector, prng.bytes(SECTOR));
  return `noise in sector ${sector} of ${disk}`;
};

/** One byte of the text where it stands; most of the time under a sum that fits. */
const textByte: Damage = (victim) => {
  const { prng } = victim;
  const { disk, store, area } = place(victim);
  const text = committedText(store, area);
  if (text === undefined) return 'no text to change';
  const data = byteStringToBytes(text);
  const at = prng.below(data.length);
  data[at] = prng.below(256);
  putText(victim, { store, area }, data, prng.chance(80));
  return `byte ${at} of the text of ${disk}`;
};

/** A text that was changed by its words, as the newest version of its group. */
const textWords: Damage = (victim) => {
  const { prng, base } = victim;
  const text = prng.pick(base.texts);
  const result = changed(text, prng, base.texts);
  const fresh = prng.chance(85) ? newer(result.text) : result.text;
  const data = byteStringToBytes(fresh === '' ? '\0' : fresh);
  const where = place(victim);
  putText(victim, where, data, prng.chance(97));
  // A group that all its disks agree on is not outvoted.
  if (prng.chance(50)) {
    for (const store of victim.stores) {
      for (const area of base.areas) putText(victim, { store, area }, data, true);
    }
  }
  return `${result.name} in the text of ${where.disk}`;
};

/** Disks all of whose areas hold this text instead of their own. */
export function rewritten(base: Base, text: string): readonly SectorStore[] {
  const stores = base.stores.map((store) => store.copy());
  const victim = { base, stores, prng: new Prng(1) };
  for (const store of stores) {
    for (const area of base.areas) putText(victim, { store, area }, byteStringToBytes(text), true);
  }
  return stores;
}

interface Where {
  readonly store: SectorStore;
  readonly area: DiskRange;
}

function committedText(store: SectorStore, area: DiskRange): string | undefined {
  const fields = view(readBytes(store, area.start));
  const [offset, size] = [fields.getBigUint64(40, true), fields.getBigUint64(48, true)];
  const end = BigInt(area.size) * 512n;
  if (offset < 512n || offset >= end || size < 1n || size > end - 512n) return undefined;
  const data = readBytes(store, area.start, area.size);
  const pieces = piecesOf(area.size * SECTOR, { offset: Number(offset), size: Number(size) });
  return bytesToByteString(
    concatBytes(pieces.map((one) => data.subarray(one.offset, one.offset + one.size))),
  );
}

/** Anywhere in the buffer, also over its end; the header points at it. */
function putText({ prng }: Victim, { store, area }: Where, data: Uint8Array, fits: boolean): void {
  const areaBytes = area.size * SECTOR;
  const buffer = areaBytes - SECTOR;
  const kept = data.subarray(0, Math.min(data.length, buffer));
  const offset = prng.chance(70) ? SECTOR : SECTOR * (1 + prng.below(area.size - 1));
  const whole = readBytes(store, area.start, area.size);
  let done = 0;
  for (const piece of piecesOf(areaBytes, { offset, size: kept.length })) {
    whole.set(kept.subarray(done, (done += piece.size)), piece.offset);
  }
  const fields = view(whole);
  fields.setBigUint64(40, BigInt(offset), true);
  fields.setBigUint64(48, BigInt(kept.length), true);
  fields.setUint32(56, fits ? lvmCrc(kept) : 7, true);
  headerSum(whole.subarray(0, SECTOR));
  store.write(area.start, whole);
}

const DAMAGES: readonly Damage[] = [
  label,
  lists,
  strayLabel,
  header,
  slot,
  strayHeader,
  strayArea,
  noise,
  textByte,
  textWords,
  textWords,
  textWords,
];

/** Does one piece of damage. */
export const damage = (victim: Victim): string => victim.prng.pick(DAMAGES)(victim);
