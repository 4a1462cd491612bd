/** One writer an image: who is refused, who is told, and what a crash leaves behind. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mib } from '../../../core/base/units.ts';
import { claimImage, claimPath, writerOf } from '../../../core/host/image-claim.ts';
import type { ClaimWish } from '../../../core/host/image-claim.ts';
import { createImage, inspectImage } from '../../../core/host/image-file.ts';
import { ownMark, stateOf } from '../../../core/host/process-mark.ts';
import { lvstudio, type Said } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

const ok = (said: Said): string => {
  expect(said, said.err).toMatchObject({ status: 0 });
  return said.out;
};

interface Place {
  readonly folder: string;
  readonly image: string;
  lab(name: string): Promise<string>;
}

async function place(): Promise<Place> {
  const folder = await scratch();
  const image = join(folder, 'disk.img');
  expect(await createImage(image, mib(4))).toEqual({ ok: true });
  const lab = async (name: string): Promise<string> => {
    ok(await lvstudio(`lab new ${join(folder, name)} --disks 0`));
    return join(folder, name);
  };
  return { folder, image, lab };
}

/** Of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid ?? 0;
}

/** Rewrites the holder of a claim, as another process would have left it. */
async function heldBy(image: string, change: Record<string, unknown>): Promise<void> {
  const path = claimPath(image);
  const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const holder = { ...(await ownMark()), ...change };
  await writeFile(path, JSON.stringify({ ...record, holder }));
}

describe('two labs', () => {
  test('do not attach one image live, or under sandboxes, whether or not one is open', async () => {
    const { image, lab } = await place();
    const [a, b] = [await lab('a'), await lab('b')];
    for (const [first, second] of [
      ['live', 'live'],
      ['live', 'sandbox'],
      ['sandbox', 'live'],
      ['sandbox', 'sandbox'],
    ]) {
      ok(await lvstudio(`lab attach ${a} ${image} --mode ${first}`));
      const said = await lvstudio(`lab attach ${b} ${image} --mode ${second}`);
      expect(said.status).toBe(5);
      expect(said.err).toContain(
        `disk.img: is disk sda of lab ${a}, ${first}; --take-over takes it from there`,
      );
      expect(ok(await lvstudio(`lab show ${b}`)).split('\n')).toHaveLength(3);
      ok(await lvstudio(`lab detach ${a} sda`));
      await rm(`${image}.sandbox`, { force: true });
    }
    ok(await lvstudio(`lab attach ${b} ${image} --mode live`));
  });

  test('read it while one writes, and are told so', async () => {
    const { image, lab } = await place();
    const [a, b] = [await lab('a'), await lab('b')];
    ok(await lvstudio(`lab attach ${b} ${image}`));
    ok(await lvstudio(`lab attach ${a} ${image} --mode live`));
    expect(ok(await lvstudio(`lab show ${b}`))).toContain(
      `disk.img: is disk sda of lab ${a}, live`,
    );
    ok(await lvstudio(`lab detach ${a} sda`));
    expect(ok(await lvstudio(`lab show ${b}`))).not.toContain('is disk');
  });

  test('one takes the image over from the other, which then cannot use it', async () => {
    const { image, lab } = await place();
    const [a, b] = [await lab('a'), await lab('b')];
    ok(await lvstudio(`lab attach ${a} ${image} --mode live`));
    ok(await lvstudio(`lab attach ${b} ${image} --mode live --take-over`));
    expect(ok(await lvstudio(`lab show ${a}`))).toContain(`is disk sda of lab ${b}, live`);
    expect((await lvstudio(`lab mode ${a} sda live`)).status).toBe(5);
    ok(await lvstudio(`lab mode ${a} sda live --take-over`));
    expect(ok(await lvstudio(`lab show ${a}`))).not.toContain('is disk');
  });

  test('an image in the folder of one is claimed by being there', async () => {
    const { folder, lab } = await place();
    const b = await lab('b');
    const a = join(folder, 'a');
    ok(await lvstudio(`lab new ${a} --disks 1 --size 4m`));
    const said = await lvstudio(`lab attach ${b} ${a}/sda.img --mode live`);
    expect(said.err).toContain(`sda.img: is disk sda of lab ${a}, live`);
    expect((await readdir(a)).sort()).toEqual(['lab.json', 'sda.img']);
  });

  test('a lab that is gone, or has another disk by then, claims nothing', async () => {
    const { image, lab } = await place();
    const [a, b] = [await lab('a'), await lab('b')];
    ok(await lvstudio(`lab attach ${a} ${image} --mode live`));
    await rm(a, { recursive: true });
    ok(await lvstudio(`lab attach ${b} ${image} --mode live`));
    ok(await lvstudio(`lab mode ${b} sda read-only`));
    expect(await readdir(join(image, '..'))).toEqual(['b', 'disk.img']);
  });
});

describe('a claim that a crash left behind', () => {
  async function crashed(
    holder: Record<string, unknown>,
  ): Promise<Place & { a: string; b: string }> {
    const here = await place();
    const [a, b] = [await here.lab('a'), await here.lab('b')];
    ok(await lvstudio(`lab attach ${a} ${here.image} --mode live`));
    await heldBy(here.image, holder);
    return { ...here, a, b };
  }

  test('gives way to its own lab without a word', async () => {
    const { a, image } = await crashed({ pid: await deadPid() });
    expect(ok(await lvstudio(`lab show ${a}`))).toContain(`live  ${image}\n`);
  });

  test.each([
    ['its process has ended', async () => ({ pid: await deadPid() })],
    ['the machine was started again', () => ({ boot: 'another' })],
    ['the number is that of a later process', () => ({ started: '1' })],
  ])('gives way to another lab only when it is told: %s', async (_why, holder) => {
    const { a, b, image } = await crashed(await holder());
    const said = await lvstudio(`lab attach ${b} ${image} --mode live`);
    expect(said.status).toBe(5);
    expect(said.err).toMatch(
      /disk\.img: was open for writing in lab \S+ as sda \(process \d+, since [\dTZ:.-]+\)/,
    );
    expect(said.err).toContain(`in lab ${a} `);
    expect(said.err).toContain('which ended without closing it; --take-over takes it from there');
    ok(await lvstudio(`lab attach ${b} ${image} --mode live --take-over`));
  });

  test('of a process that runs is not taken by anybody', async () => {
    const { a, b, image } = await crashed({});
    for (const line of [
      `lab attach ${b} ${image} --mode live --take-over`,
      `lab mode ${a} sda live --take-over`,
    ]) {
      const said = await lvstudio(line);
      expect(said.status).toBe(5);
      expect(said.err).toContain(`is open for writing in lab ${a} as sda (process ${process.pid},`);
      expect(said.err).not.toContain('--take-over takes');
    }
  });

  test('of another machine may be alive there: only who was told takes it', async () => {
    const { a, b, image } = await crashed({ host: 'elsewhere' });
    expect((await lvstudio(`lab attach ${b} ${image} --mode live`)).err).toContain(
      'on elsewhere (process',
    );
    expect(ok(await lvstudio(`lab show ${a}`))).toContain('on elsewhere');
    ok(await lvstudio(`lab mode ${a} sda live --take-over`));
  });

  test('is of no meaning beside a copy of the image', async () => {
    const { folder, image, b } = await crashed({});
    const copy = join(folder, 'copy');
    await mkdir(copy);
    await copyFile(image, join(copy, 'disk.img'));
    await copyFile(claimPath(image), claimPath(join(copy, 'disk.img')));
    ok(await lvstudio(`lab attach ${b} ${join(copy, 'disk.img')} --mode live`));
  });

  test('that is rubbish is not taken for nothing', async () => {
    const { b, image } = await crashed({});
    await writeFile(claimPath(image), 'rubbish');
    expect((await lvstudio(`lab attach ${b} ${image} --mode live`)).err).toContain(
      'has a claim beside it that cannot be understood; --take-over takes it from there',
    );
  });

  test('goes with a lab that is moved', async () => {
    const { a, folder, image } = await crashed({ pid: await deadPid() });
    await rename(a, join(folder, 'moved'));
    expect(ok(await lvstudio(`lab show ${join(folder, 'moved')}`))).toContain(`live  ${image}\n`);
  });
});

test('of many who want an image at once, one gets it', async () => {
  const { image, folder } = await place();
  const facts = await inspectImage(image);
  if (!facts.ok) throw new Error(facts.error.why);
  const wish = (lab: string): ClaimWish => ({
    path: image,
    identity: facts.value.identity,
    lab,
    disk: 'sda',
    mode: 'live',
    takeOver: true,
  });
  for (let round = 0; round < 20; round++) {
    const labs = Array.from({ length: 8 }, (_, index) => join(folder, `lab${index}`));
    const claims = await Promise.all(labs.map((lab) => claimImage(wish(lab))));
    const got = claims.flatMap((claim) => (claim.ok ? [claim.value] : []));
    expect(got).toHaveLength(1);
    const others = { path: image, identity: wish('').identity, lab: 'none' };
    expect((await writerOf(others))?.yields).toBe(false);
    await got[0]!.release(false);
  }
  expect(await readdir(folder)).toEqual(['disk.img']);
});

test('a process is told from others of its number', async () => {
  const mine = await ownMark();
  expect(await stateOf(mine)).toBe('alive');
  expect(await stateOf({ ...mine, host: 'x' })).toBe('unknown');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  onTestFinished(() => void child.kill());
  expect(await stateOf({ ...mine, pid: child.pid ?? 0 })).toBe('dead');
  expect(await stateOf({ ...mine, pid: await deadPid() })).toBe('dead');
});

test('one that was killed and lingers is waited for by its own lab', async () => {
  const { folder, image, lab } = await place();
  const a = await lab('a');
  ok(await lvstudio(`lab attach ${a} ${image} --mode live`));
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const { pid = 0 } = child;
  await heldBy(image, { pid, started: await startOf(pid) });
  setTimeout(() => child.kill('SIGKILL'), 300);
  const shown = ok(await lvstudio(`--lab ${a} lab show`));
  expect(shown).toContain(`live  ${image}`);
  expect((await readdir(folder)).sort()).toEqual(['.disk.img.lvstudio', 'a', 'disk.img']);
});

test.runIf(process.platform === 'linux')('a zombie is dead', async () => {
  // The shell that would ask how its child ended becomes a program that does not.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
  onTestFinished(() => void parent.kill());
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.on('data', (text: Buffer) => {
      resolve(Number(text.toString()));
    });
  });
  const holder = { ...(await ownMark()), pid, started: await startOf(pid) };
  expect(holder.started).not.toBe('');
  await expect.poll(() => stateOf(holder)).toBe('dead');
  expect(() => process.kill(pid, 0)).not.toThrow();
});

async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
