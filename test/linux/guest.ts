/** Runs a script in the Linux oracle: a VM with real LVM, the images as its disks. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { newFolder } from './scratch.ts';

const ORACLE = process.env.LVSTUDIO_ORACLE ?? resolve('../shared/linux-oracle');

/** The last line of a script: power fails. */
export const CUT = 'echo "=== cut"; sleep 0.2; echo b > /proc/sysrq-trigger; sleep 60\n';

/** What the script printed. Throws with all of it when the script fails. */
export async function inLinux(images: readonly string[], script: string): Promise<string> {
  const { status, out, all } = await guest(images, script);
  if (status !== 0) throw new Error(`the guest ended with ${status}:\n${all}`);
  return out;
}

/** The same of a script that ends with `CUT`: nothing is closed, nor written that was held. */
export async function cutOff(images: readonly string[], script: string): Promise<string> {
  const { status, out, all } = await guest(images, script);
  if (status !== DIED || !out.includes('=== cut')) {
    throw new Error(`the guest was not cut off but ended with ${status}:\n${all}`);
  }
  return out;
}

const DIED = 125;

interface Ended {
  readonly status: number | null;
  readonly out: string;
  /** With what it said on its standard error. */
  readonly all: string;
}

async function guest(images: readonly string[], script: string): Promise<Ended> {
  const folder = await newFolder();
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
  const status = await new Promise<number | null>((done, failed) => {
    child.on('close', done).on('error', failed);
  });
  return { status, out, all };
}

/** The lines between `=== name` and the next `===`. */
export function part(output: string, name: string): string {
  const after = output.split(`=== ${name}\n`)[1] ?? '';
  return (after.split('\n=== ')[0] ?? '').trimEnd();
}

/**
 * Numbers of a lab in a script, 8:0 and 253:0, become those that disks and mapped devices have in
 * this guest. The script must not contain the line `MAJORS`.
 */
export function withMajors(script: string): string {
  const marked = script
    .replace(/\b253:(?=\d)/g, '@DM@:')
    .replace(/-j 253\b/g, '-j @DM@')
    .replace(/\b8:(?=\d)/g, '@DISK@:');
  return `dm=$(awk '/device-mapper/{print $1}' /proc/devices)
disk=$(awk '$2=="ubd"||$2=="virtblk"{print $1}' /proc/devices)
echo "MAJORS $dm $disk"
cat > body.sh <<'MAJORS'
${marked}
MAJORS
sed -i "s/@DM@/$dm/g;s/@DISK@/$disk/g" body.sh
. ./body.sh
`;
}

/** Guest names and numbers of disks as the lab has them: vda is sda, 254:16 is 8:16. */
export function labNames(text: string, output = ''): string {
  const named = text
    .replace(/\/dev\/vd([a-z])/g, '/dev/sd$1')
    .replace(/\b(?:ubd|vd)([a-e])\b/g, 'sd$1');
  const [, dm, disk] = /^MAJORS (\d+) (\d+)$/m.exec(output) ?? [];
  if (dm === undefined || disk === undefined) return named;
  return named.replace(/\b(\d+)(:|, )(?=\d)/g, (whole, major: string, between: string) =>
    major === dm ? `253${between}` : major === disk ? `8${between}` : whole,
  );
}
