/** The next command of a random sequence, and what the model is after it. */
import type { VgState } from '../../core/contract/state.ts';
import type { Prng } from '../../core/env/prng.ts';
import { ASIDE, newLv, resized, withLv, type Model, type ModelLv } from './random-model.ts';

export interface RandomStep {
  readonly line: string;
  readonly after: Model;
  /** Whether it has to go through; undefined where that depends on where extents lie. */
  readonly succeeds?: boolean;
}

export const VERBS = [
  'lvcreate',
  'lvcreate striped',
  'lvcreate virtual',
  'lvcreate on a range',
  'lvextend',
  'lvreduce',
  'lvresize',
  'lvremove',
  'lvrename',
  'lvchange tag',
  'lvchange permission',
  'lvchange state',
  'vgextend',
  'vgreduce',
  'vgsplit',
  'vgmerge',
  'vgrename',
  'vgck',
  'pvchange',
] as const;
export type RandomVerb = (typeof VERBS)[number];

/** Everything a step may look at. */
interface Ground {
  readonly model: Model;
  readonly vg: VgState;
  readonly random: Prng;
}

export function nextStep(verb: RandomVerb, model: Model, vg: VgState, random: Prng): RandomStep {
  return STEPS[verb]({ model, vg, random });
}

const STEPS: Readonly<Record<RandomVerb, (ground: Ground) => RandomStep>> = {
  lvcreate(ground) {
    const { model, random } = ground;
    const [name, count] = [freshName(random), 1 + random.below(12)];
    return {
      line: `lvcreate -l ${count} -n ${name} ${model.vg}`,
      after: withLv(model, name, newLv(count)),
      succeeds: !model.lvs.has(name) && count <= freeOf(ground),
    };
  },
  'lvcreate striped'({ model, random }) {
    const [name, each] = [freshName(random), 1 + random.below(5)];
    return {
      line: `lvcreate -i 2 -l ${each * 2} -n ${name} ${model.vg}`,
      after: withLv(model, name, newLv(each * 2)),
      ...(model.lvs.has(name) ? { succeeds: false } : {}),
    };
  },
  'lvcreate virtual'({ model, random }) {
    const [name, count] = [freshName(random), 1 + random.below(500)];
    return {
      line: `lvcreate --type ${random.pick(['zero', 'error'])} -l ${count} -n ${name} ${model.vg}`,
      after: withLv(model, name, { ...newLv(count), virtual: true }),
      succeeds: !model.lvs.has(name),
    };
  },
  'lvcreate on a range'({ model, vg, random }) {
    const [name, count] = [freshName(random), 1 + random.below(3)];
    const pv = random.pick(vg.pvs);
    const first = random.below(pv.extentCount);
    return {
      line: `lvcreate -l ${count} -n ${name} ${model.vg} ${pv.device}:${first}-`,
      after: withLv(model, name, newLv(count)),
      ...(model.lvs.has(name) ? { succeeds: false } : {}),
    };
  },
  lvextend(ground) {
    return onLv(ground, (name, lv, { model, random }) => {
      const count = 2 * (1 + random.below(5));
      return {
        line: `lvextend -l +${count} ${model.vg}/${name}`,
        after: withLv(model, name, resized(lv, lv.stamps.length + count)),
        ...(lv.virtual ? { succeeds: true } : {}),
        ...(!lv.virtual && isLinear(ground.vg, name) ? { succeeds: count <= freeOf(ground) } : {}),
      };
    });
  },
  lvreduce(ground) {
    return onLv(ground, (name, lv, { model, random }) => {
      const left = lv.stamps.length - 2 * (1 + random.below(3));
      return {
        line: `lvreduce -y -l -${lv.stamps.length - left} ${model.vg}/${name}`,
        after: withLv(model, name, resized(lv, Math.max(0, left))),
        succeeds: left > 0,
      };
    });
  },
  lvresize(ground) {
    return onLv(ground, (name, lv, { model, random }) => {
      const size = 2 * (1 + random.below(8)) + (lv.stamps.length % 2);
      const same = size === lv.stamps.length;
      const more = size - lv.stamps.length;
      const fits = lv.virtual === true || more <= freeOf(ground);
      const known = isLinear(ground.vg, name) || more <= 0;
      return {
        line: `lvresize -y -l ${size} ${model.vg}/${name}`,
        after: withLv(model, name, resized(lv, size)),
        ...(known ? { succeeds: !same && fits } : {}),
      };
    });
  },
  lvremove: (ground) =>
    onLv(ground, (name, _lv, { model }) => ({
      line: `lvremove -y ${model.vg}/${name}`,
      after: withLv(model, name, undefined),
      succeeds: true,
    })),
  lvrename: (ground) =>
    onLv(ground, (name, lv, { model, random }) => {
      const to = freshName(random);
      return {
        line: `lvrename ${model.vg} ${name} ${to}`,
        after: withLv(withLv(model, name, undefined), to, lv),
        succeeds: !model.lvs.has(to),
      };
    }),
  'lvchange tag': (ground) =>
    onLv(ground, (name, lv, { model, random }) => {
      const tag = random.pick(['cold', 'warm']);
      return {
        line: `lvchange --addtag ${tag} ${model.vg}/${name}`,
        after: withLv(model, name, { ...lv, tags: [...new Set([...lv.tags, tag])] }),
        succeeds: true,
      };
    }),
  'lvchange permission': (ground) =>
    onLv(ground, (name, lv, { model, random }) => {
      const readOnly = random.below(2) === 0;
      return {
        line: `lvchange -p ${readOnly ? 'r' : 'rw'} ${model.vg}/${name}`,
        after: withLv(model, name, { ...lv, readOnly }),
        succeeds: readOnly !== lv.readOnly,
      };
    }),
  'lvchange state': (ground) =>
    onLv(ground, (name, _lv, { model, random }) => ({
      line: `lvchange -a${random.pick(['y', 'n'])} ${model.vg}/${name}`,
      after: model,
      succeeds: true,
    })),
  vgextend: ({ model, random }) => ({
    line: `vgextend ${model.vg} ${random.pick(['/dev/sdc', '/dev/sdd'])}`,
    after: model,
  }),
  vgreduce: ({ model, vg, random }) => {
    const pv = random.pick(vg.pvs);
    const empty = pv.freeCount === pv.extentCount && vg.pvs.length > 1;
    const line = `vgreduce ${model.vg} ${pv.device}`;
    return { line, after: model, succeeds: empty };
  },
  vgsplit({ model, vg, random }) {
    const pv = random.pick(vg.pvs);
    const line = `vgsplit ${model.vg} ${ASIDE} ${pv.device}`;
    // What takes a volume along, or every PV, would be another model.
    if (pv.freeCount === pv.extentCount && vg.pvs.length > 1 && !hasVirtual(model)) {
      return { line, after: model };
    }
    return { line: `vgsplit ${model.vg} ${ASIDE} /dev/nosuch`, after: model, succeeds: false };
  },
  vgmerge: ({ model }) => ({ line: `vgmerge ${model.vg} ${ASIDE}`, after: model }),
  vgrename({ model, random }) {
    const to = random.pick(['vg', 'data', 'a-b']);
    return {
      line: `vgrename ${model.vg} ${to}`,
      after: { ...model, vg: to },
      succeeds: to !== model.vg,
    };
  },
  vgck: ({ model }) => ({
    line: `vgck --updatemetadata ${model.vg}`,
    after: model,
    succeeds: true,
  }),
  pvchange: ({ model, vg, random }) => ({
    line: `pvchange -x ${random.pick(['y', 'y', 'n'])} ${random.pick(vg.pvs).device}`,
    after: model,
    succeeds: true,
  }),
};

/** LVM moves volumes that lie on no PV with whatever PV goes. */
const hasVirtual = ({ lvs }: Model): boolean => [...lvs.values()].some((lv) => lv.virtual);

const freshName = (random: Prng): string => `v${random.below(12)}`;

/** Free extents that may be given to a volume. */
const freeOf = ({ vg }: Ground): number =>
  vg.pvs.reduce((sum, pv) => sum + (pv.allocatable ? pv.freeCount : 0), 0);

function isLinear(vg: VgState, name: string): boolean {
  const last = vg.lvs.find((lv) => lv.name === name)?.segments.at(-1);
  return (last?.areas.length ?? 1) === 1;
}

/** Of a volume that there is; where there is none, the command for one that there is not. */
function onLv(
  ground: Ground,
  step: (name: string, lv: ModelLv, ground: Ground) => RandomStep,
): RandomStep {
  const { model, random } = ground;
  const names = [...model.lvs.keys()];
  if (names.length === 0) {
    return { line: `lvremove -y ${model.vg}/nosuch`, after: model, succeeds: false };
  }
  const name = random.pick(names);
  return step(name, model.lvs.get(name) ?? newLv(0), ground);
}
