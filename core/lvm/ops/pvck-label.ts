/** The PV header as pvck makes it anew: from a file, from settings, from what is left (11.5). */
import { parseLvmId, type LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { SECTOR, sectorsToBytes } from '../../base/units.ts';
import type { Question, VolumeError } from '../../contract/errors.ts';
import type { PvckSaid } from '../../contract/pvck.ts';
import { parseMetadata } from '../format/import.ts';
import { areasOfList, readRawLabel, type RawLabel } from '../format/raw-label.ts';
import { pvHeaderBytes } from '../format/repaired.ts';
import type { Scan } from '../scan-types.ts';
import {
  labelStep,
  liesOn,
  refusedPvck,
  type ByteRange,
  type PvckRequest,
  type Repair,
} from './pvck.ts';

/** `--settings`; offsets and sizes in bytes. */
export interface Wishes {
  /** Both 0: no metadata area. */
  readonly areaOffset?: number;
  readonly areaSize?: number;
  readonly secondOffset?: number;
  readonly secondSize?: number;
  readonly deviceSize?: number;
  readonly dataOffset?: number;
  readonly pvId?: LvmId;
  /** Only the area of this number is written. */
  readonly areaNumber?: number;
}

const FIRST = 4096;

interface Identity {
  readonly pvId: string;
  readonly deviceSize: number;
  readonly dataOffset: number;
  readonly said: readonly PvckSaid[];
}

export function repairedLabel(
  request: PvckRequest,
  label: RawLabel,
  scan: Scan,
  deviceSize: number,
): Result<Repair, VolumeError> {
  const { device, labelSector } = request;
  const areas = chooseAreas(request, label);
  if (!areas.ok) return areas;
  const said: readonly PvckSaid[] = [
    ...(label.found ? [] : [{ kind: 'no-label', device } as const]),
    ...areas.value.said,
  ];
  const identity = identityOf(request, label, deviceSize);
  if (!identity.ok) return err({ ...identity.error, said });
  const { pvId, dataOffset, ...rest } = identity.value;
  const other = scan.pvs.find((pv) => pv.label.pvId === pvId && pv.path !== device);
  if (other) {
    const why = { kind: 'id-elsewhere', pvId, device: other.path } as const;
    return err({ code: 'pvck-refused', why, said: [...said, ...rest.said] });
  }
  const none = { offset: 0, size: 0 };
  const first = areas.value.first ? { offset: FIRST, size: dataOffset - FIRST } : none;
  const listed = areas.value.second;
  // A list that is damaged may name any place: text goes only where an area can be.
  const fits = listed && listed.offset >= dataOffset && liesOn(listed, deviceSize);
  const second = fits ? listed : none;
  const header = {
    pvId,
    deviceSize: rest.deviceSize,
    dataOffset,
    areas: [first, second].filter(({ offset }) => offset > 0),
  };
  const data = pvHeaderBytes(header, labelSector);
  const next = readRawLabel(data, labelSector);
  return ok({
    said,
    late: [
      ...rest.said,
      { kind: 'label', crc: next.crc, pvId, deviceSize: rest.deviceSize },
      { kind: 'layout', dataOffset, first, second },
    ],
    questions: [...areas.value.questions, { code: 'pvck', ask: 'header', device }],
    steps: [labelStep(device, labelSector, request.label, data)],
    label: next,
  });
}

interface Areas {
  readonly first: boolean;
  readonly second?: ByteRange;
  readonly said: readonly PvckSaid[];
  readonly questions: readonly Question[];
}

/** No area where none was, above all no second one: it would lie in the data. */
function chooseAreas(
  { device, evidence, wishes }: PvckRequest,
  label: RawLabel,
): Result<Areas, VolumeError> {
  const listed = areasOfList(label.metadataAreas).map(({ offset, size }) => ({
    offset: Number(offset),
    size: Number(size),
  }));
  const said: PvckSaid[] = [];
  const questions: Question[] = [];
  let count = listed.length;
  let second = listed[1];
  if (count === 0) {
    if (evidence.first) count = 1;
    if (evidence.said) said.push(evidence.said);
    second = evidence.second;
    if (second) count = 2;
  }
  const wantsNone = wishes.areaOffset === 0 && wishes.areaSize === 0;
  if (count === 0 && wantsNone) said.push({ kind: 'no-areas' });
  else if (count === 0) {
    said.push({ kind: 'no-former-areas' });
    questions.push({ code: 'pvck', ask: 'area', device });
    count = 1;
  }
  const { secondOffset: offset = 0, secondSize: size = 0 } = wishes;
  if (count > 0 && (wishes.secondOffset !== undefined || wishes.secondSize !== undefined)) {
    const differs = second && second.offset !== offset ? 'offset' : 'size';
    if (second && (second.offset !== offset || second.size !== size)) {
      const [set, found] = differs === 'offset' ? [offset, second.offset] : [size, second.size];
      return refusedPvck({ kind: 'second-differs', what: differs, set, found });
    }
    second = { offset, size };
  }
  return ok({ first: count > 0, said, questions, ...(second ? { second } : {}) });
}

/** Which PV it is, how large, and where its extents begin. */
function identityOf(
  request: PvckRequest,
  label: RawLabel,
  found: number,
): Result<Identity, Extract<VolumeError, { readonly code: 'pvck-refused' }>> {
  const { wishes, text, device } = request;
  const { deviceSize: set, pvId, dataOffset } = wishes;
  const refuse = (why: Parameters<typeof refusedPvck>[0]) =>
    err({ code: 'pvck-refused' as const, why });
  if (text === undefined) {
    if (set === undefined || pvId === undefined || dataOffset === undefined) {
      return refuse({ kind: 'file-needed-for-header' });
    }
    const said: readonly PvckSaid[] = set === found ? [] : [{ kind: 'size-differs', set, found }];
    const start = Math.floor(dataOffset / SECTOR) * SECTOR;
    return ok({ pvId, deviceSize: set, dataOffset: start, said });
  }
  const read = parseMetadata(text, '');
  if (!read.ok) return refuse({ kind: 'file-invalid' });
  const former = label.headerChecks.length === 0 ? parseLvmId(label.pvId) : undefined;
  const id = pvId ?? former;
  const entry = read.value.vg.pvs.find((pv) =>
    id === undefined ? pv.deviceHint === device : pv.id === id,
  );
  if (!entry) {
    if (pvId !== undefined) return refuse({ kind: 'id-of-settings-unknown', pvId });
    return former === undefined
      ? refuse({ kind: 'name-unknown', device })
      : refuse({ kind: 'id-of-label-unknown', pvId: former });
  }
  const differs = pvId !== undefined && former !== undefined && pvId !== former;
  return ok({
    pvId: entry.id,
    deviceSize: sectorsToBytes(entry.deviceSize ?? (0 as never)),
    dataOffset: sectorsToBytes(entry.peStart),
    said: differs ? [{ kind: 'id-differs', found: former, set: pvId }] : [],
  });
}
