/** `export` as a person at a terminal, a script and an administrator with a busy volume meet it. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineApi } from '../../../core/contract/api.ts';
import { openLab, type OpenLab } from '../../../core/host/open-lab.ts';
import { lvstudio, realHost } from '../../support/studio-lab.ts';
import { scratch } from './scratch.ts';

let directory: string;
let lab: OpenLab;
const sockets: Socket[] = [];

beforeEach(async () => {
  directory = join(await scratch(), 'lab');
  expect((await lvstudio(`lab new ${directory} --disks 1 --size 64m`)).status).toBe(0);
  await open();
  for (const line of ['vgcreate vg /dev/sda', 'lvcreate -n home -l 2 vg']) await done(line);
});

async function open(): Promise<void> {
  const opened = await openLab(directory, realHost);
  if (!opened.ok) throw new Error(opened.error.code);
  lab = opened.value;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await lab.close();
});

const say = (line: string, options?: Parameters<EngineApi['command']>[1]) =>
  lab.api.command(line.split(' '), options);

async function done(line: string): Promise<string> {
  const { status, output } = await say(line);
  expect([line, status, output]).toEqual([line, 0, expect.anything()]);
  return output.map(({ text }) => text).join('\n');
}

async function refused(line: string): Promise<[number, string]> {
  const { status, output } = await say(line);
  return [status, output.map(({ text }) => text).join('\n')];
}

const usual = (): string => join(directory, 'vg-home.nbd');
const exportsNow = async () => (await lab.api.state()).exports;

/** Somebody who has come in and says nothing. */
async function client(path = usual()): Promise<Socket> {
  const socket = connect(path);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'data');
  return socket;
}

test('a volume is exported at a socket of its own, once, and is in use meanwhile', async () => {
  const uri = `nbd+unix:///vg/home?socket=${usual()}`;
  expect(await done('export vg/home')).toBe(`  vg/home is exported at ${uri}`);
  expect(await exportsNow()).toMatchObject([
    { volume: 'vg/home', uri, readOnly: false, clients: [], size: 16_384 },
  ]);
  expect(await refused('export /dev/vg/home')).toEqual([
    5,
    '  Cannot export vg/home: it is exported already.',
  ]);
  expect(await refused('lvchange -an vg/home')).toEqual([5, '  Logical volume vg/home in use.']);
  expect(await refused('lvremove -y vg/home')).toEqual([5, '  Logical volume vg/home in use.']);
  expect(await done('export')).toBe(`  vg/home writable 0 clients ${uri}`);
  expect(await done('export vg/home --end')).toBe('  vg/home is no longer exported');
  expect(existsSync(usual())).toBe(false);
  expect(await exportsNow()).toEqual([]);
  await done('lvremove -y vg/home');
});

test('a volume that got another name is the same export', async () => {
  await done('export vg/home');
  await done('lvrename vg/home vg/house');
  expect(await refused('export vg/house')).toEqual([
    5,
    '  Cannot export vg/house: it is exported already.',
  ]);
  await done('lvcreate -n home -l 1 vg');
  expect(await refused('export vg/home --end')).toEqual([5, '  vg/home is not exported.']);
  expect(await done('export vg/house --end')).toBe('  vg/house is no longer exported');
});

test('a terminal that exports a volume follows it through names and engines', async () => {
  const interrupt = new AbortController();
  const terminal = lvstudio(`--lab ${directory} export vg/home`, '', interrupt.signal);
  await vi.waitFor(async () => expect(await exportsNow()).toHaveLength(1));
  await done('vgrename vg group');
  await done('lvrename group/home group/house');
  // The old name is another's, and so is its export.
  await done('vgrename group vg');
  await done('lvcreate -n home -l 1 vg');
  await done(`export vg/home --socket ${join(directory, 'other')}`);
  await lab.close();
  await open();
  await vi.waitFor(async () => expect(await exportsNow()).toMatchObject([{ volume: 'vg/house' }]));
  await done('lvrename vg/house vg/garden');
  await done('lvrename vg/home vg/house');
  await done(`export vg/house --socket ${join(directory, 'other')}`);
  interrupt.abort();
  expect(await terminal).toMatchObject({ status: 0, err: '' });
  expect((await terminal).out).toMatch(/Ctrl-C ends it.\n  vg\/garden is no longer exported\n$/);
});

test('an export is no disk of its own lab', async () => {
  await done('export vg/home');
  const address = `nbd+unix:///?socket=${usual()}`;
  expect(await refused(`lab attach ${address}`)).toEqual([
    5,
    `  ${address} is a volume of this lab.`,
  ]);
});

test('a mapped device that is no volume can be exported, too', async () => {
  const table = '0 8192 linear /dev/mapper/vg-home 0';
  expect(await lab.api.command(['dmsetup', 'create', 'top', '--table', table])).toMatchObject({
    status: 0,
  });
  await done('export /dev/mapper/top --read-only');
  expect(await exportsNow()).toMatchObject([{ volume: 'top', readOnly: true }]);
  expect((await exportsNow())[0]).not.toHaveProperty('lvId');
  // What is a volume is one, by whichever name.
  await done('export /dev/mapper/vg-home');
  expect((await exportsNow()).map(({ volume }) => volume)).toEqual(['top', 'vg/home']);
  await done('export /dev/mapper/top --end');
});

test('who uses it is asked about before it is cut off', async () => {
  await done('export vg/home');
  const socket = await client();
  expect((await exportsNow())[0]?.clients).toMatchObject([{ id: 1, read: 0, written: 0 }]);
  const text = '1 program uses vg/home. Really end its export? [y/n]: ';
  const { questions } = await say('export vg/home --end', { ask: true });
  expect(questions?.map((one) => one.text)).toEqual([text]);
  expect(await refused('export vg/home --end')).toEqual([
    5,
    `${text}[n]\n  vg/home is still exported.`,
  ]);
  const preview = await lab.api.preview(['export', 'vg/home', '--end']);
  expect(preview).toMatchObject({ ok: true, value: { questions: [text] } });
  const closed = once(socket, 'close');
  expect((await say('export vg/home --end', { agreed: [text] })).status).toBe(0);
  await closed;
});

test('closing the lab sends clients away and leaves no socket', async () => {
  await done('export vg/home');
  const socket = await client();
  const closed = once(socket, 'close');
  await lab.close();
  await closed;
  expect(existsSync(usual())).toBe(false);
});

test('a lab that is closed while exports begin and end leaves nothing of them', async () => {
  await done('export vg/home');
  const socket = await client();
  const closed = once(socket, 'close');
  const ended = say('export vg/home --end', { yes: true });
  const begun = say('export /dev/mapper/vg-home');
  await lab.close();
  await closed;
  expect((await ended).status).toBe(0);
  expect((await begun).status).toBe(5);
  expect(existsSync(usual())).toBe(false);
});

test('a port is one of this machine alone', async () => {
  await done('export vg/home --port 0');
  const [state] = await exportsNow();
  const place = state?.place;
  expect(place).toMatchObject({ kind: 'tcp', host: '127.0.0.1' });
  const socket = connect(place?.kind === 'tcp' ? place.port : 0, '127.0.0.1');
  sockets.push(socket);
  expect(String((await once(socket, 'data'))[0])).toContain('NBDMAGIC');
  await say('export vg/home --end', { yes: true });
  const [status, why] = await refused('export vg/home --port 0.0.0.0:10809');
  expect(status).toBe(5);
  expect(why).toContain('on this machine only');
});

test.each([
  ['export vg', /export VG\/LV/],
  ['export vg/home vg/other', /export VG\/LV/],
  ['export /dev/mapper/', /export VG\/LV/],
  ['export vg/home --port 65536', /--port 65536: a number/],
  ['export vg/home --port x', /--port x: a number/],
  ['export vg/home --socket /x --port 1', /not both/],
  ['export vg/home --socket=', /needs a path/],
  ['export vg/home --strange', /--strange/],
])('%s is not understood', async (line, why) => {
  const [status, said] = await refused(line);
  expect([status, said]).toEqual([3, expect.stringMatching(why)]);
});

test.each([
  ['export vg/none', /Failed to find logical volume "vg\/none"/],
  ['export none/home', /Volume group "none" not found/],
  ['export vg/home --end', /vg\/home is not exported/],
  ['export /dev/mapper/none', /none/],
  ['export vg/home --socket /nowhere/at/all', /no such file or directory/],
])('%s is refused', async (line, why) => {
  const [status, said] = await refused(line);
  expect([status, said]).toEqual([5, expect.stringMatching(why)]);
  expect(await exportsNow()).toEqual([]);
  // Nothing keeps the volume open.
  await done('lvchange -an vg/home');
});

test('what is not active cannot be exported', async () => {
  await done('lvchange -an vg/home');
  const [status, why] = await refused('export vg/home');
  expect([status, why]).toEqual([5, expect.stringMatching(/not active/)]);
});
