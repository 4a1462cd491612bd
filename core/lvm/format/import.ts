/** Metadata text to a volume group (reference 2.2). */
import { ByteText } from '../../base/byte-text.ts';
import type { LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { extents, sectors, type Sectors } from '../../base/units.ts';
import type { DamageData } from '../../contract/errors.ts';
import { FaultSink, Fields, U32_MAX, type FieldFault } from './config/fields.ts';
import { parseConfig } from './config/parse.ts';
import { findNesting } from './nesting.ts';
import { importLvs } from './import-lv.ts';
import type {
  ConfigEntry,
  LogicalVolume,
  MetadataHeader,
  PhysicalVolume,
  VolumeGroup,
} from './model.ts';
import { nameRefusal } from './names.ts';
import { ownerFaults } from './owners.ts';
import { danglingReferences } from './references.ts';
import { knownWords } from './status.ts';
import { lvsInOrder } from './shown.ts';
import { cutVolumes, readPlainLvs, type PlainLvs } from './plain-lvs.ts';
import { knowPrinted } from './export.ts';
import { knowEachSound } from './sound-lvs.ts';
import { isCountable } from './totals.ts';
import { isWriteLocked, unlockedWords } from './write-lock.ts';

export interface Metadata {
  readonly vg: VolumeGroup;
  /** `generator` and `hostDescription` are empty: they stand in comments. */
  readonly header: MetadataHeader;
}

/**
 * @param text a byte string; what follows its first NUL does not count.
 * @param device for the error: `/dev/sda`, or empty.
 * @param bytes the same text, where it is at hand; nobody may change it any more.
 * The error's offset is that of the nearest key or section that exists.
 */
export function parseMetadata(
  text: string,
  device: string,
  bytes?: Uint8Array,
): Result<Metadata, DamageData> {
  const plain = parsePlain(text, bytes);
  if (plain) return ok(plain);
  const damaged = (offset: number, field: string, why: string) =>
    err<DamageData>({ code: 'damaged', device, part: 'text', offset, field, why });
  const parsed = parseConfig(text);
  if (!parsed.ok) {
    const { offset, line, why } = parsed.error;
    return damaged(offset, `line ${line}`, why);
  }
  const sink = new FaultSink();
  const metadata = importRoot(parsed.value, sink, LONG_WAY);
  const fault = sink.first;
  if (fault) return damaged(offsetOf(text, fault), fault.path.join('/'), fault.why);
  return ok(metadata);
}

/** The short way, for a sound text whose volumes are all plain; undefined: the long one. */
function parsePlain(text: string, bytes?: Uint8Array): Metadata | undefined {
  const cut = cutVolumes(text);
  if (!cut) return undefined;
  const places: number[] = [];
  const parsed = parseConfig(cut.rest, (path, offset) => {
    if (path.length === 2 && path[1] === 'logical_volumes') places.push(offset);
  });
  if (!parsed.ok || places.join() !== `${cut.sectionAt}`) return undefined;
  const sink = new FaultSink();
  let plain: PlainLvs | undefined;
  const metadata = importRoot(parsed.value, sink, {
    volumes(section, pvs, extentSize) {
      // An escape in its name continues the section without the word that was looked for.
      if (section.entries.length > 0) return [];
      const pvIds = new Map(pvs.map((pv) => [pv.section, pv.id]));
      plain = readPlainLvs(cut.volumes, { pvIds, extentSize });
      return plain?.lvs ?? [];
    },
    together(vg, fields) {
      const fine = plain !== undefined && isCountable(vg) && knowEachSound(vg);
      if (!fine) fields.sink.add([], 'the long way finds out what');
    },
  });
  if (sink.first || !plain) return undefined;
  const { vg } = metadata;
  const asPrinted = !(isWriteLocked(vg) ? plain.someWrite : plain.someLocked);
  if (asPrinted && lvsInOrder(vg) === plain.lvs) {
    const { begin, volumes } = cut;
    const printed = bytes?.subarray(begin, begin + volumes.length) ?? volumes;
    knowPrinted(vg, { text: ByteText.of(printed), ends: plain.ends });
  }
  return metadata;
}

interface Way {
  readonly volumes: typeof importLvs;
  /** What no single section can tell. */
  readonly together: (vg: VolumeGroup, fields: Fields) => void;
}

const LONG_WAY: Way = { volumes: importLvs, together: checkTogether };

function importRoot(entries: readonly ConfigEntry[], sink: FaultSink, way: Way): Metadata {
  const root = new Fields(entries, [], sink);
  const contents = root.text('contents');
  if (contents !== 'Text Format Volume Group') root.fail('contents', 'it is not a volume group');
  root.int('version', { min: 1, max: 1 });
  const header: MetadataHeader = {
    description: root.optionalText('description') ?? '',
    creationHost: root.optionalText('creation_host') ?? '',
    hostDescription: '',
    creationTime: root.optionalInt('creation_time') ?? 0,
    generator: '',
  };
  const systemId = root.optionalText('creation_host_system_id');
  const [first] = root.sections();
  if (first === undefined) sink.add([], 'it holds no volume group');
  const [name, fields] = first ?? ['', new Fields([], [], sink)];
  const vg = importVg(name, fields, way);
  return { vg, header: systemId === undefined ? header : { ...header, hostSystemId: systemId } };
}

function importVg(name: string, fields: Fields, way: Way): VolumeGroup {
  const { sink } = fields;
  if (nameRefusal(name)) sink.add([name], 'it is not a name for a volume group');
  const extentSize = sectors(fields.int('extent_size', { min: 1, max: U32_MAX }));
  const pvs = importPvs(fields.section('physical_volumes'), extentSize);
  const lvFields = fields.optionalSection('logical_volumes');
  const lvs = lvFields && !sink.first ? way.volumes(lvFields, pvs, extentSize) : [];
  const format = fields.optionalText('format');
  if (format !== undefined && format !== 'lvm2') {
    fields.fail('format', `"${format}" is not a format that is known`);
  }
  const systemId = fields.optionalText('system_id');
  const allocationPolicy = fields.optionalText('allocation_policy');
  const metadataCopies = fields.optionalInt('metadata_copies', { max: U32_MAX });
  const vg: VolumeGroup = {
    name,
    id: fields.id('id'),
    seqno: fields.int('seqno', { max: U32_MAX }),
    ...(format === undefined ? {} : { format }),
    ...unlockedWords({ status: knownWords(fields, 'vg'), flags: fields.optionalWords('flags') }),
    tags: fields.optionalWords('tags'),
    ...(systemId === undefined ? {} : { systemId }),
    extentSize,
    maxLv: fields.int('max_lv', { max: U32_MAX }),
    maxPv: fields.int('max_pv', { max: U32_MAX }),
    ...(allocationPolicy === undefined ? {} : { allocationPolicy }),
    ...(metadataCopies === undefined ? {} : { metadataCopies }),
    pvs,
    lvs,
    extra: fields.rest(),
  };
  if (!sink.first) way.together(vg, fields);
  return vg;
}

function checkTogether(vg: VolumeGroup, fields: Fields): void {
  refuseTwins(vg.lvs, (lv) => lv.name, 'logical_volumes', fields);
  refuseTwins(vg.pvs, (pv) => pv.section, 'physical_volumes', fields);
  if (!isCountable(vg)) {
    fields.fail('physical_volumes', 'together they are larger than can be counted');
  }
  for (const lv of vg.lvs) {
    for (const [index, segment] of lv.segments.entries()) {
      const [lost] = danglingReferences(vg, segment);
      const path = [...fields.path, 'logical_volumes', lv.name, `segment${index + 1}`];
      if (lost) fields.sink.add([...path, lost.key], `"${lost.lv}" is no volume of the group`);
    }
  }
  const nested = findNesting(vg);
  if (nested) fields.sink.add([...fields.path, 'logical_volumes', nested.lv], nested.why);
  const [owned] = ownerFaults(vg);
  if (owned) fields.sink.add([...fields.path, 'logical_volumes', owned.lv], owned.sentence);
}

/** Two of one id would be one thing to everything that follows. */
function refuseTwins<T extends LogicalVolume | PhysicalVolume>(
  members: readonly T[],
  name: (member: T) => string,
  section: string,
  fields: Fields,
): void {
  const owners = new Map<LvmId, string>();
  for (const member of members) {
    const owner = owners.get(member.id);
    if (owner !== undefined) {
      const path = [...fields.path, section, name(member), 'id'];
      fields.sink.add(path, `it is also that of ${owner}`);
    }
    owners.set(member.id, name(member));
  }
}

function importPvs(section: Fields, extentSize: Sectors): readonly PhysicalVolume[] {
  return section.sections().map(([name, fields]) => importPv(name, fields, extentSize));
}

function importPv(section: string, fields: Fields, extentSize: Sectors): PhysicalVolume {
  const deviceSize = fields.optionalInt('dev_size');
  const peStart = fields.int('pe_start');
  const peCount = fields.int('pe_count', { max: U32_MAX });
  if (!Number.isSafeInteger(peStart + peCount * extentSize)) {
    fields.fail('pe_count', `${peCount} extents end beyond what can be addressed`);
  }
  return {
    section,
    id: fields.id('id'),
    deviceHint: fields.optionalText('device') ?? '',
    status: knownWords(fields, 'pv'),
    flags: fields.optionalWords('flags'),
    tags: fields.optionalWords('tags'),
    ...(deviceSize === undefined ? {} : { deviceSize: sectors(deviceSize) }),
    peStart: sectors(peStart),
    peCount: extents(peCount),
    extra: fields.rest(),
  };
}

/** Where the deepest part of the path stands that exists. Parsed again: faults are rare. */
function offsetOf(text: string, fault: FieldFault): number {
  let best = { depth: 0, offset: 0 };
  parseConfig(text, (path, offset) => {
    const { length } = path;
    if (length <= best.depth || length > fault.path.length) return;
    if (path.every((name, index) => name === fault.path[index])) best = { depth: length, offset };
  });
  return best.offset;
}
