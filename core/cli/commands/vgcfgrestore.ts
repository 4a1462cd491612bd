import { printable } from '../../base/printable.ts';
import { err } from '../../base/result.ts';
import { ctime } from '../../lvm/format/ctime.ts';
import { parseMetadata } from '../../lvm/format/import.ts';
import type { StoredMetadata } from '../../engine/backup-store.ts';
import { syntax, unwantedWord, vgName, type ChangeCommand } from '../command.ts';
import { flag, valued } from '../getopt.ts';
import { complaints, errorOutput, printed, STATUS, statusOf } from '../output.ts';

export const vgcfgrestore: ChangeCommand = {
  name: 'vgcfgrestore',
  about: 'Restore volume group configuration',
  forms: ['VG', '-l|--list VG', '-l|--list -f|--file String [ VG ]', '-f|--file String VG'],
  options: [flag('list', 'l'), valued('file', 'f', 'String'), flag('force')],
  async look(line, engine, known) {
    const [word, ...rest] = line.words;
    const file = line.text('file');
    if (line.has('list') && file !== undefined && rest.length === 0) {
      const text = await known.fileText(file);
      const absent = complaints([`Archive file ${file} not found.`]);
      return text.ok
        ? printed(entry({ path: file, text: text.value }))
        : { status: STATUS.failed, output: absent };
    }
    if (!line.has('list') || word === undefined || rest.length > 0) return undefined;
    const vg = vgName(word);
    const [archives, backup] = [await engine.backups.archives(vg), await engine.backups.backup(vg)];
    const failure = archives.ok ? backup : archives;
    if (!archives.ok || !backup.ok) {
      const error = failure.ok ? undefined : failure.error;
      return error && { status: statusOf(error), output: errorOutput(error, 'vgcfgrestore') };
    }
    const files = [...archives.value, ...(backup.value ? [backup.value] : [])];
    return files.length === 0
      ? { status: STATUS.done, output: printed([`  No archives found in archive.`]).output }
      : printed(files.flatMap(entry));
  },
  async parse(line, known) {
    const [word, ...rest] = line.words;
    const [extra] = rest;
    if (extra !== undefined) return line.refuse(unwantedWord(extra));
    if (word === undefined) return line.refuse(syntax());
    const vg = vgName(word);
    const file = line.text('file');
    const stored = await known.backupOf(vg, file);
    if (!stored.ok) return err({ kind: 'failed', error: stored.error });
    const { path, text } = stored.value;
    return line.requests([{ verb: 'vgcfgrestore', vg, file: path, text }]);
  },
};

/** One file of `--list`. */
function entry({ path, text }: StoredMetadata): readonly string[] {
  const read = parseMetadata(text, path);
  const file = [' ', `  File:\t\t${path}`];
  if (!read.ok) return [...file, `  Couldn't read it: ${printable(read.error.why)}`];
  const { vg, header } = read.value;
  return [
    ...file,
    `  VG name:    \t${vg.name}`,
    `  Description:\t${printable(header.description)}`,
    `  Backup Time:\t${ctime(header.creationTime)}`,
    '',
  ];
}
