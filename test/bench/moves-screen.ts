/** The extent map while a million extents move: frames a second, and what the page keeps of it. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { startStudio } from '../e2e/support/studio.ts';
import { median, quantile } from './measure.ts';

const EXTENTS = 1_000_000;
/** Frames are counted for so long at most. */
const SECONDS = 12;

export interface MoveOnScreen {
  readonly name: string;
  /** Milliseconds between frames: the middle one, and that which 99 of 100 stay below. */
  readonly median: number;
  readonly p99: number;
  readonly frames: number;
  /** MiB in use behind a collection of garbage: soon after the beginning, and late. */
  readonly heap: readonly [early: number, late: number];
  /** Regions that were copied between the two. */
  readonly regions: number;
}

interface Case {
  readonly name: string;
  /** Runs of each of the two volumes, which lie in turns. */
  readonly runs: number;
  /** Regions a second. */
  readonly throttle: number | 'off';
}

const CASES: readonly Case[] = [
  { name: 'one run, 20 regions a second', runs: 1, throttle: 20 },
  { name: 'one run, 150 regions a second', runs: 1, throttle: 150 },
  { name: '400 runs of two volumes, as fast as can be', runs: 200, throttle: 'off' },
];

export async function movesOnScreen(directory: string): Promise<readonly MoveOnScreen[]> {
  const out: MoveOnScreen[] = [];
  for (const [index, one] of CASES.entries()) {
    out.push(await onScreen(resolve(directory, `moves-${index}`), one));
  }
  return out;
}

/** Extents of 4 KiB: a million of them are no more than 4 GiB of holes. */
function fill(lab: string, { runs }: Case): void {
  const program = (words: readonly string[], input = ''): void => {
    execFileSync(process.execPath, ['dist/lvstudio.mjs', ...words], { input });
  };
  program(['lab', 'new', lab, '--disks', '2', '--size', '4100m']);
  const each = EXTENTS / (2 * runs);
  const ranges = (first: number): string =>
    Array.from({ length: runs }, (_, run) => {
      const start = (2 * run + first) * each;
      return `:${start}-${start + each - 1}`;
    }).join('');
  const lines = [
    'vgcreate -s 4k vg /dev/sda /dev/sdb',
    `lvcreate -l ${EXTENTS / 2} -n one vg /dev/sda${ranges(0)}`,
    `lvcreate -l ${EXTENTS / 2} -n two vg /dev/sda${ranges(1)}`,
  ];
  program(['--lab', lab, 'run', '-'], `${lines.join('\n')}\n`);
}

async function onScreen(lab: string, one: Case): Promise<MoveOnScreen> {
  fill(lab, one);
  const studio = await startStudio({ lab });
  try {
    const page = await studio.page();
    const session = await page.context().newCDPSession(page);
    await page.getByRole('region', { name: 'Extents of vg' }).waitFor();
    await say(page, `throttle ${one.throttle}`);
    await say(page, 'pvmove -b /dev/sda /dev/sdb');
    await page.getByRole('region', { name: 'Move through vg/pvmove0' }).waitFor();
    await page.waitForTimeout(1000);
    const early = await heapOf(session);
    const before = await movedExtents(page);
    const frames = await framesOf(page, SECONDS);
    const late = await heapOf(session);
    const after = await movedExtents(page);
    return {
      name: one.name,
      ...{ median: median(frames), p99: quantile(frames, 0.99), frames: frames.length },
      heap: [early, late],
      regions: Math.round((after - before) / 512),
    };
  } finally {
    await studio.stop();
  }
}

async function say(page: Page, text: string): Promise<void> {
  const input = page.locator('.console input');
  await input.fill(text);
  await input.press('Enter');
  await page.locator('.console').getByText(`$ ${text}`).last().waitFor();
}

/** As the page says it; all of them once the move is not there any more. */
async function movedExtents(page: Page): Promise<number> {
  const bar = page.getByRole('progressbar', { name: 'Extents moved through vg/pvmove0' });
  if ((await bar.count()) === 0) return EXTENTS;
  return Number(await bar.getAttribute('aria-valuenow'));
}

/** Milliseconds from frame to frame, while something moves. */
const framesOf = (page: Page, seconds: number): Promise<readonly number[]> =>
  page.evaluate(
    (most) =>
      new Promise<readonly number[]>((done) => {
        const times: number[] = [];
        const begun = performance.now();
        let last = begun;
        const frame = (): void => {
          const now = performance.now();
          times.push(now - last);
          last = now;
          const over = now - begun > most || document.querySelector('.move-status') === null;
          if (over) done(times.slice(1));
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    seconds * 1000,
  );

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}
