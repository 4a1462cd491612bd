import { byteStringToBytes, bytesToByteString } from '../../base/bytes.ts';
import { lvmCrc } from '../../base/crc.ts';
import { err, ok, type Err, type Result } from '../../base/result.ts';
import { SECTOR, sectors } from '../../base/units.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Plan, Step } from '../../contract/plan.ts';
import type { PvckRefusal, PvckSaid } from '../../contract/pvck.ts';
import { areasOfList, readRawLabel, type RawLabel } from '../format/raw-label.ts';
import { areaHeaderBytes, labelHeaderBytes } from '../format/repaired.ts';
import type { OpContext, Operation } from './context.ts';
import { repairedLabel, type Wishes } from './pvck-label.ts';
import { diskToWrite } from './pv-steps.ts';

/** Bytes from the start of the device. */
export interface ByteRange {
  readonly offset: number;
  readonly size: number;
}

/** Writes the label, the PV header, the metadata of a PV anew; from a file what is not there. */
export interface PvckRequest {
  readonly verb: 'pvck';
  readonly device: string;
  /** `all`: the PV header, then the metadata. */
  readonly repair: 'label_header' | 'pv_header' | 'metadata' | 'all';
  readonly labelSector: number;
  /** The label's sector as it is, a byte string of 512. */
  readonly label: string;
  /** What lies where areas might be: the header of the first, and a second that holds the group. */
  readonly evidence: {
    readonly first: boolean;
    readonly second?: ByteRange;
    readonly said?: PvckSaid;
  };
  /** A text as it stands on disks, a byte string with its NUL. */
  readonly text?: string;
  readonly wishes: Wishes;
}

/** What a part of the repair adds to the plan. */
export interface Repair {
  readonly said: readonly PvckSaid[];
  /** Said once the first of two questions is answered, or with the rest. */
  readonly late: readonly PvckSaid[];
  readonly questions: readonly Question[];
  readonly steps: readonly Step[];
  /** The label as it will be. */
  readonly label: RawLabel;
}

export const refusedPvck = (why: PvckRefusal): Err<VolumeError> =>
  err({ code: 'pvck-refused', why });

export const planPvck: Operation<PvckRequest> = (request, context) => {
  const disk = diskToWrite(context, request.device, 'pvck');
  if (!disk.ok) return disk;
  const label = readRawLabel(byteStringToBytes(request.label), request.labelSector);
  const begin: Repair = {
    said: checksOf(label),
    late: [],
    questions: [],
    steps: [],
    label,
  };
  const parts = repairs(request, context, disk.value.size * SECTOR, begin);
  return parts.ok
    ? ok(planOf(request, begin, parts.value))
    : refusedPlan(request, begin, parts.error);
};

function repairs(
  request: PvckRequest,
  context: OpContext,
  deviceSize: number,
  { label }: Repair,
): Result<readonly Repair[], VolumeError> {
  if (request.repair === 'label_header') return ok([relabelled(request, label)]);
  if (request.repair === 'metadata') return one(rewritten(request, label, deviceSize));
  const header = repairedLabel(request, label, context.scan, deviceSize);
  if (!header.ok || request.repair === 'pv_header') return one(header);
  const metadata = rewritten(request, header.value.label, deviceSize);
  return metadata.ok ? ok([header.value, metadata.value]) : metadata;
}

const one = (repair: Result<Repair, VolumeError>): Result<readonly Repair[], VolumeError> =>
  repair.ok ? ok([repair.value]) : repair;

const checksOf = (label: RawLabel): readonly PvckSaid[] => {
  const checks = [...label.labelChecks, ...label.headerChecks];
  return checks.length === 0 ? [] : [{ kind: 'checks', checks }];
};

/** LVM says what it found before it refuses. */
function refusedPlan(
  { device }: PvckRequest,
  { said }: Repair,
  error: VolumeError,
): Result<Plan, VolumeError> {
  if (error.code !== 'pvck-refused') return err(error);
  return ok({
    title: `Repair ${device}`,
    steps: [],
    commitAt: -1,
    warnings: notices([...said, ...(error.said ?? [])]),
    questions: [],
    done: [],
    short: error,
  });
}

const notices = (said: readonly PvckSaid[]): readonly Notice[] =>
  said.map((what) => ({ code: 'pvck', said: what }));

/** What comes behind the first question is said when it was answered. */
function planOf(request: PvckRequest, begin: Repair, parts: readonly Repair[]): Plan {
  const [first, ...rest] = parts;
  const late = first?.late ?? [];
  const asksTwice = (first?.questions.length ?? 0) > 1;
  return {
    title: `Repair ${request.device}`,
    steps: parts.flatMap(({ steps }) => steps),
    commitAt: -1,
    warnings: notices([...begin.said, ...(first?.said ?? []), ...(asksTwice ? [] : late)]),
    questions: parts.flatMap(({ questions }) => questions),
    done: notices([
      ...(asksTwice ? late : []),
      ...rest.flatMap(({ said, late: behind }) => [...said, ...behind]),
    ]),
  };
}

function relabelled({ device, labelSector, label: old }: PvckRequest, label: RawLabel): Repair {
  const data = labelHeaderBytes(byteStringToBytes(old), labelSector);
  const crc = readRawLabel(data, labelSector).crc;
  return {
    said: label.found ? [] : [{ kind: 'no-label', device }],
    late: [{ kind: 'label', crc }],
    questions: [
      ...(label.found ? [] : [{ code: 'pvck', ask: 'label', device } as const]),
      { code: 'pvck', ask: 'header', device },
    ],
    steps: [labelStep(device, labelSector, old, data)],
    label: readRawLabel(data, labelSector),
  };
}

export function labelStep(device: string, sector: number, old: string, data: Uint8Array): Step {
  const start = sectors(sector);
  return {
    what: `write the label of ${device}`,
    why: 'One sector says that the disk is a PV, which one, and where its areas are.',
    action: { kind: 'write-bytes', device, start, data: bytesToByteString(data) },
    undo: { kind: 'write-bytes', device, start, data: old },
  };
}

/** Behind the sectors of the label, in whole ones, and not beyond the device. */
export const liesOn = ({ offset, size }: ByteRange, deviceSize: number): boolean =>
  offset >= 4 * SECTOR && offset % SECTOR === 0 && offset + size <= deviceSize;

const NOTHING = { late: [], questions: [], steps: [] } as const;

/** The text at the start of each area, then a header that points at it. */
function rewritten(
  request: PvckRequest,
  label: RawLabel,
  deviceSize: number,
): Result<Repair, VolumeError> {
  const { text, wishes } = request;
  if (text === undefined) return refusedPvck({ kind: 'file-needed' });
  if (!label.found) return refusedPvck({ kind: 'no-label' });
  const areas = areasOfList(label.metadataAreas).filter(({ offset, size }) =>
    liesOn({ offset: Number(offset), size: Number(size) }, deviceSize),
  );
  if (areas.length === 0) {
    if (wishes.areaOffset !== 0 || wishes.areaSize !== 0) return refusedPvck({ kind: 'no-areas' });
    return ok({ ...NOTHING, said: [{ kind: 'no-areas-to-repair' }], label });
  }
  const { areaNumber = 0 } = wishes;
  if (areaNumber > areas.length) return refusedPvck({ kind: 'no-area', area: areaNumber });
  const said: PvckSaid[] = [];
  const steps: Step[] = [];
  for (const [index, { offset, size }] of areas.slice(0, 2).entries()) {
    if (areaNumber !== 0 && areaNumber !== index + 1) continue;
    const [at, area] = [Number(offset), Number(size)];
    if (text.length > area) {
      const max = Math.floor((area - SECTOR) / 2) - SECTOR;
      return refusedPvck({ kind: 'text-too-large', size: text.length, area, max });
    }
    const crc = lvmCrc(byteStringToBytes(text));
    said.push(
      { kind: 'text', area: index + 1, at: at + SECTOR, length: text.length, crc },
      { kind: 'area-header', area: index + 1, at },
    );
    steps.push(...areaSteps(request.device, { offset: at, size: area }, text, crc));
  }
  return ok({
    said,
    late: [],
    questions: [{ code: 'pvck', ask: 'metadata', device: request.device }],
    steps,
    label,
  });
}

function areaSteps(
  device: string,
  { offset, size }: ByteRange,
  text: string,
  crc: number,
): readonly Step[] {
  const header = areaHeaderBytes({ offset, size }, { size: text.length, crc });
  const none = { kind: 'none', because: 'what was there could not be read' } as const;
  const start = sectors(offset / SECTOR);
  return [
    {
      what: `write metadata to ${device}`,
      why: 'The text goes to the start of the area; no header points at it yet.',
      action: { kind: 'write-bytes', device, start: sectors(start + 1), data: text },
      undo: none,
    },
    {
      what: `write the header of the metadata area of ${device}`,
      why: 'From now on readers find the text.',
      action: { kind: 'write-bytes', device, start, data: bytesToByteString(header) },
      undo: none,
    },
  ];
}
