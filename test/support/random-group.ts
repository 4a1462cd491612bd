/** Sound groups with every kind of volume that moves have to mind: a seed fixes one. */
import { newLvmId, type LvmId } from '../../core/base/ids.ts';
import { extents } from '../../core/base/units.ts';
import { Prng } from '../../core/env/prng.ts';
import type { LogicalVolume, PhysicalVolume, VolumeGroup } from '../../core/lvm/format/model.ts';
import { group, lv, mirror, onLv, onPv, pv, striped } from '../unit/format/samples.ts';

export class RandomGroup {
  readonly prng: Prng;
  readonly pvs: readonly PhysicalVolume[];
  /** Owner of every extent, PV by PV; undefined: free. */
  private readonly taken: boolean[][];
  private readonly lvs: LogicalVolume[] = [];

  constructor(seed: number) {
    this.prng = new Prng(seed);
    const count = 2 + this.prng.below(4);
    this.pvs = Array.from({ length: count }, (_, index) => ({
      ...pv(index),
      id: this.id(),
      peCount: extents(8 + this.prng.below(40)),
      status: this.prng.chance(90) ? ['ALLOCATABLE'] : [],
    }));
    this.taken = this.pvs.map(({ peCount }) => Array<boolean>(peCount).fill(false));
    for (let index = this.prng.below(7); index >= 0; index--) this.add(`lv${index}`);
  }

  get vg(): VolumeGroup {
    return { ...group(), id: this.id(), pvs: this.pvs, lvs: this.lvs };
  }

  private id(): LvmId {
    return newLvmId((limit) => this.prng.below(limit));
  }

  private add(name: string): void {
    const kind = this.prng.below(10);
    if (kind < 5) this.put(this.linear(name, this.anyPvs()));
    else if (kind < 7) this.put(this.striped(name));
    else this.mirror(name);
  }

  private put(volume: LogicalVolume | undefined): boolean {
    if (volume) this.lvs.push({ ...volume, id: this.id(), status: this.statusOf(volume) });
    return volume !== undefined;
  }

  private statusOf({ name }: LogicalVolume): readonly string[] {
    const hidden = name.includes('_');
    const locked = !hidden && this.prng.chance(8);
    return ['READ', 'WRITE', ...(hidden ? [] : ['VISIBLE']), ...(locked ? ['LOCKED'] : [])];
  }

  private anyPvs(): readonly number[] {
    const all = this.pvs.map((_, index) => index);
    const some = all.filter(() => this.prng.chance(60));
    return some.length > 0 ? some : all;
  }

  /** Up to five pieces, wherever there is room for one. */
  private linear(name: string, on: readonly number[], wanted?: number): LogicalVolume | undefined {
    const segments: LogicalVolume['segments'][number][] = [];
    let start = 0;
    for (let tries = 0; tries < 12 && start < (wanted ?? Infinity); tries++) {
      const most = Math.min(1 + this.prng.below(8), (wanted ?? Infinity) - start);
      const place = this.place(this.prng.pick(on), most);
      if (!place) continue;
      segments.push(striped(start, place.count, place.area));
      start += place.count;
      if (wanted === undefined && segments.length > this.prng.below(5)) break;
    }
    if (start === 0 || (wanted !== undefined && start < wanted)) return undefined;
    return lv(name, ...segments);
  }

  private striped(name: string): LogicalVolume | undefined {
    const stripes = 2 + this.prng.below(Math.min(2, this.pvs.length - 1));
    const segments: LogicalVolume['segments'][number][] = [];
    let start = 0;
    for (let tries = 0; tries < 3; tries++) {
      const rows = 1 + this.prng.below(4);
      const on = this.shuffled().slice(0, stripes);
      const places = on.map((index) => this.free(index, rows));
      const areas = places.flatMap((at, index) => {
        const entry = this.pvs[on[index] ?? 0];
        return at === undefined || !entry ? [] : [{ index: on[index] ?? 0, at, entry }];
      });
      if (areas.length < stripes) continue;
      for (const { index, at } of areas) this.take(index, at, rows);
      segments.push(
        striped(start, rows * stripes, ...areas.map(({ entry, at }) => onPv(entry, at))),
      );
      start += rows * stripes;
      if (this.prng.chance(60)) break;
    }
    return start === 0 ? undefined : lv(name, ...segments);
  }

  /** Each leg on PVs that no other has, and the log on one more where there is one. */
  private mirror(name: string): void {
    const order = this.shuffled();
    const legs = Math.min(2 + this.prng.below(2), order.length);
    const count = 1 + this.prng.below(6);
    const before = this.taken.map((row) => [...row]);
    const images: LogicalVolume[] = [];
    for (let leg = 0; leg < legs; leg++) {
      const own = leg === 0 && order.length > legs + 1 ? [order[0] ?? 0, order.at(-1) ?? 0] : [];
      const image = this.linear(
        `${name}_mimage_${leg}`,
        own.length > 0 ? own : [order[leg] ?? 0],
        count,
      );
      if (!image) {
        for (const [index, row] of before.entries()) this.taken[index] = row;
        return;
      }
      images.push(image);
    }
    const rest = order.slice(legs, order.length > legs + 1 ? -1 : undefined);
    const log = rest[0] === undefined ? undefined : this.place(rest[0], 1);
    const body = mirror(count, ...images.map((image) => onLv(image.name, 0)));
    this.put(lv(name, log ? { ...body, log: `${name}_mlog` } : body));
    if (log) this.put(lv(`${name}_mlog`, striped(0, 1, log.area)));
    for (const image of images) this.put(image);
  }

  private shuffled(): readonly number[] {
    const left = this.pvs.map((_, index) => index);
    const out: number[] = [];
    while (left.length > 0) out.push(...left.splice(this.prng.below(left.length), 1));
    return out;
  }

  /** As many extents as there are at a random place, at most so many. */
  private place(index: number, most: number) {
    const entry = this.pvs[index];
    const row = this.taken[index] ?? [];
    for (let tries = 0; tries < 4 && entry; tries++) {
      const at = this.prng.below(row.length);
      let count = 0;
      while (count < most && row[at + count] === false) count++;
      if (count === 0) continue;
      this.take(index, at, count);
      return { area: onPv(entry, at), count };
    }
    return undefined;
  }

  private free(index: number, count: number): number | undefined {
    const row = this.taken[index] ?? [];
    const starts = row.flatMap((_, at) =>
      row.slice(at, at + count).filter((cell) => !cell).length === count ? [at] : [],
    );
    return starts.length > 0 ? this.prng.pick(starts) : undefined;
  }

  private take(index: number, at: number, count: number): void {
    this.taken[index]?.fill(true, at, at + count);
  }
}
