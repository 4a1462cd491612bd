import { createConnection } from 'node:net';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mib, sectors } from '../../../core/base/units.ts';
import { createLab } from '../../../core/host/lab-folder.ts';
import { LastingLab } from '../../../core/host/lasting-lab.ts';
import { openLab } from '../../../core/host/open-lab.ts';
import type { EngineFactory, LabHost, OpenLab } from '../../../core/host/open-lab.ts';
import { FakeEngine } from './fake-engine.ts';
import { scratch } from './scratch.ts';

interface Made {
  readonly engine: FakeEngine;
  readonly options: Parameters<EngineFactory>[0];
  closed: boolean;
}

/** A host whose engines can be looked at. Each host stands for a process of its own. */
function host(): LabHost & { made: Made[] } {
  const made: Made[] = [];
  return {
    made,
    defect: (error) => {
      throw error;
    },
    createEngine: (options) => {
      const one: Made = { engine: new FakeEngine(options.lab.directory), options, closed: false };
      made.push(one);
      return Promise.resolve({
        api: one.engine,
        letGo: () => Promise.resolve(),
        close: () => {
          one.closed = true;
          return Promise.resolve();
        },
      });
    },
  };
}

async function lab(): Promise<string> {
  const directory = join(await scratch(), 'lab');
  await createLab({ directory, disks: 2, size: mib(4) });
  return directory;
}

async function open(directory: string, by: LabHost): Promise<OpenLab> {
  const opened = await openLab(directory, by);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  onTestFinished(() => opened.value.close());
  return opened.value;
}

async function lasting(directory: string, by: LabHost): Promise<LastingLab> {
  const opened = await LastingLab.open(directory, by);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  onTestFinished(() => opened.value.close());
  return opened.value;
}

describe('opening a lab', () => {
  test('gives the engine its disks, and lets go of everything at the end', async () => {
    const directory = await lab();
    await unlink(join(directory, 'sdb.img'));
    const mine = host();
    const opened = await open(directory, mine);
    const { options } = mine.made[0]!;
    expect(options.lab).toEqual({ name: 'lab', directory });
    const { disks } = options.disks;
    expect(disks).toMatchObject([
      { path: '/dev/sda', devno: '8:0', mode: 'live', image: 'sda.img', device: { size: mib(4) } },
      { path: '/dev/sdb', devno: '8:16', problem: 'sdb.img: no such file or directory' },
    ]);
    const { device } = disks[0]!;
    const data = new Uint8Array(512).fill(3);
    expect(await device.submit({ op: 'write', start: sectors(1), data })).toEqual({ ok: true });
    await opened.close();
    expect(mine.made[0]!.closed).toBe(true);
    expect(await device.submit({ op: 'flush' })).toMatchObject({ ok: false });
    const again = host();
    expect((await open(directory, again)).own).toBe(true);
  });

  test('finds the engine that has it', async () => {
    const directory = await lab();
    const [mine, theirs] = [host(), host()];
    await open(directory, mine);
    const second = await open(directory, theirs);
    expect(second.own).toBe(false);
    expect((await second.api.state()).lab.directory).toBe(directory);
    expect(theirs.made).toEqual([]);
    expect(mine.made[0]!.engine.calls).toEqual([['state']]);
  });

  test('with a damaged lab.json refuses and keeps nothing', async () => {
    const directory = await lab();
    await unlink(join(directory, 'lab.json'));
    const refused = {
      ok: false,
      error: { code: 'lab', why: 'lab.json: no such file or directory' },
    };
    expect(await openLab(directory, host())).toMatchObject(refused);
    expect(await openLab(directory, host())).toMatchObject(refused);
  });

  test('whose engine cannot be built lets go of it', async () => {
    const directory = await lab();
    const broken: LabHost = { ...host(), createEngine: () => Promise.reject(new Error('defect')) };
    await expect(openLab(directory, broken)).rejects.toThrow('defect');
    expect((await open(directory, host())).own).toBe(true);
  });

  test('serves several lines at once, and cuts off who sends an endless one', async () => {
    const directory = await lab();
    await open(directory, host());
    const socket = createConnection(join(directory, 'lvstudio.sock'));
    let said = '';
    socket.on('data', (data) => (said += data.toString()));
    const call = JSON.stringify({ id: 1, method: 'state', params: [] });
    socket.write(`${call}\n\n${call.replace('1', '2')}\n`);
    await expect.poll(() => said.split('\n').length).toBe(3);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.write('x'.repeat(7 * 1024 * 1024));
    await closed;
    expect((await open(directory, host())).own).toBe(false);
  });
});

describe('a lab that outlasts its engine', () => {
  test('repeats on its own engine what the other one did not begin', async () => {
    const directory = await lab();
    const [mine, theirs] = [host(), host()];
    const first = await open(directory, mine);
    const second = await lasting(directory, theirs);
    await second.api.command(['one']);
    let go = (): void => undefined;
    mine.made[0]!.engine.gate = new Promise((resolve) => (go = resolve));
    const begun = second.api.command(['begun']);
    await expect.poll(() => mine.made[0]!.engine.calls.length).toBe(2);
    const closing = first.close();
    const late = second.api.command(['late']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(theirs.made).toEqual([]);
    go();
    await closing;
    expect((await begun).status).toBe(0);
    expect((await late).output).toEqual([{ stream: 'stdout', text: '  late' }]);
    expect(mine.made[0]!.engine.calls.map(([, argv]) => argv)).toEqual([['one'], ['begun']]);
    expect(theirs.made[0]!.engine.calls.map(([, argv]) => argv)).toEqual([['late']]);
    expect(second.own).toBe(true);
  });

  test('is opened anew at once for a window', async () => {
    const directory = await lab();
    const [mine, theirs] = [host(), host()];
    const first = await open(directory, mine);
    const second = await lasting(directory, theirs);
    const replaced = new Promise<void>((resolve) => second.onReplaced(resolve));
    await first.close();
    await replaced;
    expect(second.own).toBe(true);
    expect(theirs.made).toHaveLength(1);
  });

  test('passes from one to the next among many commands at once', async () => {
    const directory = await lab();
    const hosts = Array.from({ length: 8 }, host);
    await Promise.all(
      hosts.map(async (each, index) => {
        const one = await lasting(directory, each);
        const done = await one.api.command([`c${index}`]);
        expect(done.status).toBe(0);
        await one.close();
      }),
    );
    const engines = hosts.flatMap(({ made }) => made);
    const commands = engines.flatMap(({ engine }) => engine.calls.map(([, argv]) => argv));
    expect(commands.flat().sort()).toEqual(hosts.map((_, index) => `c${index}`));
    expect(engines.every(({ closed }) => closed)).toBe(true);
  });
});
