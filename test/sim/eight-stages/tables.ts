/**
 * The design of device-mapper's pvmove as a post of the mailing list has it (seeds/003): a volume
 * of three segments on PV1 to PV3, of which the second moves to PV4; the tables of its devices.
 */
import type { DevNo } from '../../../core/contract/units.ts';

/** The post's numbers. */
export const VOLUME = 3;
export const OLD = 4;

const PVS: readonly DevNo[] = ['8:0', '8:16', '8:32', '8:48'];

export interface Plan {
  /** Of the three segments, in sectors. */
  readonly lengths: readonly [number, number, number];
  /** Where they begin on their PVs, and on PV4 what is moved. */
  readonly peStart: number;
  /** Sectors, a power of two. */
  readonly regionSize: number;
  /** Of mapped devices. */
  readonly major: number;
}

/** Before the move, and of the second device during it. */
export const oldTable = (plan: Plan): readonly string[] => segments(plan, [0, 1, 2]);

/** Afterwards. */
export const newTable = (plan: Plan): readonly string[] => segments(plan, [0, 3, 2]);

/** Identity for the parts that stay, a mirror for the part that moves. */
export function mirrorTable({ lengths, peStart, regionSize, major }: Plan): readonly string[] {
  const [one, two, three] = lengths;
  const old = `${major}:${OLD}`;
  const end = one + two;
  return [
    `0 ${one} linear ${old} 0`,
    `${one} ${two} mirror core 1 ${regionSize} 2 ${old} ${one} ${pv(3)} ${peStart}`,
    `${end} ${three} linear ${old} ${end}`,
  ];
}

/** PV1 is 8:0. */
export const pvName = (devno: DevNo): string => {
  const index = PVS.indexOf(devno);
  return index < 0 ? devno : `PV${index + 1}`;
};

function segments({ lengths, peStart }: Plan, pvs: readonly number[]): readonly string[] {
  let start = 0;
  return lengths.map((length, index) => {
    const line = `${start} ${length} linear ${pv(pvs[index] ?? 0)} ${peStart}`;
    start += length;
    return line;
  });
}

const pv = (index: number): string => PVS[index] ?? '';
