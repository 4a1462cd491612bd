import { err } from '../../base/result.ts';
import { validateVolumeGroup } from '../../lvm/format/validate.ts';
import { missingPvs } from '../../lvm/ops/missing.ts';
import { vgToRead } from '../../lvm/ops/find.ts';
import { isExported } from '../../report/fields-vg.ts';
import { noticeLine } from '../../report/notices.ts';
import { unwantedWord, vgName, type ChangeCommand } from '../command.ts';
import { flag } from '../getopt.ts';
import { groupsOf } from '../objects.ts';
import { errorOutput, indented, STATUS } from '../output.ts';
import { groupsNamed, noticesOf } from '../scan-warnings.ts';
import { usageRefusal } from '../usage.ts';

export const vgck: ChangeCommand = {
  name: 'vgck',
  about: 'Check the consistency of volume group(s)',
  forms: ['[ VG|Tag ... ]', '--updatemetadata VG'],
  options: [flag('updatemetadata')],
  async look(line, engine, known) {
    if (line.has('updatemetadata')) return undefined;
    const { scan } = await engine.source();
    const groups = groupsOf(line, known);
    if (!groups.ok) return usageRefusal(vgck, groups.error);
    const named = line.words.length > 0 ? groups.value : [];
    const found = named.map((name) => notExported(vgToRead({ scan }, name)));
    const warnings = noticesOf(scan, groupsNamed(scan, named)).map((notice) =>
      indented(noticeLine(notice)),
    );
    const failures = found.flatMap((one) => (one.ok ? [] : errorOutput(one.error, 'vgck')));
    const present = found.flatMap((one) => (one.ok ? one.value : []));
    const all = scan.vgs.filter((vg) => !isExported(vg));
    const asked = line.words.length === 0 ? all : present;
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

/** Whoever names an exported group is told; where all are checked it is passed over. */
const notExported = (found: ReturnType<typeof vgToRead>): ReturnType<typeof vgToRead> =>
  found.ok && isExported(found.value)
    ? err({ code: 'vg-exported', vg: found.value.vg.name })
    : found;
