import { err } from '../../base/result.ts';
import type { VolumeError } from '../../contract/errors.ts';
import { validateVolumeGroup } from '../../lvm/format/validate.ts';
import { missingPvs } from '../../lvm/ops/missing.ts';
import { vgToRead } from '../../lvm/ops/find.ts';
import { inLvmOrder } from '../../lvm/scan-order.ts';
import type { ScannedVg } from '../../lvm/scan-types.ts';
import { isExported } from '../../report/fields-vg.ts';
import { noticeLine } from '../../report/notices.ts';
import { unwantedWord, vgName, type ChangeCommand, unwantedOption } from '../command.ts';
import { flag } from '../getopt.ts';
import { groupsOf } from '../objects.ts';
import type { Walk, Worked } from '../log-walk.ts';
import { asSaid, errorSpoken, indented, STATUS } from '../output.ts';
import { groupsNamed, noticesOf } from '../scan-warnings.ts';
import { usageRefusal } from '../usage.ts';

export const vgck: ChangeCommand = {
  name: 'vgck',
  about: 'Check the consistency of volume group(s)',
  forms: ['[ VG|Tag ... ]', '--updatemetadata VG'],
  options: [flag('updatemetadata')],
  async look(line, engine, known) {
    if (line.has('updatemetadata')) return undefined;
    const source = await engine.source();
    const { scan } = source;
    const groups = groupsOf(line, known);
    if (!groups.ok) return usageRefusal(vgck, groups.error);
    const named = line.words.length > 0 ? groups.value : [];
    const found = named.map((name) => notExported(vgToRead({ scan }, name)));
    const warnings = noticesOf(scan, groupsNamed(scan, named)).map((notice) =>
      indented(noticeLine(notice)),
    );
    const absent = found.flatMap((one, at) => (one.ok ? [] : worked(named[at] ?? '', [one.error])));
    const present = found.flatMap((one) => (one.ok ? one.value : []));
    const all = inLvmOrder(scan).filter((vg) => !isExported(vg));
    const asked = line.words.length === 0 ? all : present;
    const seen = [...absent, ...asked.map((one) => worked(one.vg.name, faultsOf(one)))];
    const place = ({ vg = '' }: Worked): number => named.indexOf(vg);
    const walk: Walk = {
      processing: 'vg',
      worked: seen.toSorted((a, b) => place(a) - place(b)),
      source,
      warnings: warnings.map(asSaid),
      everything: false,
      summary: [],
    };
    const failures = seen.flatMap(({ spoken }) => spoken.map((one) => one.line));
    const status = failures.length > 0 ? STATUS.failed : STATUS.done;
    return { status, output: [...warnings, ...failures], walk };
  },
  parse(line) {
    const [vg, other] = line.words;
    if (vg === undefined) {
      return line.refuse(unwantedOption('updatemetadata'));
    }
    if (other !== undefined) return line.refuse(unwantedWord(other));
    return line.requests([vgName(vg)].map((one) => ({ verb: 'vgck', vg: one })));
  },
};

const worked = (vg: string, errors: readonly VolumeError[]): Worked => ({
  vg,
  spoken: errors.flatMap((error) => errorSpoken(error, 'vgck')),
  failed: errors.length > 0,
});

function faultsOf(scanned: ScannedVg): readonly VolumeError[] {
  const faults = validateVolumeGroup(scanned.vg).map(({ sentence }) => sentence);
  const count = missingPvs(scanned).length;
  return [
    ...(faults.length > 0
      ? [{ code: 'metadata-unsound', vg: scanned.vg.name, faults } as const]
      : []),
    ...(count > 0 ? [{ code: 'vg-lacks-pvs', count } as const] : []),
  ];
}

/** Whoever names an exported group is told; where all are checked it is passed over. */
const notExported = (found: ReturnType<typeof vgToRead>): ReturnType<typeof vgToRead> =>
  found.ok && isExported(found.value)
    ? err({ code: 'vg-exported', vg: found.value.vg.name })
    : found;
