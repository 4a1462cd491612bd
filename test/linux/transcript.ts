/** The same command lines in Linux and here: what each prints, on which stream, and its status. */
import { copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { ByteText } from '../../core/base/byte-text.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import type { EngineApi } from '../../core/contract/api.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import { MemorySettings } from '../../core/engine/settings-store.ts';
import { inLinux, labNames, withMajors } from './guest.ts';
import { newImages, withEngine } from './lab.ts';

const DISKS = 5;

/** A command line of a transcript. */
export interface Line {
  readonly text: string;
  /** Why what is printed differs; the exit status never does. */
  readonly differs?: string;
}

export interface Answer {
  readonly line: string;
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function linesOf(file: URL): Promise<readonly Line[]> {
  const lines: Line[] = [];
  let differs: string | undefined;
  for (const text of (await readFile(file, 'utf8')).split('\n')) {
    if (text.startsWith('#')) differs = /^# differs: (.*)/.exec(text)?.[1];
    else if (text !== '') {
      lines.push({ text, ...(differs === undefined ? {} : { differs }) });
      differs = undefined;
    }
  }
  return lines;
}

export async function answersOfLinux(lines: readonly string[]): Promise<readonly Answer[]> {
  const images = await newImages(64 * 2 ** 20, DISKS);
  const script = lines.map((line, index) => {
    const { input, command } = piped(line);
    const [redirect, document] =
      input === undefined ? ['< /dev/null', ''] : ["<<'EOF'", `${guestLine(input)}EOF\n`];
    return `
echo "=== ${index}"
set +e
${guestLine(command)} > out 2> err ${redirect}
${document}status=$?; set -e
echo "$status"; cat out; echo "--- stderr"; cat err`;
  });
  const output = await inLinux(images, withMajors(`${script.join('\n')}\necho "=== end"\n`));
  return lines.map((line, index) => {
    const [, rest = ''] = output.split(`=== ${index}\n`);
    const [body = ''] = rest.split(/^=== (?:\d+|end)$/m);
    const [head = '', stderr = ''] = body.split('--- stderr\n');
    const [status = '', ...stdout] = head.split('\n');
    const ours = (text: string): string => labNames(text, output);
    return answer(line, Number(status), ours(stdout.join('\n')), ours(stderr));
  });
}

export async function answersOfOurs(lines: readonly string[]): Promise<readonly Answer[]> {
  const images = await newImages(64 * 2 ** 20, DISKS);
  const answers: Answer[] = [];
  const backups = new MemoryBackups();
  const session = async (api: EngineApi): Promise<void> => {
    for (const line of lines) {
      const [, file, before = '', after = ''] = IN_A_FILE.exec(line) ?? [];
      if (file !== undefined) {
        await changeFile(backups, file, before, after);
        answers.push(answer(line, 0, '', ''));
        continue;
      }
      const [, what, disk = '', other = ''] = ON_A_DISK.exec(line) ?? [];
      if (what !== undefined) {
        const image = (letter: string): string => images['abcde'.indexOf(letter)] ?? '';
        if (what === 'clone') await copyFile(image(disk), image(other));
        else await changeDisk(what, image(disk));
        answers.push(answer(line, 0, '', ''));
        continue;
      }
      const { input = '', command } = piped(line);
      const words = splitCommandLine(command);
      if (!words.ok) throw new Error(words.error.why);
      const { status, output } = await api.command(words.value, { input });
      const on = (stream: string): string =>
        output.flatMap((one) => (one.stream === stream ? [`${one.text}\n`] : [])).join('');
      answers.push(answer(line, status, on('stdout'), on('stderr')));
    }
  };
  const settings = new MemorySettings();
  await settings.set('activation/monitoring', 0);
  await withEngine(images, session, { kept: backups, settings });
  return answers;
}

/**
 * What happens to a disk between two commands; all else is a command. `!wipe /dev/sdb` takes its
 * label off, `!spoil` zeroes what texts are in its first area, `!lose` all that LVM wrote in its
 * first MiB, which `!return` puts back; `!clone /dev/sda /dev/sdb` makes the second the same as the
 * first.
 */
const ON_A_DISK = /^!(wipe|spoil|lose|return|clone) \/dev\/sd([a-e])(?: \/dev\/sd([a-e]))?$/;

/** `!replace kept.vg 'these words' 'by those'`: in a file of vgcfgbackup, wherever they stand. */
const IN_A_FILE = /^!replace (\S+) '([^']*)' '([^']*)'$/;

async function changeFile(
  backups: MemoryBackups,
  file: string,
  before: string,
  after: string,
): Promise<void> {
  const text = await backups.read(file);
  if (!text.ok || !text.value.includes(before)) throw new Error(`${file}: no ${before}`);
  await backups.write(file, ByteText.of(text.value.replaceAll(before, after)));
}

function guestLine(line: string): string {
  const [, file, before = '', after = ''] = IN_A_FILE.exec(line) ?? [];
  if (file !== undefined) {
    const plain = before.replace(/[[\]"|]/g, '\\$&');
    return `sed -i 's|${plain}|${after}|g' ${file}`;
  }
  const [, what, letter = '', other = ''] = ON_A_DISK.exec(line) ?? [];
  if (what === undefined) return line.replaceAll('/dev/sd', '/dev/vd');
  const disk = `/dev/vd${letter}`;
  const copy = (from: string, to: string, bytes: number, seek = 0): string =>
    `dd if=${from} of=${to} bs=512 count=${bytes / 512} seek=${seek / 512} ` +
    'conv=notrunc status=none';
  const kept = `kept-${letter}.head`;
  if (what === 'clone') {
    return `dd if=${disk} of=/dev/vd${other} bs=1M status=none && rm -f /run/lvm/hints`;
  }
  if (what === 'spoil') return copy('/dev/zero', disk, TEXTS.size, TEXTS.start);
  if (what === 'wipe') return copy('/dev/zero', disk, LABEL);
  // A disk that appears makes Linux forget which disks it need not read.
  if (what === 'return') return `${copy(kept, disk, HEAD)} && rm -f /run/lvm/hints`;
  return `${copy(disk, kept, HEAD)} && ${copy('/dev/zero', disk, HEAD)}`;
}

/** Bytes in which a label may be, and in which LVM's metadata is by default. */
const LABEL = 2048;
const HEAD = 2 ** 20;
/** Bytes behind the header of the first area. */
const TEXTS = { start: 4608, size: 65_536 };

async function changeDisk(what: string, image: string): Promise<void> {
  const file = await open(image, 'r+');
  const kept = `${image}.head`;
  const start = what === 'spoil' ? TEXTS.start : 0;
  const head = new Uint8Array(what === 'wipe' ? LABEL : what === 'spoil' ? TEXTS.size : HEAD);
  if (what === 'lose') {
    const now = new Uint8Array(HEAD);
    await file.read(now, 0, HEAD, 0);
    await writeFile(kept, now);
  }
  await file.write(what === 'return' ? await readFile(kept) : head, 0, head.length, start);
  await file.close();
}

/** `printf 'TEXT' | COMMAND`: what the command finds on its standard input. */
function piped(line: string): { readonly command: string; readonly input?: string } {
  const [, text, command = line] = /^printf '([^']*)' \| (.*)$/.exec(line) ?? [];
  return { command, ...(text === undefined ? {} : { input: text.replaceAll('\\n', '\n') }) };
}

/** Without what differs by nature: identifiers, times, and blanks at the ends of lines. */
function answer(line: string, status: number, stdout: string, stderr: string): Answer {
  const said = / -vvv+ /.test(line) ? shapedLines(stderr) : stderr;
  return { line, status, stdout: masked(plain(stdout)), stderr: masked(said) };
}

/**
 * The log's lines of reference 8.6, which are the same here; Linux has many more, of how it finds
 * its devices and its settings. Times, places and processes are cut off.
 */
const SHAPES = [
  /^(?:Creating|Loading table for|Suppressed|Resuming|Renaming|Removing|Suspending) vg-/,
  /^(?:Adding target to|Table size changed|Clearing inactive table) /,
  /^Creating [A-Z_]+ tree for /,
  /^VG \S+ metadata (?:pre)?commit /,
  /^Archiving volume group /,
  /^Creating volume group backup /,
];
const PREFIX = /^\d\d:\d\d:\d\d\.\d{6} \w+\[\d+\] ([\w/.-]+:\d+) {2}/;

const plain = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(PREFIX, '  '))
    .join('\n');

function shapedLines(stderr: string): string {
  const lines = stderr.split('\n').map((line) => ({
    line,
    text: line.replace(PREFIX, '').replace(/^ {2}/, ''),
  }));
  return lines
    .filter(({ text }) => SHAPES.some((shape) => shape.test(text)))
    .map(({ line }) => line.replace(PREFIX, '<time> <command>[<pid>] $1  '))
    .map((line) => line.replace(/(offset|size) [1-9]\d*/g, '$1 <bytes>'))
    .join('\n');
}

const UUID = /\b[0-9a-zA-Z]{6}(?:-[0-9a-zA-Z]{4}){5}-[0-9a-zA-Z]{6}\b/g;

/** Linux repeats these whenever it looks at the group again, and that it backs it up. */
const REPEATED = new RegExp(
  [
    /WARNING: (?:Couldn't find device|ignoring metadata seqno|Inconsistent metadata found)/,
    /WARNING: VG \S+ (?:was previously updated|(?:is|was) missing PV)/,
    /^ {2}See vgck --updatemetadata to correct inconsistency\.$/,
    /Creating volume group backup/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
/** Folders of a system that was never used, and how its program was built. */
const OF_HOST = /^ {2}(?:Creating directory |Configuration: )/;

/** Of damage the programs speak differently: here the sentence names the field. */
const DAMAGE = new RegExp(
  [
    /^ {2}Retrying metadata scan\.$/,
    /^ {2}WARNING: \S+: text is damaged at byte \d+, /,
    /^ {2}WARNING: (?:Checksum error|[Mm]etadata (?:location )?on|(?:invalid|bad) metadata text)/,
    /^ {2}WARNING: (?:scanning|reading|scan|repair VG metadata|repairing bad metadata)\b/,
    /^ {2}WARNING: couldn't read volume group metadata\b/,
    /^ {2}WARNING: (?:Failed to read metadata text|Reading VG \S+ on)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

const masked = (text: string): string =>
  text
    .replace(UUID, '<uuid>')
    .replace(/^( {2}pvscan)\[\d+\]/gm, '$1[<pid>]')
    .replace(/LVM-[0-9a-zA-Z]{64}/g, 'LVM-<uuid>')
    .split('\n')
    .map((line) => line.replace(/(Creating volume group backup ")[^"]*\/(?=[^/"]*")/, '$1'))
    .filter((line, index, all) => !REPEATED.test(line) || all.indexOf(line) === index)
    .filter((line) => !OF_HOST.test(line) && !DAMAGE.test(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
