/** Plans of moves: each fits when its turn comes, and keeps what it promises. */
import { describe, expect, test } from 'vitest';
import type { LvmId } from '../../core/base/ids.ts';
import { isAllocatable, type VolumeGroup } from '../../core/lvm/format/model.ts';
import { linesOf } from '../../core/lvm/moves/lines.ts';
import { lvmOrder } from '../../core/lvm/moves/order.ts';
import { planMoves, type MovePlan } from '../../core/lvm/moves/plan-moves.ts';
import type { NoPlan, Piece, Wish } from '../../core/lvm/moves/types.ts';
import { MoveModel } from '../support/move-model.ts';
import { RandomGroup } from '../support/random-group.ts';

const SEEDS = 600;

interface Planned {
  readonly vg: VolumeGroup;
  readonly wish: Wish;
  readonly plan: MovePlan;
  /** After the moves. */
  readonly model: MoveModel;
}

const pathOf = (vg: VolumeGroup) => (id: LvmId) =>
  `/dev/sd${'abcdef'.charAt(vg.pvs.findIndex((pv) => pv.id === id))}`;

const words = (pieces: readonly Piece[]): readonly string[] =>
  pieces.flatMap(({ start, count, lv, segment, area, offset }) =>
    Array.from(
      { length: count },
      (_, at) => `${start + at} ${lv}.${segment}.${area}+${offset + at}`,
    ),
  );

/** Plans, and holds what is true of every plan. */
function planned(
  vg: VolumeGroup,
  wish: Wish,
  together: boolean,
): Planned | { readonly no: NoPlan } {
  const open = vg.pvs.filter(isAllocatable).map(({ id }) => id);
  const made = planMoves(vg, wish, { together, open });
  if (!made.ok) return { no: made.error };
  const plan = made.value;
  const model = new MoveModel(vg);
  for (const { id } of vg.pvs) expect(words(plan.before(id)).join()).toBe(model.words(id).join());
  for (const move of plan.moves) model.move(move);
  for (const { id } of vg.pvs) expect(words(plan.after(id)).join()).toBe(model.words(id).join());
  const travels = model.cells().map(({ moved }) => moved);
  expect(Math.max(0, ...travels)).toBeLessThanOrEqual(2);
  expect(travels.filter((times) => times === 2).length).toBe(plan.twice);
  expect(travels.filter((times) => times > 0).length).toBe(plan.extents);
  checkLines(vg, plan);
  return { vg, wish, plan, model };
}

/** LVM's allocator, as far as a line leaves it a choice: pieces one behind the other. */
function checkLines(vg: VolumeGroup, plan: MovePlan): void {
  const lines = linesOf(vg, plan.moves, pathOf(vg));
  expect(lines.flatMap(({ moves }) => moves).every((one, at) => one === plan.moves[at])).toBe(true);
  for (const { argv, moves } of lines) {
    const [source = '', target = ''] = argv.slice(-2);
    const length = (text: string): number =>
      text
        .split(':')
        .slice(1)
        .map((range) => range.split('-').map(Number))
        .reduce((sum, [first = 0, last = 0]) => sum + last - first + 1, 0);
    expect(length(source)).toBe(length(target));
    expect(target.split(':')).toHaveLength(2);
    const [first] = moves;
    let at = first?.to.start ?? 0;
    const ordered = moves.map(({ piece }) => piece).sort(lvmOrder(vg));
    for (const piece of ordered) {
      const move = moves.find((one) => one.piece === piece);
      expect(move?.to.start).toBe(at);
      at += piece.count;
      if (move?.to.pvId === piece.pvId) expect(argv).toContain('anywhere');
    }
  }
}

const stayOf = (vg: VolumeGroup, lv: string): boolean => {
  const top = lv.replace(/_.*/, '');
  return vg.lvs.some(({ name, status }) => name === top && status.includes('LOCKED'));
};

describe('random groups', () => {
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

  test('an emptied PV is empty but for what has to stay', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new RandomGroup(seed);
      const { vg } = random;
      const { id: pvId } = random.prng.pick(vg.pvs);
      const found = planned(vg, { kind: 'empty', pvId }, random.prng.chance(30));
      if ('no' in found) {
        count(`empty ${found.no.why}`);
        continue;
      }
      count(found.plan.stays.length > 0 ? 'empty but some' : 'emptied');
      const left = found.model.row(pvId).flatMap((cell) => (cell ? [cell.lv] : []));
      expect(
        left.filter((lv) => !stayOf(vg, lv)),
        `seed ${seed}`,
      ).toEqual([]);
      expect(found.plan.twice).toBe(0);
    }
    expect(seen.get('emptied')).toBeGreaterThan(SEEDS / 4);
    expect(seen.get('empty but some')).toBeGreaterThan(8);
    expect(seen.get('empty short')).toBeGreaterThan(8);
    expect(seen.get('empty unplaced')).toBeGreaterThan(8);
  });

  test('each track of a volume made contiguous is one run', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new RandomGroup(seed);
      const { vg } = random;
      const volumes = vg.lvs.filter(({ name }) => !name.includes('_'));
      if (volumes.length === 0) continue;
      const { name: lv } = random.prng.pick(volumes);
      const found = planned(vg, { kind: 'contiguous', lv }, random.prng.chance(30));
      if ('no' in found) {
        count(`contiguous ${found.no.why}`);
        continue;
      }
      const { plan, model } = found;
      count(plan.moves.length === 0 ? 'was contiguous' : plan.twice > 0 ? 'turned' : 'contiguous');
      for (const { name, segments } of vg.lvs) {
        if (name !== lv && !name.startsWith(`${lv}_`)) continue;
        const shapes = segments.map((one) => (one.kind === 'striped' ? one.areas.length : 0));
        if (new Set(shapes).size > 1) continue;
        for (let area = 0; area < (shapes[0] ?? 0); area++) {
          const places = segments.flatMap((_, segment) => placesOf(model, name, segment, area));
          const run = places.map((_, at) => `${places[0]?.replace(/ .*/, '')} ${at}`);
          const first = Number(places[0]?.split(' ')[1]);
          const shifted = places.map((text) => {
            const [pv, at] = text.split(' ');
            return `${pv} ${Number(at) - first}`;
          });
          expect(shifted, `seed ${seed} ${name}`).toEqual(run);
        }
      }
    }
    expect(seen.get('contiguous')).toBeGreaterThan(50);
    expect(seen.get('turned')).toBeGreaterThan(2);
  });

  test('a compacted PV fits what was asked for, and nothing travels twice', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new RandomGroup(seed);
      const { vg, prng } = random;
      const pv = prng.pick(vg.pvs);
      const to = prng.chance(50) ? { to: prng.below(pv.peCount + 2) } : {};
      const found = planned(vg, { kind: 'compact', pvId: pv.id, ...to }, false);
      if ('no' in found) {
        count(`compact ${found.no.why}`);
        continue;
      }
      count('compacted');
      const { plan, model } = found;
      const end = model.row(pv.id).findLastIndex((cell) => cell !== undefined) + 1;
      const used = model.row(pv.id).filter((cell) => cell !== undefined).length;
      const fixed = plan.before(pv.id).filter(({ lv }) => stayOf(vg, lv));
      const least = Math.max(used, ...fixed.map(({ start, count: long }) => start + long));
      expect(end, `seed ${seed}`).toBeLessThanOrEqual(to.to ?? least);
      expect(plan.twice).toBe(0);
      expect(plan.touched.length).toBeLessThanOrEqual(1);
    }
    expect(seen.get('compacted')).toBeGreaterThan(SEEDS / 3);
    expect(seen.get('compact below-use')).toBeGreaterThan(8);
    expect(seen.get('compact stays')).toBeGreaterThan(2);
  });

  test('a volume is spread over the named PVs alone, evenly where it can be', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new RandomGroup(seed);
      const { vg, prng } = random;
      const volumes = vg.lvs.filter(({ name }) => !name.includes('_'));
      const over = vg.pvs.filter(() => prng.chance(60)).map(({ id }) => id);
      if (volumes.length === 0 || over.length === 0) continue;
      const volume = prng.pick(volumes);
      const { name: lv, segments } = volume;
      const found = planned(vg, { kind: 'spread', lv, over }, false);
      if ('no' in found) {
        count(`spread ${found.no.why}`);
        continue;
      }
      count('spread');
      const { model } = found;
      const parts = vg.lvs.filter(({ name }) => name.startsWith(`${lv}_mimage`));
      const names = [lv, ...parts.map(({ name }) => name)];
      const beside = names.flatMap((name) => model.pvsOf(name)).filter((id) => !over.includes(id));
      expect(beside, `seed ${seed}`).toEqual([]);
      const isLinear = segments.every((one) => one.kind === 'striped' && one.areas.length === 1);
      if (!isLinear) continue;
      const on = over.map((id) => {
        const own = model.row(id).filter((cell) => cell?.lv === lv).length;
        return { own, free: model.row(id).filter((cell) => cell === undefined).length };
      });
      const most = Math.max(...on.map(({ own }) => own));
      for (const { own, free } of on) if (free > 0) expect(own).toBeGreaterThanOrEqual(most - 1);
      count('even');
    }
    expect(seen.get('spread')).toBeGreaterThan(50);
    expect(seen.get('even')).toBeGreaterThan(25);
  });

  test('a run comes to be where it was dragged, in its order', () => {
    for (let seed = 0; seed < SEEDS * 2; seed++) {
      const random = new RandomGroup(seed);
      const { vg, prng } = random;
      const source = prng.pick(vg.pvs);
      const target = prng.chance(40) ? source : prng.pick(vg.pvs);
      const start = prng.below(source.peCount);
      const long = 1 + prng.below(source.peCount - start);
      // Often a short way on the same PV, so that the run is in its own way.
      const near = Math.max(0, start - 2 + prng.below(5));
      const place = target === source && prng.chance(70) ? near : prng.below(target.peCount);
      const at = prng.chance(60) ? { start: place } : {};
      const from = { pvId: source.id, start, count: long };
      const wish: Wish = { kind: 'run', from, to: { pvId: target.id, ...at } };
      const found = planned(vg, wish, prng.chance(30));
      if ('no' in found) {
        count(`run ${found.no.why}`);
        continue;
      }
      const { plan, model } = found;
      count(plan.twice > 0 ? 'run turned' : plan.moves.length > 1 ? 'run in steps' : 'run');
      const gone = plan
        .before(source.id)
        .filter(({ lv }) => !stayOf(vg, lv))
        .flatMap((piece) => words([piece]))
        .filter((text) => Number(text.split(' ')[0]) >= start)
        .filter((text) => Number(text.split(' ')[0]) < start + long)
        .map((text) => text.split(' ')[1]);
      const there = model.words(target.id);
      const now = gone.map((what) => there.findIndex((text) => text.split(' ')[1] === what));
      expect(now, `seed ${seed}`).not.toContain(-1);
      if (at.start === undefined) continue;
      const places = now.map((index) => Number(there[index]?.split(' ')[0]));
      expect(places, `seed ${seed}`).toEqual(places.map((_, index) => at.start + index));
    }
    expect(seen.get('run')).toBeGreaterThan(100);
    expect(seen.get('run in steps')).toBeGreaterThan(20);
    expect(seen.get('run turned')).toBeGreaterThan(2);
    expect(seen.get('run taken')).toBeGreaterThan(20);
    expect(seen.get('run kin')).toBeGreaterThan(20);
  });
});

/** `pvid 7` for each extent of an area, in its order. */
function placesOf(model: MoveModel, lv: string, segment: number, area: number): readonly string[] {
  const found: string[] = [];
  for (const [id, row] of model.rows) {
    for (const [at, cell] of row.entries()) {
      if (cell?.lv !== lv || cell.segment !== segment || cell.area !== area) continue;
      found[cell.offset] = `${id} ${at}`;
    }
  }
  return found;
}
