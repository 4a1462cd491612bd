/** How two ways of doing the same are timed against each other. */

export interface Row {
  readonly name: string;
  /** Of each round: the peer's time over ours; above 1 we are faster. */
  readonly ratios: readonly number[];
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export async function millis(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * One round of both in turns, unit by unit, each first as often as the other: what else the machine
 * does (writing dirty pages back above all) then falls on both alike.
 */
export async function inTurns(
  units: number,
  ours: (unit: number) => Promise<unknown>,
  peer: (unit: number) => Promise<unknown>,
): Promise<number> {
  const spent = { ours: 0, peer: 0 };
  for (let unit = 0; unit < units; unit++) {
    const first = unit % 2 === 0;
    if (first) spent.ours += await millis(() => ours(unit));
    spent.peer += await millis(() => peer(unit));
    if (!first) spent.ours += await millis(() => ours(unit));
  }
  return spent.peer / spent.ours;
}

export function printRow({ name, ratios }: Row): void {
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  const spread = `${low.toFixed(2)} to ${high.toFixed(2)}, ${ratios.length} rounds`;
  console.log(`${median(ratios).toFixed(2)}  (${spread})  ${name}`);
}
