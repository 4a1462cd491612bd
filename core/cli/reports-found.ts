/** What a report was asked for and does not find. */
import type { ReportKind } from '../report/choose-fields.ts';
import type { ReportSource } from '../report/source.ts';
import { errorLines } from '../report/errors.ts';
import { unfitWords } from '../report/unfit-words.ts';
import { barring } from '../lvm/access.ts';
import { vgToRead } from '../lvm/ops/find.ts';
import { invalidPath, isTooDeep } from './command.ts';

/** Lines for the names that lead nowhere, as LVM goes through them: each group once. */
export function notFound(
  kind: ReportKind,
  names: readonly string[],
  source: ReportSource,
): readonly string[] {
  const each = kind === 'pv' || kind === 'pvseg' ? pvNotFound : nameNotFound(kind !== 'vg');
  const lines = [...new Set(names)]
    .filter((name) => !name.startsWith('@'))
    .map((name) => each(name, names, source));
  return [...new Set(lines.map((some) => some.join('\n  ')))].filter((some) => some !== '');
}

function pvNotFound(
  name: string,
  _names: readonly string[],
  { scan, disks }: ReportSource,
): readonly string[] {
  const pv = scan.pvs.find(({ path }) => path === name);
  const barred = pv && barring(scan, pv);
  if (barred) {
    const { vg, why } = barred;
    return errorLines({ code: 'pv-barred', device: name, vg: vg.name, why });
  }
  const shown = [...scan.pvs, ...scan.duplicates].filter(({ outdated }) => !outdated);
  if (shown.some(({ path }) => path === name)) return [];
  const disk = disks.find(({ path }) => path === name);
  if (disk?.unfit) return [unfitWords(name, disk.unfit)];
  return disk
    ? [`Failed to find physical volume "${name}".`]
    : [`Cannot use ${name}: device not found`];
}

const nameNotFound =
  (ofVolumes: boolean): typeof pvNotFound =>
  (name, names, { scan }) => {
    if (isTooDeep(name) || (ofVolumes && name === '/')) return [invalidPath(name)];
    const [vg = '', lvName] = name.split('/');
    const found = vgToRead({ scan }, vg);
    if (!found.ok) return errorLines(found.error);
    const group = found.value;
    if (ofVolumes && group.vg.status.includes('EXPORTED')) {
      return errorLines({ code: 'vg-exported', vg });
    }
    // Who names the group as a whole gets all of it, whatever else is named of it.
    if (lvName === undefined || names.includes(vg)) return [];
    const known = group.vg.lvs.some((lv) => lv.name === lvName);
    return known ? [] : errorLines({ code: 'lv-not-found', vg, lv: lvName });
  };
