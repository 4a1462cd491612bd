/** Real lvm of this machine on image files: quick, but nothing can be activated. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { newFolder } from './scratch.ts';

const PROGRAM = join(
  process.env.LVSTUDIO_ORACLE ?? resolve('../shared/linux-oracle'),
  'host-lvm.sh',
);

/** Of a command line: its exit status, and what it said. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
}

const LETTERS = 'abcdef';

/**
 * Every line is run, whatever became of those before. The first image is /dev/sda.
 * @param place of the files that the lines name; default: a new folder
 */
export async function inHostLvm(
  images: readonly string[],
  lines: readonly string[],
  place?: string,
): Promise<readonly Said[]> {
  const folder = place ?? (await newFolder());
  const script = join(folder, 'script.sh');
  const disks = images.map((_, index) => `echo "$PV${index + 1}"`);
  const each = lines.map((line, index) => {
    const named = line.replace(
      /\/dev\/sd([a-f])\b/g,
      (_, letter: string) => `$PV${LETTERS.indexOf(letter) + 1}`,
    );
    return `echo "=== ${index}"\n${named} < /dev/null\necho "--- $?"`;
  });
  await writeFile(script, ['set +e', `cd ${folder}`, ...disks, ...each].join('\n'));
  const output = await printed([...images, '--', '-s', script]);
  const [head = '', ...answers] = output.split(/^=== \d+\n/m);
  const loops = head.trim().split('\n');
  return answers.map((answer) => {
    const [, stdout = '', status = ''] = /^([^]*)--- (\d+)\n$/.exec(answer) ?? [];
    return { status: Number(status), stdout: withLetters(stdout, loops) };
  });
}

/** @param loops the devices that are /dev/sda and so on; others have no letter */
export const withLetters = (text: string, loops: readonly string[]): string =>
  text.replace(/\/dev\/loop\d+/g, (path) => `/dev/sd${LETTERS.charAt(loops.indexOf(path))}`);

async function printed(words: readonly string[]): Promise<string> {
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, said]: [string[], string[]] = [[], []];
  child.stdout.on('data', (data: Buffer) => out.push(data.toString()));
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()));
  const status = await new Promise<number | null>((done, failed) => {
    child.on('close', done).on('error', failed);
  });
  if (status !== 0) throw new Error(`host-lvm.sh ended with ${status}:\n${said.join('')}`);
  return out.join('');
}
