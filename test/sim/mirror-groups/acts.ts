/** What an administrator does to a mirror, as command lines. */
import type { Prng } from '../../../core/env/prng.ts';
import type { Kind } from './tally.ts';

/** The volume as it is now. */
export interface Shape {
  /** 1: it is no mirror. */
  readonly images: number;
  /** Of the mirror below the layer of a conversion; 0: there is no layer. */
  readonly inner: number;
  readonly extents: number;
  readonly pvs: readonly string[];
}

export interface Act {
  readonly line: string;
  /** Counted where it goes through. */
  readonly counts?: Kind;
  /** Takes something away that is there: not while something else may be lost. */
  readonly takes?: true;
  /** Nobody may have the volume open. */
  readonly closed?: true;
}

export const ACTS = [
  ...['up', 'upTwo', 'down', 'toLinear', 'log', 'legsAndLog', 'split', 'abandon', 'poll'],
  ...['resync', 'refresh', 'repair', 'policies', 'extend', 'reduce', 'look', 'removeMissing'],
] as const;
export type ActName = (typeof ACTS)[number];

const MIRRORED = '--config global{support_mirrored_mirror_log=1}';

export function logWords(random: Prng): string {
  const log = random.pick(['core', 'disk', 'disk', 'mirrored']);
  return `--mirrorlog ${log}${log === 'mirrored' ? ` ${MIRRORED}` : ''}`;
}

export const regionWords = (random: Prng): string => `-R ${random.pick(['4k', '8k', '16k'])}`;

const newMirrorWords = (random: Prng): string => `${regionWords(random)} ${logWords(random)}`;

export function act(name: string, shape: Shape, random: Prng): Act {
  const waits = random.pick(['-b', '-b', '-i 1', '-i 0']);
  const pv = random.chance(30) ? ` ${random.pick(shape.pvs)}` : '';
  const convert = `lvconvert -y ${waits}`;
  switch (name) {
    case 'up':
    case 'upTwo': {
      const more = name === 'up' ? 1 : 2;
      const line =
        shape.images === 1
          ? `${convert} --type mirror -m${more} ${newMirrorWords(random)} vg/a${pv}`
          : `${convert} -m+${more} vg/a${pv}`;
      return { line, counts: 'up' };
    }
    case 'down':
      return { line: `${convert} -m-1 vg/a${pv}`, counts: 'down', takes: true };
    case 'toLinear':
      return { line: `${convert} -m0 vg/a${pv}`, counts: 'down', takes: true };
    case 'log':
      return { line: `${convert} ${logWords(random)} vg/a`, counts: 'log' };
    case 'legsAndLog': {
      const sign = random.pick(['+', '-']);
      const line = `${convert} -m${sign}1 ${logWords(random)} vg/a`;
      return { line, counts: 'log', takes: true };
    }
    case 'abandon':
      return {
        line: `${convert} -m${Math.max(0, shape.inner - 1)} vg/a`,
        takes: true,
        ...(shape.inner > 0 ? { counts: 'abandoned' } : {}),
      };
    case 'split': {
      const count = random.pick([1, 1, 2]);
      return { line: `lvconvert -y --splitmirrors ${count} -n s vg/a${pv}`, takes: true };
    }
    case 'poll':
      return { line: `lvconvert ${waits} ${random.pick(['', '--startpoll'])} vg/a` };
    case 'resync':
      return { line: 'lvchange -y --resync vg/a', counts: 'resync', closed: true, takes: true };
    case 'refresh':
      return { line: 'lvchange --refresh vg/a', counts: 'refresh' };
    case 'repair':
      return { line: `lvconvert -y ${random.pick(['', '', '-f'])} --repair vg/a` };
    case 'policies':
      return { line: 'lvconvert --repair --use-policies vg/a' };
    case 'extend':
      return { line: `lvextend -l +${1 + random.below(4)} vg/a`, counts: 'extended' };
    case 'reduce': {
      const left = Math.max(1, shape.extents - 1 - random.below(4));
      return { line: `lvreduce -y -l ${left} vg/a`, counts: 'reduced', takes: true };
    }
    case 'removeMissing': {
      const how = shape.images > 1 ? random.pick(['', '--mirrorsonly --force', '--force']) : '';
      return { line: `vgreduce --removemissing ${how} vg`, counts: 'removedMissing' };
    }
    default:
      return { line: random.pick(['lvs -a vg', 'vgck vg', 'dmsetup status', 'pvs', 'vgs']) };
  }
}
