/** Takes the power from a group whose extents move. */
import type { MoveRun } from './run.ts';

export async function cutPower(run: MoveRun, requests: number): Promise<void> {
  const { random, calm } = run;
  if (!random.chance(45)) return;
  await run.pause(calm * requests);
  for (let turns = 0; turns < 30 && !run.isMoving && !run.isOver(); turns++) {
    await run.pause(calm);
  }
  await run.pause(20_000);
  while (run.isAlone && !run.isOver()) await run.wait(100_000);
  await cut(run);
}

/** As a version of the metadata comes, or soon after. */
export async function cutSoon(run: MoveRun): Promise<void> {
  await run.pause(40_000);
  if (!run.isAlone) await cut(run);
}

async function cut(run: MoveRun): Promise<void> {
  const { lab } = run;
  if (run.isOver()) return;
  run.count('cut');
  if (run.isMoving) run.count('cutInMove');
  lab.supply.cut();
  await lab.engine.letGo();
}
