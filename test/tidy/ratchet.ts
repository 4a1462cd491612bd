/** Compares findings with the listed exceptions, in both directions. */
import type { Exception, RatchetedCheck } from './exceptions.ts';
import { render } from './sources.ts';
import type { Finding } from './sources.ts';

/** What is wrong after the exceptions have been taken into account, one line each. */
export function afterExceptions(
  check: RatchetedCheck,
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): string[] {
  const own = exceptions.filter((exception) => exception.check === check);
  const lines: string[] = [];
  for (const path of new Set([...findings, ...own].map((each) => each.path))) {
    const here = findings.filter((finding) => finding.path === path);
    const amount = here.reduce((sum, finding) => sum + (finding.amount ?? 1), 0);
    const allowed = own.find((exception) => exception.path === path)?.amount ?? 0;
    if (amount > allowed) lines.push(...render(here));
    if (amount < allowed) lines.push(lower(check, path, allowed, amount));
  }
  return lines;
}

function lower(check: RatchetedCheck, path: string, from: number, to: number): string {
  const what = to === 0 ? 'remove its line' : `lower its number to ${to}`;
  return `test/tidy/exceptions.ts: "${check}" of ${path} fell from ${from}: ${what}`;
}
