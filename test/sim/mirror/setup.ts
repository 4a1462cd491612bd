/** Which mirror a simulated operator wants, as a table. */
import { SKEW } from './disks.ts';

export type Kind = 'hold' | 'drop';

export interface Setup {
  readonly kind: Kind;
  readonly length: number;
  readonly regionSize: number;
  /** Indices of disks. The first one has everything. */
  legs: readonly number[];
  /** Index of a disk; undefined: in memory. */
  log: number | undefined;
  /** The log has yet to be told that its content is of another mirror. */
  isNew: boolean;
}

const devno = (index: number): string => `8:${16 * index}`;

/** @param word what is said of the regions; undefined: what the log knows */
export function tableOf(setup: Setup, word?: 'sync' | 'nosync'): string {
  const { kind, length, regionSize, legs, log } = setup;
  const [only] = legs;
  if (legs.length === 1) return `0 ${length} linear ${devno(only ?? 0)} ${SKEW}`;
  const own = [log === undefined ? '' : devno(log), String(regionSize), word ?? ''];
  const args = own.filter((one) => one !== '');
  const places = legs.map((leg) => `${devno(leg)} ${SKEW}`).join(' ');
  const features = kind === 'drop' ? '2 handle_errors drop_failed_legs' : '1 handle_errors';
  const type = log === undefined ? 'core' : 'disk';
  const words = [type, args.length, ...args, legs.length, places, features];
  return `0 ${length} mirror ${words.join(' ')}`;
}
