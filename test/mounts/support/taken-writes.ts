/** What is written to a snapshot; where it does not go well, its store has to be full. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prng } from '../../../core/env/prng.ts';
import type { ExportingLab } from '../../programs/support/exporting-lab.ts';
import { fioVerify } from '../../programs/support/fio.ts';
import { newFolder } from '../../programs/support/folder.ts';
import { inPass } from './contents.ts';
import { makeFiles } from './fio-files.ts';
import { fileOf, Undone } from './mounted.ts';
import { expectFiles, readVolume, type Taken } from './taken.ts';

/** In bytes. */
const LENGTHS = [512, 4096, 5000, 65_536, 300_000];
/** Of what fio writes, in bytes. */
const PART = 262_144;
const MOST_PARTS = 4;
const FILE_BYTES = 65_536;

export async function writeByApi(
  { api }: ExportingLab,
  random: Prng,
  snapshot: Taken,
): Promise<void> {
  const length = random.pick(LENGTHS);
  const at = random.below(snapshot.content.length - length);
  const data = Buffer.alloc(length, `${snapshot.name} ${at} `);
  const done = await api.write(snapshot.volume, at, data);
  if (done.ok) snapshot.wrote(at, data);
  else await snapshot.expectLost(api, done.error.messages.join(' '));
}

/** @param work while it is exported */
async function exported(
  { api, uri, run }: ExportingLab,
  snapshot: Taken,
  work: (uri: string) => Promise<unknown>,
): Promise<void> {
  const at = await uri(snapshot.volume);
  let failure: string | undefined;
  try {
    await work(at);
  } catch (cause) {
    failure = String(cause);
  }
  await run(`export ${snapshot.volume} --end`);
  if (failure !== undefined) await snapshot.expectLost(api, failure);
}

export async function writeWithFio(
  lab: ExportingLab,
  random: Prng,
  snapshot: Taken,
  pass: number,
): Promise<void> {
  const log = join(await newFolder(), 'log');
  const size = PART * (1 + random.below(MOST_PARTS));
  const offset = PART * random.below(snapshot.content.length / PART - MOST_PARTS);
  const rw = random.pick(['randwrite', 'write', 'randrw']);
  await exported(lab, snapshot, (uri) =>
    fioVerify(uri, { size, offset, rw, bsrange: '4k-32k', ...inPass(pass, log) }),
  );
  if (snapshot.lost) return;
  snapshot.take(pass, await readFile(log, 'utf8'));
  await rm(log);
}

/** Its file system gets a file more, and is whole afterwards. */
export async function writeFiles(lab: ExportingLab, snapshot: Taken): Promise<void> {
  const undone = new Undone();
  await exported(lab, snapshot, async (uri) => {
    try {
      const file = await fileOf(uri, undone);
      const folder = await file.mount();
      await makeFiles(folder, [`of-${snapshot.name}`], FILE_BYTES);
      await file.unmount();
    } finally {
      await undone.all();
    }
  });
  if (snapshot.lost) return;
  const content = await readVolume(lab.api, snapshot.volume, snapshot.content.length);
  if (typeof content === 'string') return snapshot.expectLost(lab.api, content);
  await expectFiles(content);
  snapshot.becomes(content);
}
