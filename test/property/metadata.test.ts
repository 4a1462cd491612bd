/** Any group that can be built survives being written and read. */
import { expect, test } from 'vitest';
import { newLvmId, type LvmId } from '../../core/base/ids.ts';
import { extents, sectors } from '../../core/base/units.ts';
import { Prng } from '../../core/env/prng.ts';
import { parseConfig } from '../../core/lvm/format/config/parse.ts';
import { printConfig } from '../../core/lvm/format/config/print.ts';
import { exportMetadata } from '../../core/lvm/format/export.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import { lvsInOrder } from '../../core/lvm/format/shown.ts';
import { pvRunsOf } from '../../core/lvm/format/pv-map.ts';
import { validateVolumeGroup } from '../../core/lvm/format/validate.ts';
import type {
  Area,
  ConfigEntry,
  ConfigScalar,
  LogicalVolume,
  PhysicalVolume,
  Segment,
  VolumeGroup,
} from '../../core/lvm/format/model.ts';

class Builder {
  private readonly used = new Map<LvmId, number>();
  private names = 0;

  constructor(readonly prng: Prng) {}

  many<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.prng.below(max + 1) }, make);
  }

  id = (): LvmId => newLvmId((limit) => this.prng.below(limit));
  maybe<T>(key: string, make: () => T): Record<string, T> {
    return this.prng.chance(50) ? { [key]: make() } : {};
  }

  /** Any bytes but NUL. */
  text(max = 12): string {
    return this.many(max, () => String.fromCharCode(1 + this.prng.below(255))).join('');
  }

  int(): bigint {
    const bits = BigInt(1 + this.prng.below(62));
    const value = (BigInt(this.prng.below(2 ** 32)) << 31n) % (1n << bits);
    return this.prng.chance(30) ? -value : value;
  }

  scalar = (): ConfigScalar => {
    const kind = this.prng.below(4);
    if (kind === 0) return { kind: 'float', text: `${this.prng.below(99)}.${this.prng.below(99)}` };
    if (kind === 1) return { kind: 'string', value: `w${this.prng.below(99)}`, bare: true };
    if (kind === 2) return { kind: 'string', value: this.text() };
    return { kind: 'int', value: this.int() };
  };

  /** Entries with names of their own: unknown to every reader. */
  extra(depth = 2): ConfigEntry[] {
    return this.many(3, (): ConfigEntry => {
      const name = `${this.text(4)}~${this.names++}`;
      if (depth > 0 && this.prng.chance(20)) {
        return { kind: 'section', name, entries: this.extra(depth - 1) };
      }
      const value = this.prng.chance(30)
        ? ({ kind: 'array', items: this.many(4, this.scalar) } as const)
        : this.scalar();
      return { kind: 'value', name, value };
    });
  }

  /** Values first: that is where they are written. */
  groupExtra(): ConfigEntry[] {
    const extra = this.extra();
    const of = (kind: string) => extra.filter((entry) => entry.kind === kind);
    return [...of('value'), ...of('section')];
  }

  words = (): string[] => this.many(3, () => `W${this.prng.below(1000)}`);

  pv = (): PhysicalVolume => ({
    section: `pv${this.names++}`,
    id: this.id(),
    deviceHint: this.text(),
    status: this.prng.chance(80) ? ['ALLOCATABLE'] : [],
    flags: this.prng.chance(10) ? ['MISSING'] : [],
    tags: this.words(),
    ...this.maybe('deviceSize', () => sectors(this.prng.below(2 ** 32))),
    peStart: sectors(this.prng.below(2 ** 20)),
    peCount: extents(4096),
    extra: this.extra(),
  });

  /** The next free run of a PV. */
  area(pvs: readonly PhysicalVolume[], count: number): Area {
    const { id } = this.prng.pick(pvs);
    const start = (this.used.get(id) ?? 0) + this.prng.below(3);
    this.used.set(id, start + count);
    return { on: 'pv', pvId: id, start: extents(start) };
  }

  segment(pvs: readonly PhysicalVolume[], start: number): Segment {
    const each = 1 + this.prng.below(5);
    const head = { start: extents(start), tags: this.words() };
    const kind = this.prng.below(10);
    if (kind === 0) {
      return { kind: 'error', ...head, count: extents(each), extra: this.extra() };
    }
    if (kind === 1) {
      const type = `type${this.prng.below(9)}`;
      return { kind: 'foreign', ...head, count: extents(each), type, entries: this.extra() };
    }
    const stripes = 1 + this.prng.below(3);
    return {
      kind: 'striped',
      ...head,
      count: extents(each * stripes),
      stripeSize: sectors(stripes > 1 ? 8 << this.prng.below(6) : 0),
      areas: Array.from({ length: stripes }, () => this.area(pvs, each)),
      extra: this.extra(),
    };
  }

  lv = (pvs: readonly PhysicalVolume[]): LogicalVolume => {
    const segments: Segment[] = [];
    for (let left = 1 + this.prng.below(3), start = 0; left > 0; left--) {
      const segment = this.segment(pvs, start);
      segments.push(segment);
      start += segment.count;
    }
    return {
      name: `lv${this.names++}`,
      id: this.id(),
      status: this.prng.chance(70) ? ['READ', 'WRITE', 'VISIBLE'] : ['READ'],
      flags: this.words(),
      tags: this.words(),
      ...this.maybe('creationTime', () => this.int()),
      ...this.maybe('creationHost', () => this.text()),
      ...this.maybe('allocationPolicy', () => 'contiguous'),
      ...this.maybe('readAhead', () => BigInt(this.prng.below(9) - 1)),
      segments,
      extra: this.extra().filter((entry) => entry.kind === 'value'),
    };
  };

  group(): VolumeGroup {
    const pvs = [this.pv(), ...this.many(4, this.pv)];
    const vg: VolumeGroup = {
      name: `vg${this.prng.below(99)}`,
      id: this.id(),
      seqno: 1 + this.prng.below(2 ** 31),
      ...this.maybe('format', () => 'lvm2'),
      status: ['READ', 'WRITE'],
      flags: this.words(),
      tags: this.words(),
      ...this.maybe('systemId', () => this.text()),
      extentSize: sectors(2 << this.prng.below(20)),
      maxLv: 0,
      maxPv: 0,
      ...this.maybe('allocationPolicy', () => 'cling'),
      ...this.maybe('metadataCopies', () => this.prng.below(4)),
      pvs,
      lvs: this.many(6, () => this.lv(pvs)),
      extra: this.groupExtra(),
    };
    return { ...vg, lvs: lvsInOrder(vg) };
  }
}

test('groups', () => {
  for (let seed = 0; seed < 400; seed++) {
    const build = new Builder(new Prng(seed));
    const vg = build.group();
    const header = {
      description: build.text(40),
      creationHost: build.text(),
      hostDescription: build.text(),
      creationTime: build.prng.below(2 ** 32),
      generator: build.text(),
    };
    const text = exportMetadata(vg, header);
    const read = parseMetadata(text, '');
    expect(read, `seed ${seed}`).toMatchObject({ ok: true });
    if (!read.ok) continue;
    expect(read.value.vg, `seed ${seed}`).toEqual(vg);
    expect(read.value.header.description).toBe(header.description);
    expect(exportMetadata(read.value.vg, header)).toBe(text);
    expect(validateVolumeGroup(read.value.vg), `seed ${seed}`).toEqual([]);
    const owned = [...pvRunsOf(vg).values()].flat().reduce((sum, run) => sum + run.count, 0);
    const mapped = vg.lvs
      .flatMap(({ segments }) => segments)
      .reduce((sum, segment) => sum + (segment.kind === 'striped' ? segment.count : 0), 0);
    expect(owned, `seed ${seed}`).toBe(mapped);
  }
});

test('trees of entries', () => {
  for (let seed = 0; seed < 1000; seed++) {
    const entries = new Builder(new Prng(seed)).extra(5);
    const read = parseConfig(printConfig(entries));
    expect(read, `seed ${seed}`).toEqual({ ok: true, value: entries });
  }
});
