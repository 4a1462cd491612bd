/** How two ways of doing the same are timed against each other. */

/** One round: how long each request took, in milliseconds. */
interface Round {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/** A comparison; every ratio is the peer's time over ours: above 1 we are faster. */
export interface Row {
  readonly name: string;
  /** Of each round: the middle request of the peer over the middle one of ours. */
  readonly ratios: readonly number[];
  /** Of all rounds together: everything, stalls of the machine included. */
  readonly total: number;
}

type Work = (unit: number) => Promise<unknown>;

/** The value below which that part of them lies, 0 to 1. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export async function millis(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * Both in turns, unit by unit, each first as often as the other: what else the machine does then
 * falls on both alike. They are half the units apart: on the same one, the second would find warm
 * in the processor's cache what the first brought there.
 */
export async function inTurns(
  name: string,
  { units, rounds }: { readonly units: number; readonly rounds: number },
  ours: Work,
  peer: Work,
): Promise<Row> {
  const all: Round[] = [];
  // The first round warms up compiler and caches.
  for (let round = -1; round < rounds; round++) {
    const took = await oneRound(units, ours, peer);
    if (round >= 0) all.push(took);
  }
  const ratios = all.map((round) => median(round.peer) / median(round.ours));
  const sum = (side: keyof Round) => all.flatMap((round) => round[side]).reduce((a, b) => a + b, 0);
  return { name, ratios, total: sum('peer') / sum('ours') };
}

async function oneRound(units: number, ours: Work, peer: Work): Promise<Round> {
  const round = { ours: [] as number[], peer: [] as number[] };
  const half = Math.floor(units / 2);
  for (let unit = 0; unit < units; unit++) {
    const other = (unit + half) % units;
    const first = unit % 2 === 0;
    if (first) round.ours.push(await millis(() => ours(unit)));
    round.peer.push(await millis(() => peer(other)));
    if (!first) round.ours.push(await millis(() => ours(unit)));
  }
  return round;
}

/** The middle round, the span that half of the rounds lie in, and the ratio of the whole times. */
export function printRow({ name, ratios, total }: Row): void {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(ratios, part).toFixed(2));
  const whole = `whole time ${total.toFixed(2)}`;
  console.log(`${middle}  (${low} to ${high} in ${ratios.length} rounds, ${whole})  ${name}`);
}
