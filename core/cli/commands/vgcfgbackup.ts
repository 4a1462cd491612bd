import { formatLvmId } from '../../base/ids.ts';
import { err } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import type { OutputLine } from '../../contract/events.ts';
import { findVg, vgToRead } from '../../lvm/ops/find.ts';
import { missingPvs } from '../../lvm/ops/missing.ts';
import { noticeLine } from '../../report/notices.ts';
import type { QueryCommand } from '../command.ts';
import { valued } from '../getopt.ts';
import { CommandLog } from '../command-log.ts';
import { knownIn } from '../known.ts';
import { groupsOf } from '../objects.ts';
import { shownOf } from '../log-objects.ts';
import type { Worked } from '../log-walk.ts';
import { asSaid, errorSpoken, indented, STATUS } from '../output.ts';
import { groupsNamed, noticesOf } from '../scan-warnings.ts';
import { usageRefusal } from '../usage.ts';

export const vgcfgbackup: QueryCommand = {
  name: 'vgcfgbackup',
  about: 'Backup volume group configuration(s)',
  forms: ['[ VG ... ]'],
  options: [valued('file', 'f', 'String')],
  async run(line, engine) {
    const source = await engine.source();
    const { scan } = source;
    const groups = groupsOf(line, knownIn(source, engine));
    if (!groups.ok) return usageRefusal(vgcfgbackup, groups.error);
    const vgs = groups.value;
    const named = line.words.length > 0 ? vgs : [];
    const odd = noticesOf(scan, groupsNamed(scan, named));
    const warnings = odd.map((one) => asSaid(indented(noticeLine(one))));
    const output: OutputLine[] = warnings.map(({ line: one }) => one);
    const log = new CommandLog('vgcfgbackup', line.times('verbose'), engine);
    const worked: Worked[] = [];
    let status: number = STATUS.done;
    for (const vg of vgs) {
      const file = line.text('file')?.replaceAll('%s', vg);
      const found = findVg(scan, vg);
      const path = file ?? engine.backups.backupPath(vg);
      const [one] = found;
      if (one) log.sink?.({ code: 'backing-up', path, seqno: one.vg.seqno });
      output.push(...log.taken());
      const isWhole = file !== undefined || !found.some((one) => missingPvs(one).length > 0);
      const read = vgToRead(source, vg);
      // What is kept of a group is kept whoever may use it; this command has to be allowed to.
      const text =
        !read.ok && read.error.code === 'vg-barred'
          ? read
          : isWhole
            ? engine.backupText(read.ok ? formatLvmId(read.value.vg.id) : vg, line.asGiven)
            : err<VolumeError>({ code: 'backup-incomplete' });
      const done = text.ok
        ? await (file === undefined
            ? engine.backups.putBackup(vg, text.value)
            : engine.backups.write(file, text.value))
        : text;
      if (!done.ok) {
        status = STATUS.failed;
        const spoken = errorSpoken(done.error, 'vgcfgbackup');
        output.push(...spoken.map((said) => said.line));
        worked.push({ vg, spoken, failed: true });
        continue;
      }
      const sentence = `Volume group "${vg}" successfully backed up.`;
      const shown = shownOf({ vg }, line.times('quiet') > 1 ? [] : [sentence]);
      output.push(...shown.spoken.map((said) => said.line));
      worked.push(shown);
    }
    const walk = {
      processing: 'vg',
      worked,
      source,
      warnings,
      everything: false,
      summary: [],
    } as const;
    return { status, output, walk };
  },
};
