/** Rows of the explorer, and what a filter leaves of them. */
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { DiskState, LabState, LvState, PvState, VgState } from '../../core/contract/state.ts';
import { volumeOfDevice } from '../state/mirrors.ts';
import { isLost, pvSubject, vgKey } from '../state/subjects.ts';
import { frontOf, mirrorOf } from '../state/running-moves.ts';
import { fillPercent } from '../viz/chunk-cells.ts';
import { countOf, movesOf, type Move } from '../viz/moves.ts';
import { syncPercent } from '../viz/region-cells.ts';
import { sizeText } from '../widgets/size-text.ts';
import { allFaultWords, diskNote, tableWords } from './disk-words.ts';
import { CONDITION } from './snapshot-words.ts';

export interface Row {
  /** Kind and id of the subject, with a colon between. */
  readonly key: string;
  readonly name: string;
  /** What a filter does not look at. */
  readonly note?: string;
  readonly size: string;
  readonly attr: string;
  /** Something of it is not there, or broken. */
  readonly missing?: true;
  readonly children: readonly Row[];
}

/**
 * Groups with their volumes and PVs; then PVs without a group; then disks without a PV. Partitions
 * stand below their disk, whatever is in them.
 */
export function rowsOf(lab: LabState): readonly Row[] {
  const parts = lab.disks.filter(({ partitionOf }) => partitionOf);
  const orphans = lab.orphans
    .filter(({ device }) => !parts.some(({ path }) => path === device))
    .map((pv) => orphanRow(lab, pv));
  const taken = new Set(
    [...lab.orphans, ...lab.vgs.flatMap(({ pvs }) => pvs)].map((p) => p.device),
  );
  const others = lab.disks
    .filter(({ path, partitionOf }) => !partitionOf && !taken.has(path))
    .map((disk) => {
      const own = parts.filter(({ partitionOf }) => partitionOf?.disk === disk.path);
      return { ...diskRow(lab, disk), children: own.map((one) => partitionRow(lab, one)) };
    });
  return [...lab.vgs.map((vg) => groupRow(lab, vg)), ...orphans, ...others];
}

const orphanRow = (lab: LabState, pv: PvState): Row => ({
  key: `pv:${pv.device}`,
  name: pv.device,
  note: notes('no group', diskNote(lab, pv.device)),
  size: sizeText(pv.deviceSize),
  attr: pv.attr,
  children: [],
});

function diskRow(lab: LabState, disk: DiskState): Row {
  const { path, size, mode, problem, table, faults } = disk;
  const what = table ? tableWords(lab, path, table) : 'no PV';
  return {
    key: `disk:${path}`,
    name: path,
    // How it is open stands in the last column.
    note: faults ? allFaultWords(faults) : problem === undefined ? what : `${what}, unusable`,
    size: sizeText(size),
    attr: mode,
    children: [],
  };
}

/** A PV of a group has its own row there; here it is the partition. */
function partitionRow(lab: LabState, disk: DiskState): Row {
  const orphan = lab.orphans.find(({ device }) => device === disk.path);
  if (orphan) return { ...orphanRow(lab, orphan), note: 'no group' };
  const vg = lab.vgs.find(({ pvs }) => pvs.some(({ device }) => device === disk.path));
  const note = vg ? `in ${vg.name}` : disk.partitionOf?.extended ? 'extended' : 'no PV';
  return { ...diskRow(lab, disk), note, attr: '' };
}

function noteOn(lab: LabState, path: string): Pick<Row, 'note' | 'missing'> {
  const note = diskNote(lab, path);
  const isBroken = lab.disks.some((disk) => disk.path === path && disk.faults);
  return { ...(note === undefined ? {} : { note }), ...(isBroken && { missing: true }) };
}

const notes = (...all: readonly (string | undefined)[]): string =>
  all.filter((one) => one !== undefined).join(', ');

function groupRow(lab: LabState, vg: VgState): Row {
  const group = vgKey(lab, vg);
  const mirrors = new Map(
    lab.mirrors.map((mirror) => [volumeOfDevice(lab, mirror.device)?.lv.dmName, mirror]),
  );
  const moves = new Map(movesOf(vg).map((move) => [move.dmName, move]));
  const volumes = vg.lvs.map((lv) => ({
    ...(moveNote(lab, moves.get(lv.dmName)) ??
      snapshotNote(lab, lv) ??
      syncNote(mirrors.get(lv.dmName))),
    key: `lv:${group}/${lv.name}`,
    name: lv.visible ? lv.name : `[${lv.name}]`,
    size: sizeText(lv.size),
    attr: lv.attr,
    children: [],
  }));
  const pvs = vg.pvs.map((pv) => ({
    ...noteOn(lab, pv.device),
    key: `pv:${pvSubject(pv).id}`,
    name: pv.device,
    ...(pv.missing ? ({ note: missingNote(pv), missing: true } as const) : {}),
    size: sizeText(pv.extentCount * vg.extentSize),
    attr: pv.attr,
    children: [],
  }));
  return {
    key: `vg:${group}`,
    name: vg.name,
    ...(group === vg.name ? {} : { note: vg.id.slice(0, 6) }),
    size: sizeText(vg.extentCount * vg.extentSize),
    attr: vg.attr,
    children: [...volumes, ...pvs],
  };
}

/** Of a mirror that is not in sync: how far it is. */
const syncNote = (mirror: MirrorState | undefined): Pick<Row, 'note'> =>
  mirror && mirror.inSync < mirror.regions ? { note: `${syncPercent(mirror)} %` } : {};

/** Of a snapshot: whose it is, and how full; what does not count any more is broken. */
function snapshotNote(
  lab: LabState,
  { snapshot, dmName }: LvState,
): Pick<Row, 'note' | 'missing'> | undefined {
  if (!snapshot) return undefined;
  const state = lab.snapshots.find(({ device }) => device === dmName);
  const bad = state ? CONDITION[state.condition] : '';
  if (bad !== '') return { note: `of ${snapshot.origin}, ${bad}`, missing: true };
  if (snapshot.merging) return { note: `merges into ${snapshot.origin}` };
  const full = state ? `, ${Math.floor(fillPercent(state))} %` : '';
  return { note: `of ${snapshot.origin}${full}` };
}

/** Of all extents that move, not of the piece that is copied alone. */
function moveNote(lab: LabState, move: Move | undefined): Pick<Row, 'note'> | undefined {
  if (!move) return undefined;
  const { moved, total } = countOf(move, frontOf(move, mirrorOf(lab, move)));
  return { note: `${Math.floor((100 * moved) / Math.max(1, total))} %` };
}

/** Those without a disk have one name: the beginning of the id tells them apart. */
const missingNote = (pv: PvState): string =>
  isLost(pv) ? `missing, ${pv.id.slice(0, 6)}` : 'missing';

export interface Filtered {
  readonly rows: readonly Row[];
  /** Rows whose name matches, and rows there are. */
  readonly matches: number;
  readonly of: number;
}

/**
 * Rows whose name contains `wanted`, in any case, below their parents. A group that matches by
 * itself alone keeps all it holds: it was looked for in order to be opened.
 */
export function filtered(rows: readonly Row[], wanted: string): Filtered {
  const all = rows.flatMap((row) => [row, ...row.children]);
  if (wanted === '') return { rows, matches: all.length, of: all.length };
  const kept = rows.flatMap((row) => {
    const children = row.children.filter((child) => matchOf(child.name, wanted) !== undefined);
    if (children.length > 0) return [{ ...row, children }];
    return matchOf(row.name, wanted) === undefined ? [] : [row];
  });
  const matches = all.filter(({ name }) => matchOf(name, wanted) !== undefined).length;
  return { rows: kept, matches, of: all.length };
}

/** The first place where `wanted` stands in `name`, in any case: from, up to. */
export function matchOf(name: string, wanted: string): readonly [number, number] | undefined {
  // LVM's names are ASCII: changing the case never changes the length.
  const from = wanted === '' ? -1 : name.toLowerCase().indexOf(wanted.toLowerCase());
  return from < 0 ? undefined : [from, from + wanted.length];
}
