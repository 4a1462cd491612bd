import { err } from '../../base/result.ts';
import { validateVolumeGroup } from '../../lvm/format/validate.ts';
import { missingPvs } from '../../lvm/ops/missing.ts';
import { vgToRead } from '../../lvm/ops/find.ts';
import { noticeLine } from '../../report/notices.ts';
import { unwantedWord, vgName, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';
import { errorOutput, indented, STATUS } from '../output.ts';
import { groupsNamed, noticesOf } from '../scan-warnings.ts';

export const vgck: ChangeCommand = {
  name: 'vgck',
  about: 'Check the consistency of volume group(s)',
  forms: ['[ VG ... ]', '--updatemetadata VG'],
  options: [flag('updatemetadata')],
  async look(line, engine) {
    if (line.has('updatemetadata')) return undefined;
    const { scan } = await engine.source();
    const named = line.words.map(vgName);
    const found = named.map((name) => vgToRead({ scan }, name));
    const warnings = noticesOf(scan, groupsNamed(scan, named)).map((notice) =>
      indented(noticeLine(notice)),
    );
    const failures = found.flatMap((one) => (one.ok ? [] : errorOutput(one.error, 'vgck')));
    const asked = named.length === 0 ? scan.vgs : found.flatMap((one) => (one.ok ? one.value : []));
    for (const scanned of asked) {
      const faults = validateVolumeGroup(scanned.vg).map(({ sentence }) => sentence);
      const { name } = scanned.vg;
      if (faults.length > 0) {
        failures.push(...errorOutput({ code: 'metadata-unsound', vg: name, faults }, 'vgck'));
      }
      const count = missingPvs(scanned).length;
      if (count > 0) failures.push(...errorOutput({ code: 'vg-lacks-pvs', count }, 'vgck'));
    }
    const status = failures.length > 0 ? STATUS.failed : STATUS.done;
    return { status, output: [...warnings, ...failures] };
  },
  parse(line) {
    const [vg, other] = line.words;
    if (vg === undefined) {
      return line.refuse(err({ kind: 'unwanted', what: 'option: --updatemetadata' }));
    }
    if (other !== undefined) return line.refuse(unwantedWord(other));
    return line.requests([vgName(vg)].map((one) => ({ verb: 'vgck', vg: one })));
  },
};
