/** What goes over from version to version is what a first look would find. */
import { expect, test } from 'vitest';
import { newLvmId, type LvmId } from '../../core/base/ids.ts';
import { extents, sectors } from '../../core/base/units.ts';
import { Prng } from '../../core/env/prng.ts';
import { freeAreasOf } from '../../core/lvm/format/free-areas.ts';
import { lvsInOrder } from '../../core/lvm/format/shown.ts';
import { areSound } from '../../core/lvm/format/sound-lvs.ts';
import type { LogicalVolume, VolumeGroup } from '../../core/lvm/format/model.ts';
import { validateVolumeGroup } from '../../core/lvm/format/validate.ts';
import { group, pv } from '../unit/format/samples.ts';

const PES = 60;

/** A part that nothing simple can be told of: with it everything is worked out anew. */
const FOREIGN: LogicalVolume = {
  name: 'foreign',
  id: 'ffffffffffffffffffffffffffffffff' as LvmId,
  status: ['READ', 'WRITE', 'VISIBLE'],
  flags: [],
  tags: [],
  segments: [
    { kind: 'foreign', type: 'vdo', start: extents(0), count: extents(1), tags: [], entries: [] },
  ],
  extra: [],
};

const anew = (vg: VolumeGroup): VolumeGroup => ({ ...vg, lvs: [...vg.lvs, FOREIGN] });

class Changes {
  constructor(private readonly prng: Prng) {}

  id = (): LvmId => newLvmId((limit) => this.prng.below(limit));

  group(): VolumeGroup {
    const pvs = [pv(0), pv(1)].map((one) => ({ ...one, peCount: extents(PES) }));
    return { ...group(), id: this.id(), pvs, lvs: [] };
  }

  /** Mostly sound, now and then with a name, an identifier or extents that are taken. */
  next(vg: VolumeGroup): VolumeGroup {
    const lvs = [...vg.lvs];
    const at = this.prng.below(lvs.length + 1);
    const going = this.prng.below(3) === 0 ? this.prng.below(3) : 0;
    const coming = Array.from({ length: this.prng.below(3) }, () => this.lv(vg));
    lvs.splice(at, going, ...coming);
    const old = lvs[this.prng.below(Math.max(1, lvs.length))];
    if (old && this.prng.chance(10)) lvs.push(old);
    const pvs = this.prng.chance(5) ? vg.pvs.map((pv) => ({ ...pv })) : vg.pvs;
    return { ...vg, seqno: vg.seqno + 1, pvs, lvs };
  }

  private lv(vg: VolumeGroup): LogicalVolume {
    const place = vg.pvs[this.prng.below(vg.pvs.length)];
    const free = (place && freeAreasOf(vg).get(place.id)) ?? [];
    const area = free[this.prng.below(Math.max(1, free.length))];
    const wild = this.prng.chance(5) || !area;
    const start = wild ? this.prng.below(PES + 2) : area.start;
    const count = wild ? 3 : 1 + this.prng.below(Math.min(4, area.count));
    const twin = vg.lvs[this.prng.below(Math.max(1, vg.lvs.length))];
    return {
      name: twin && this.prng.chance(3) ? twin.name : `lv${this.prng.below(1e9)}`,
      id: twin && this.prng.chance(3) ? twin.id : this.id(),
      status: this.prng.chance(90) ? ['READ', 'WRITE', 'VISIBLE'] : ['READ', 'WRITE'],
      flags: [],
      tags: this.prng.chance(3) ? ['no blanks here'] : [],
      segments: [
        {
          kind: 'striped',
          start: extents(0),
          count: extents(count),
          tags: [],
          stripeSize: sectors(0),
          areas: place ? [{ on: 'pv', pvId: place.id, start: extents(start) }] : [],
          extra: [],
        },
      ],
      extra: [],
    };
  }
}

test('rules, free extents and order of every version', () => {
  const seen = { sound: 0, unsound: 0, hidden: 0 };
  for (let seed = 0; seed < 300; seed++) {
    const changes = new Changes(new Prng(seed));
    let vg = changes.group();
    for (let step = 0; step < 12; step++) {
      const next = changes.next(vg);
      const where = `seed ${seed}, step ${step}`;
      const faults = validateVolumeGroup(next);
      expect(faults, where).toEqual(validateVolumeGroup(anew(next)));
      expect(areSound(next), where).toBe(faults.length === 0);
      const order = lvsInOrder(next).map(({ name }) => name);
      const whole = lvsInOrder(anew(next)).map(({ name }) => name);
      expect(order, where).toEqual(whole.filter((name) => name !== FOREIGN.name));
      if (order.join() !== next.lvs.map(({ name }) => name).join()) seen.hidden++;
      if (faults.length > 0) {
        seen.unsound++;
        continue;
      }
      seen.sound++;
      expect(freeAreasOf(next), where).toEqual(freeAreasOf(anew(next)));
      vg = next;
    }
  }
  expect(seen.sound).toBeGreaterThan(1500);
  expect(seen.unsound).toBeGreaterThan(200);
  expect(seen.hidden).toBeGreaterThan(100);
});
