/** What a command said, in the order in which LVM goes through its objects, as entries of a log. */
import { formatLvmId } from '../base/ids.ts';
import type { LogicalVolume } from '../lvm/format/model.ts';
import { findVg } from '../lvm/ops/find.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import { LogBook, type LogObject } from '../report/log-book.ts';
import { noticeLine } from '../report/notices.ts';
import { allPvRows, isShown, pvRowsOf, reportedLvs, type PvRow } from '../report/rows.ts';
import type { ReportSource } from '../report/source.ts';
import type { Spoken } from './output.ts';

/** What became of one object that a line is about. */
export interface Worked {
  /** Of what a command asks of groups and volumes; a volume without a group there is not. */
  readonly vg?: string;
  readonly lv?: string;
  /** The path of a PV. */
  readonly pv?: string;
  readonly spoken: readonly Spoken[];
  readonly failed: boolean;
  /** Came to be known before any group was looked at: of disks that are to become PVs. */
  readonly early?: true;
}

/**
 * What LVM goes through, and so tells of. `full`: each group for one report after the other;
 * `none`: nothing, its sentences are about no object.
 */
export type Processing = 'vg' | 'lv' | 'pv' | 'label' | 'full' | 'none';

export interface Walk {
  readonly processing: Processing;
  readonly worked: readonly Worked[];
  readonly source: ReportSource;
  /** Of the look at the disks. */
  readonly warnings: readonly Spoken[];
  /** Nothing was named: all groups are gone through, and the PVs in none. */
  readonly everything: boolean;
  /** In the end it no longer knows the identifier of its group. */
  readonly forgetful?: true;
  /** Said when all is done. */
  readonly summary: readonly Spoken[];
}

export function logOf(walk: Walk): LogBook {
  const teller = new Teller(walk);
  teller.tell();
  return teller.book;
}

class Teller {
  readonly book = new LogBook();
  private readonly told = new Set<Spoken>();

  constructor(private readonly walk: Walk) {}

  tell(): void {
    const { processing, worked, warnings, summary, source } = this.walk;
    const ofGroups = new Set(
      source.scan.vgs.flatMap(({ notices }) => notices.map((one) => noticeLine(one).text)),
    );
    for (const one of warnings) {
      if (!ofGroups.has(one.line.text.trim()) || processing === 'none') this.say([one]);
    }
    for (const { spoken, early, failed } of worked) if (early && failed) this.say(spoken);
    for (const { spoken, early } of worked) if (early) this.say(spoken);
    if (processing === 'none') for (const { spoken } of worked) this.say(spoken);
    else if (processing === 'label') this.labels();
    else if (processing === 'full') this.full();
    else if (processing === 'pv') this.pvs();
    else this.groups();
    this.say(summary);
  }

  private say(spoken: readonly Spoken[], object?: LogObject): void {
    for (const one of spoken) {
      if (one.level !== 'direct' && !this.told.has(one)) {
        this.book.say(one.level, one.line.text, object);
      }
      this.told.add(one);
    }
  }

  private warnOf(group: ScannedVg, object: LogObject): void {
    const own = new Set(group.notices.map((one) => noticeLine(one).text));
    this.say(
      this.walk.warnings.filter(({ line }) => own.has(line.text.trim())),
      object,
    );
  }

  private groups(): void {
    const { worked, source, processing } = this.walk;
    const late = worked.filter(({ early }) => early !== true);
    const byName = new Map(groupedBy(late, ({ vg = '' }) => vg));
    if (this.walk.everything && processing === 'lv') {
      for (const { vg } of inLvmOrder(source.scan)) {
        const own = byName.get(vg.name) ?? [];
        byName.delete(vg.name);
        byName.set(vg.name, own);
      }
    }
    for (const [name, some] of byName) {
      const [group] = findVg(source.scan, name);
      const object = vgObject(name, group);
      if (group) this.warnOf(group, object);
      if (group && processing === 'lv') this.volumes(group, some, object);
      else for (const { spoken } of some) this.say(spoken, object);
      this.book.end(object, !some.some(({ failed }) => failed));
    }
  }

  private volumes({ vg }: ScannedVg, some: readonly Worked[], object: LogObject): void {
    const known = new Map(vg.lvs.map((lv) => [lv.name, formatLvmId(lv.id)]));
    const byLv = groupedBy(some, ({ lv = '' }) => lv);
    // Those that there are come first, whatever the order of the words.
    const names = [...byLv.keys()].sort((a, b) => Number(!known.has(a)) - Number(!known.has(b)));
    for (const name of names) {
      const each = byLv.get(name) ?? [];
      const spoken = each.flatMap((one) => one.spoken);
      if (name === '') {
        this.say(spoken, object);
        continue;
      }
      const lv: LogObject = {
        type: 'lv',
        name,
        id: known.get(name) ?? '',
        group: object.name,
        groupId: object.id,
      };
      const isLast = ({ line }: Spoken): boolean => / successfully removed\.$/.test(line.text);
      this.say(
        spoken.filter((one) => !isLast(one)),
        lv,
      );
      this.book.end(lv, !each.some(({ failed }) => failed));
      // By then LVM no longer has a name for what it is about.
      this.say(spoken.filter(isLast), { ...lv, name: '', id: '' });
    }
  }

  private pvs(): void {
    const { worked, source, everything } = this.walk;
    const rows = new Map(allPvRows(source, true).map((row) => [row.name, row]));
    const byPath = groupedBy(worked, ({ pv = '' }) => pv);
    const vgNamed = worked.find(({ vg }) => vg !== undefined)?.vg;
    const groups = inLvmOrder(source.scan).filter(
      ({ vg }) => vgNamed === undefined || vg.name === vgNamed,
    );
    const isPv = (path: string): boolean => rows.get(path)?.id !== undefined;
    const inGroups = (path: string): boolean =>
      groups.some((group) => rows.get(path)?.group === group);
    const left = new Set([...byPath.keys()].filter(isPv));
    const strange = [...byPath.keys()].filter((path) => !isPv(path));
    if (vgNamed === undefined) for (const path of strange) this.nowhere(byPath.get(path) ?? []);
    if (vgNamed !== undefined && groups.length === 0) {
      const object = vgObject(vgNamed, undefined);
      const ofPv = ({ line }: Spoken): boolean => line.text.startsWith('  Failed to find physical');
      for (const { spoken } of worked) {
        this.say(
          spoken.filter((one) => !ofPv(one)),
          object,
        );
      }
      this.book.end(object, false);
      this.nowhere(worked);
      return;
    }
    for (const group of groups) {
      if (left.size === 0 && !everything) return;
      const object = vgObject(group.vg.name, group);
      this.warnOf(group, object);
      const own = [...left].filter((path) => rows.get(path)?.group === group);
      const done = own.map((path) => this.pv(rows.get(path), byPath.get(path) ?? [], object));
      const last = this.walk.forgetful ? { ...object, id: '' } : object;
      this.book.end(last, !done.includes(false));
      for (const path of own) left.delete(path);
    }
    if (vgNamed !== undefined) {
      const others = [...byPath.keys()].filter((path) => !inGroups(path));
      for (const path of others) this.nowhere(byPath.get(path) ?? []);
      return;
    }
    if (left.size === 0 && !everything) return;
    const done = [...left].map((path) => this.pv(rows.get(path), byPath.get(path) ?? []));
    this.book.end(
      { type: 'orphan', name: 'lvm2', id: '', group: '', groupId: '' },
      !done.includes(false),
    );
  }

  private full(): void {
    const { worked, source, everything } = this.walk;
    for (const { vg: name = '', spoken, failed } of worked) {
      const [group] = findVg(source.scan, name);
      const object = vgObject(name, group);
      if (group) this.warnOf(group, object);
      this.say(spoken, object);
      const [pvs, lvs] = group ? [pvRowsOf(source, group), shownLvs(group)] : [[], []];
      // Whole PVs and volumes, then their segments.
      for (let round = 0; round < 2; round++) {
        for (const pv of pvs) this.pv(pv, [], object);
        for (const lv of lvs) {
          const { name: group, id: groupId } = object;
          const id = formatLvmId(lv.id);
          this.book.end({ type: 'lv', name: lv.name, id, group, groupId }, true);
        }
      }
      this.book.end(object, !failed);
    }
    if (!everything) return;
    const orphans = allPvRows(source, false).filter(({ group }) => !group);
    for (const pv of [...orphans, ...orphans]) this.pv(pv, []);
    this.book.end({ type: 'orphan', name: 'lvm2', id: '', group: '', groupId: '' }, true);
  }

  private labels(): void {
    for (const { pv = '', spoken, failed } of this.walk.worked) {
      if (failed) this.nowhere([{ spoken, failed }]);
      else this.book.end({ type: 'label', name: pv, id: '', group: '', groupId: '' }, true);
    }
  }

  private nowhere(some: readonly Worked[]): void {
    for (const { spoken } of some) {
      this.say(spoken, { type: 'pv', name: '', id: '', group: '', groupId: '' });
    }
  }

  private pv(row: PvRow | undefined, some: readonly Worked[], vg?: LogObject): boolean {
    const object: LogObject = {
      type: 'pv',
      name: row?.name ?? '',
      id: row?.id === undefined ? '' : formatLvmId(row.id),
      group: vg?.name ?? '',
      groupId: vg?.id ?? '',
    };
    for (const { spoken } of some) this.say(spoken, object);
    const done = !some.some(({ failed }) => failed);
    this.book.end(object, done);
    return done;
  }
}

function groupedBy(
  worked: readonly Worked[],
  key: (one: Worked) => string,
): ReadonlyMap<string, readonly Worked[]> {
  const groups = new Map<string, Worked[]>();
  for (const one of worked) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

const shownLvs = (group: ScannedVg): readonly LogicalVolume[] =>
  reportedLvs(group).filter((lv) => isShown(group, lv));

const vgObject = (name: string, group: ScannedVg | undefined): LogObject => ({
  type: 'vg',
  name: group?.vg.name ?? name,
  id: group ? formatLvmId(group.vg.id) : '',
  group: '',
  groupId: '',
});
