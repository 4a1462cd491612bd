/** Runs a script in the Linux oracle: a VM with real LVM, the images as its disks. */
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ORACLE = process.env.LVSTUDIO_ORACLE ?? resolve('../shared/linux-oracle');

/** What the script printed. Throws with all of it when the script fails. */
export async function inLinux(images: readonly string[], script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lvstudio-guest-'));
  const file = join(folder, 'script.sh');
  await writeFile(file, script);
  const disks = images.flatMap((image) => ['--disk', image]);
  const child = spawn(join(ORACLE, 'run.sh'), [...disks, '--script', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let all = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    all += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    all += data.toString();
  });
  const status = await new Promise<number | null>((done) => child.on('close', done));
  if (status !== 0) throw new Error(`the guest ended with ${status}:\n${all}`);
  return out;
}

/** The lines between `=== name` and the next `===`. */
export function part(output: string, name: string): string {
  const after = output.split(`=== ${name}\n`)[1] ?? '';
  return (after.split('\n=== ')[0] ?? '').trimEnd();
}

/** Guest names of disks as the lab has them: vda is sda. */
export const labNames = (text: string): string => text.replace(/\/dev\/vd([a-z])/g, '/dev/sd$1');
