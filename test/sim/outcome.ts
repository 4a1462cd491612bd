/** What a command that something came between leaves behind. */
import { expect } from 'vitest';
import type { Platters } from '../support/lab.ts';
import { nextLine, reopened, versionOn, type Case } from './commands.ts';
import type { SeenDisks } from './seen-disks.ts';

/** What disks of a case may hold afterwards, and those that were looked at. */
export interface Outcomes {
  readonly versions: readonly string[];
  readonly seen: SeenDisks;
}

/** Which of the versions the disks hold: one of them, and the next command works on it. */
export function layoutLeft(
  one: Case,
  { versions, seen }: Outcomes,
  platters: Platters,
  where: string,
): Promise<string> {
  return seen.layoutOf(platters, async () => {
    const found = await versionOn(one, platters);
    expect(versions, where).toContain(found);
    await expectUsable(one, platters, where);
    return found;
  });
}

async function expectUsable(one: Case, platters: Platters, where: string): Promise<void> {
  const lab = await reopened(one, platters);
  const line = one.next ?? nextLine((await lab.api.state()).vgs);
  const { status, output } = await lab.run(line);
  expect(status, `${where}, then ${line}: ${JSON.stringify(output)}`).toBe(0);
  await lab.close();
}
