/** The rows of a report: one per group, PV, volume, segment or piece of a PV (reference 12.3). */
import type { LvmId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { oncePer } from '../base/once.ts';
import { freeAreasOf } from '../lvm/format/free-areas.ts';
import type { LogicalVolume, VolumeGroup } from '../lvm/format/model.ts';
import { pvRunsOf } from '../lvm/format/pv-map.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { ScannedVg } from '../lvm/scan-types.ts';
import type { ReportKind } from './choose-fields.ts';
import type { Section } from './columns.ts';
import type { PvPiece, Row } from './fields.ts';
import { relationsOf } from './relations.ts';
import { allPvRows, isShown, pvRowsOf, reportedLvs, type PvRow } from './rows.ts';
import type { ReportSource } from './source.ts';

/** What there is a row for. `label`: PVs of which nothing but their labels is shown. */
export type RowKind = 'label' | 'pv' | 'vg' | 'lv' | 'seg' | 'pvseg';

const LV_SECTIONS: readonly Section[] = ['lv', 'lv-info', 'lv-status', 'lv-info-status', 'seg'];
const PV_SECTIONS: readonly Section[] = ['pv', 'label', 'pvseg'];

/** The finest object that a field asks for; on refusal LVM's sentence. */
export function rowKind(kind: ReportKind, sections: ReadonlySet<Section>): Result<RowKind, string> {
  const has = (...some: readonly Section[]): boolean => some.some((one) => sections.has(one));
  const ofPvs = kind === 'pv' || kind === 'pvseg';
  if (has(...LV_SECTIONS) && has(...PV_SECTIONS) && !ofPvs) {
    return err(`Can't report LV and PV fields at the same time in report type "${kind}".`);
  }
  if (has('pvseg') || (has('pv', 'label') && has(...LV_SECTIONS))) return ok('pvseg');
  if (has('pv') || (has('label') && has('vg'))) return ok('pv');
  if (has('seg')) return ok('seg');
  if (has(...LV_SECTIONS)) return ok('lv');
  return ok(has('label') ? 'label' : 'vg');
}

export interface RowWish {
  /** Hidden volumes too, and disks that are no PVs. */
  readonly all: boolean;
  /** Names as given: groups, volumes (`vg/lv`), PV paths or tags (`@tag`); empty: everything. */
  readonly names: readonly string[];
  /** Nothing but what is of this group, exported or not; or of none. */
  readonly of?: ScannedVg | 'no group';
}

/** Rows in the order LVM comes upon them. */
export function rowsOf(
  kind: ReportKind,
  rows: RowKind,
  source: ReportSource,
  wish: RowWish,
): readonly Row[] {
  if (kind === 'pv' || kind === 'pvseg') {
    return pvs(source, rows, wish).flatMap((pv) => rowsOfPv(source, pv, rows));
  }
  const groups = inLvmOrder(source.scan).filter((vg) => wish.of === undefined || vg === wish.of);
  if (kind === 'vg') {
    return groups
      .filter((vg) => isWanted(wish.names, vg))
      .flatMap((vg) => rowsOfVg(source, vg, rows));
  }
  // Volumes of an exported group are another machine's.
  return groups
    .filter((vg) => vg === wish.of || !vg.vg.status.includes('EXPORTED'))
    .flatMap((vg) =>
      reportedLvs(vg)
        .filter((lv) => (wish.all || isShown(vg, lv)) && isWanted(wish.names, vg, lv))
        .flatMap((lv) => rowsOfLv(source, vg, lv, rows)),
    );
}

function rowsOfVg(source: ReportSource, vg: ScannedVg, rows: RowKind): readonly Row[] {
  switch (rows) {
    case 'lv':
    case 'seg':
      return reportedLvs(vg)
        .filter((lv) => isShown(vg, lv))
        .flatMap((lv) => rowsOfLv(source, vg, lv, rows));
    case 'pv':
    case 'pvseg':
    case 'label':
      return pvRowsOf(source, vg).flatMap((pv) => rowsOfPv(source, pv, rows));
    case 'vg':
      return [{ source, vg }];
  }
}

function rowsOfLv(
  source: ReportSource,
  vg: ScannedVg,
  lv: LogicalVolume,
  rows: RowKind,
): readonly Row[] {
  if (rows !== 'seg') return [{ source, vg, lv }];
  return lv.segments.map((segment) => ({ source, vg, lv, segment }));
}

function pvs(source: ReportSource, rows: RowKind, { all, names, of }: RowWish): readonly PvRow[] {
  const known = allPvRows(source, all).filter(
    ({ group }) => of === undefined || of === (group ?? 'no group'),
  );
  const wanted = known.filter(
    ({ name, entry }) =>
      names.length === 0 ||
      names.includes(name) ||
      (entry?.tags.some((tag) => names.includes(`@${tag}`)) ?? false),
  );
  // A PV that no disk carries has no label to look at.
  return rows === 'label' ? wanted.filter(({ devno }) => devno !== undefined) : wanted;
}

function rowsOfPv(source: ReportSource, pv: PvRow, rows: RowKind): readonly Row[] {
  const { group } = pv;
  const base = { source, pv, ...(group ? { vg: group } : {}) };
  if (rows !== 'pvseg') return [base];
  if (!group || !pv.entry) return [{ ...base, piece: { start: 0, count: 0 } }];
  return piecesOfPv(group.vg, pv.entry.id).map((one) => ({ ...base, ...one }));
}

/** The pieces of one PV of a group. */
export const piecesOfPv = (vg: VolumeGroup, id: LvmId): readonly Piece[] =>
  piecesOf(vg).get(id) ?? [];

type Piece = Pick<Row, 'lv' | 'segment'> & { readonly piece: PvPiece };

/** Owned runs and free ones of every PV, in the order they lie on it. */
const piecesOf = oncePer((vg: VolumeGroup): ReadonlyMap<string, readonly Piece[]> => {
  const { byName: lvs } = relationsOf(vg);
  const free = freeAreasOf(vg);
  const owned = pvRunsOf(vg);
  return new Map(
    vg.pvs.map(({ id }) => {
      const pieces: Piece[] = (free.get(id) ?? []).map((piece) => ({ piece }));
      for (const run of owned.get(id) ?? []) {
        const lv = lvs.get(run.lv);
        const segment = lv?.segments[run.segment];
        pieces.push({ piece: run, ...(lv && segment ? { lv, segment } : {}) });
      }
      return [id, pieces.sort((a, b) => a.piece.start - b.piece.start)];
    }),
  );
});

function isWanted(names: readonly string[], { vg }: ScannedVg, lv?: LogicalVolume): boolean {
  if (names.length === 0 || names.includes(vg.name)) return true;
  const tags = lv ? [...vg.tags, ...lv.tags] : vg.tags;
  if (tags.some((tag) => names.includes(`@${tag}`))) return true;
  return lv !== undefined && names.includes(`${vg.name}/${lv.name}`);
}
