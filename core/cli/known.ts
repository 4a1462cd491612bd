/** What there is, for words and options that stand for more than themselves. */
import { formatLvmId } from '../base/ids.ts';
import { err, ok } from '../base/result.ts';
import type { CommandEngine } from '../engine/types.ts';
import { seenLvs } from '../lvm/format/shown.ts';
import { pvmovesOf } from '../lvm/format/pvmove.ts';
import { devicesOf, findVg } from '../lvm/ops/find.ts';
import { missingPvs } from '../lvm/ops/missing.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { selectRows } from '../report/lvm-report.ts';
import { selectionHelp } from '../report/selection.ts';
import type { ReportSource } from '../report/source.ts';
import type { Known, Parsed } from './command.ts';
import { unfitOf } from './unfit.ts';
import { complaints, STATUS } from './output.ts';

export function knownIn(source: ReportSource, engine: CommandEngine): Known {
  const { scan } = source;
  const { backups } = engine;
  // Of a name that two groups share, none: which one is meant is for the operation to ask.
  const find = (name: string) => {
    const [found, twin] = findVg(scan, name);
    return twin ? undefined : found;
  };
  const nameOf = ({ vg }: ScannedVg): string => (find(vg.name) ? vg.name : formatLvmId(vg.id));
  const inOrder = inLvmOrder(scan);
  return {
    vgs: () => inOrder.map(nameOf),
    pvs: () => [
      ...inOrder.flatMap((scanned) => devicesOf(scanned).map(({ path }) => path)),
      ...scan.pvs.filter(({ vgName }) => vgName === undefined).map(({ path }) => path),
    ],
    lvsOf: (name) => {
      const found = find(name);
      return found && seenLvs(found.vg).map((lv) => lv.name);
    },
    backupOf: async (vg, file) => {
      if (file !== undefined) {
        const text = await backups.read(file);
        return text.ok ? ok({ path: file, text: text.value }) : text;
      }
      const backup = await backups.backup(vg);
      if (!backup.ok) return backup;
      return backup.value ? ok(backup.value) : err({ code: 'no-backup', vg });
    },
    moves: () =>
      inOrder.flatMap((scanned) =>
        pvmovesOf(scanned.vg).map(({ name }) => ({ vg: nameOf(scanned), lv: name })),
      ),
    disk: (path) => (unfitOf(engine, path) ? undefined : engine.disk(path)),
    unfit: (path) => unfitOf(engine, path),
    fileText: (file) => backups.read(file),
    pvsOf: (name) => {
      const found = find(name);
      return found && [...found.devices.values()].map(({ path }) => path);
    },
    isComplete: (name) => {
      const found = find(name);
      return found !== undefined && missingPvs(found).length === 0;
    },
    tagged: (kind, tag) =>
      inOrder.flatMap((scanned) => {
        const vg = nameOf(scanned);
        if (kind === 'vg') return scanned.vg.tags.includes(tag) ? [vg] : [];
        return seenLvs(scanned.vg)
          .filter((lv) => lv.tags.includes(tag))
          .map((lv) => `${vg}/${lv.name}`);
      }),
    selected: (kind, selection) => selectedIn(source, kind, selection, nameOf),
  };
}

/** Names of what a selection takes; refused as a report with it would be. */
function selectedIn(
  source: ReportSource,
  kind: 'vg' | 'lv' | 'pv',
  selection: string,
  nameOf: (vg: ScannedVg) => string,
): Parsed<ReadonlySet<string>> {
  if (selection === 'help' || selection === '?') return said(STATUS.done, selectionHelp(kind));
  const rows = selectRows(source, kind, { names: [], all: false }, selection);
  if (!rows.ok) {
    const [mixed = ''] = rows.error;
    // LVM finds out with each volume, and then passes over it.
    if (!mixed.startsWith("Can't report")) return said(STATUS.failed, rows.error);
    const everyLv = rowsOfAll(source);
    const lines = everyLv.flatMap((lv) => [
      `Can't report LV and PV fields at the same time in report type "".`,
      `Selection failed for LV ${lv}.`,
    ]);
    return said(STATUS.done, lines);
  }
  const names = rows.value.flatMap(({ vg, lv, pv }): readonly string[] => {
    if (kind === 'pv') return pv ? [pv.name] : [];
    if (!vg) return [];
    if (kind === 'vg') return [nameOf(vg)];
    return lv ? [`${nameOf(vg)}/${lv.name}`] : [];
  });
  return ok(new Set(names));
}

const rowsOfAll = ({ scan }: ReportSource): readonly string[] =>
  inLvmOrder(scan).flatMap(({ vg }) => seenLvs(vg).map(({ name }) => name));

const said = (status: number, lines: readonly string[]): Parsed<never> =>
  err({ kind: 'said', result: { status, output: complaints(lines) } });
