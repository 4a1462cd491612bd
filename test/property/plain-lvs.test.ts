/** The short way of reading gives what the long one gives, or gives way to it. */
import { expect, test } from 'vitest';
import { byteStringToBytes } from '../../core/base/bytes.ts';
import { newLvmId } from '../../core/base/ids.ts';
import { extents, sectors } from '../../core/base/units.ts';
import { Prng } from '../../core/env/prng.ts';
import { backupText } from '../../core/lvm/format/backup.ts';
import { exportMetadata } from '../../core/lvm/format/export.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import type {
  LogicalVolume,
  PhysicalVolume,
  StripedSegment,
  VolumeGroup,
} from '../../core/lvm/format/model.ts';
import { cutVolumes, readPlainLvs } from '../../core/lvm/format/plain-lvs.ts';

const HEADER = {
  description: 'Write from lvcreate.',
  creationHost: 'lvmhost',
  hostDescription: '',
  creationTime: 1_795_216_703,
  generator: 'LV Studio',
};

/** In a comment behind everything, the word that forbids the short way. */
const theLongWay = (text: string): string => text.replace(/\0$/, '# logical_volumes\n\0');

class Plain {
  private next = 0;

  constructor(private readonly prng: Prng) {}

  private some<T>(value: () => T): T | undefined {
    return this.prng.chance(50) ? value() : undefined;
  }

  private tags(): readonly string[] {
    return Array.from({ length: this.prng.below(3) }, (_, index) => `t${index}/=!:#&-x`);
  }

  private id = () => newLvmId((limit) => this.prng.below(limit));

  group(): VolumeGroup {
    const pvs = Array.from({ length: 1 + this.prng.below(3) }, (_, index) => this.pv(index));
    const lvs = Array.from({ length: this.prng.below(6) }, (_, index) => this.lv(index, pvs));
    return {
      name: 'vg',
      id: this.id(),
      seqno: 7,
      format: 'lvm2',
      status: ['RESIZEABLE', 'READ', 'WRITE'],
      flags: [],
      tags: [],
      extentSize: sectors(8192),
      maxLv: 0,
      maxPv: 0,
      pvs,
      lvs,
      extra: [],
    };
  }

  private pv(index: number): PhysicalVolume {
    return {
      section: `pv${index}`,
      id: this.id(),
      deviceHint: '/dev/sda',
      status: ['ALLOCATABLE'],
      flags: [],
      tags: [],
      peStart: sectors(2048),
      peCount: extents(100_000),
      extra: [],
    };
  }

  private lv(index: number, pvs: readonly PhysicalVolume[]): LogicalVolume {
    let start = 0;
    const segments = Array.from({ length: 1 + this.prng.below(3) }, () => {
      const segment = this.segment(start, pvs);
      start += segment.count;
      return segment;
    });
    const visible = this.prng.chance(90);
    const time = this.some(() => BigInt(this.prng.below(2 ** 31)));
    const host = this.some(() => 'host.example');
    const policy = this.some(() => 'contiguous');
    const ahead = this.some(() => BigInt(this.prng.below(9) - 1));
    return {
      name: `lv_${index}.x+y-z`,
      id: this.id(),
      status: visible ? ['READ', 'WRITE', 'VISIBLE'] : ['READ', 'WRITE'],
      flags: this.prng.chance(50) ? ['NOAUTOACTIVATE', 'ACTIVATION_SKIP'] : [],
      tags: this.tags(),
      ...(time === undefined ? {} : { creationTime: time }),
      ...(host === undefined ? {} : { creationHost: host }),
      ...(policy === undefined ? {} : { allocationPolicy: policy }),
      ...(ahead === undefined ? {} : { readAhead: ahead }),
      segments,
      extra: [],
    };
  }

  private segment(start: number, pvs: readonly PhysicalVolume[]): StripedSegment {
    const stripes = pvs.slice(0, 1 + this.prng.below(pvs.length));
    const each = 1 + this.prng.below(5);
    const at = this.next;
    this.next += each;
    return {
      kind: 'striped',
      start: extents(start),
      count: extents(each * stripes.length),
      tags: this.tags(),
      stripeSize: sectors(stripes.length > 1 ? 128 : 0),
      areas: stripes.map(({ id }) => ({ on: 'pv', pvId: id, start: extents(at) })),
      extra: [],
    };
  }
}

const groups = Array.from({ length: 300 }, (_, seed) => new Plain(new Prng(seed)).group());

test('both ways read the same, and the next version is printed the same', () => {
  let short = 0;
  for (const [seed, vg] of groups.entries()) {
    const text = exportMetadata(vg, HEADER);
    const [quick, slow] = [text, theLongWay(text)].map((one) => parseMetadata(one, ''));
    expect(quick, `seed ${seed}`).toEqual(slow);
    if (!quick?.ok || !slow?.ok) throw new Error(`seed ${seed}`);
    const cut = cutVolumes(text);
    const pvIds = new Map(vg.pvs.map((pv) => [pv.section, pv.id]));
    if (cut && readPlainLvs(cut.volumes, { pvIds, extentSize: vg.extentSize })) short++;
    const fromBytes = parseMetadata(text, '', byteStringToBytes(text));
    if (!fromBytes.ok) throw new Error(`seed ${seed}`);
    for (const read of [quick.value.vg, slow.value.vg, fromBytes.value.vg]) {
      const lvs = read.lvs.filter((_, index) => index !== 1).map(renamedFirst);
      const next = { ...read, seqno: 8, lvs };
      // A group that nobody has seen is printed volume by volume.
      const fresh = { ...next, id: read.pvs[0]?.id ?? read.id, lvs: lvs.map((lv) => ({ ...lv })) };
      const sameId = (printed: string): string => printed.replace(/id = "[^"]*"/, '');
      expect(sameId(exportMetadata(next, HEADER)), `seed ${seed}`).toBe(
        sameId(exportMetadata(fresh, HEADER)),
      );
      const backup = sameId(backupText(next, HEADER).toString());
      expect(backup, `seed ${seed}`).toBe(sameId(backupText(fresh, HEADER).toString()));
    }
  }
  // With a read-ahead of -1 it is the long way; most have a volume without.
  expect(short).toBeGreaterThan(150);
});

const renamedFirst = (lv: LogicalVolume, index: number): LogicalVolume =>
  index === 0 ? { ...lv, name: 'another' } : lv;

test('whatever is changed in a text, both ways say the same of it', () => {
  const prng = new Prng(11);
  let sound = 0;
  for (let round = 0; round < 6000; round++) {
    const vg = groups[prng.below(groups.length)];
    if (!vg) continue;
    const broken = damaged(exportMetadata(vg, HEADER), prng);
    const [quick, slow] = [broken, theLongWay(broken)].map((one) => parseMetadata(one, ''));
    // The comment moves the end of the text, where some errors are found.
    if (quick?.ok === false && slow?.ok === false) expect(quick.error.why).toBe(slow.error.why);
    else expect(quick, `round ${round}`).toEqual(slow);
    if (quick?.ok === true) sound++;
  }
  expect(sound).toBeGreaterThan(200);
});

test('sections that are spelled otherwise, said twice or put elsewhere', () => {
  const prng = new Prng(5);
  const counts = { sound: 0, refused: 0 };
  for (let round = 0; round < 6000; round++) {
    const vg = groups[prng.below(groups.length)];
    if (!vg) continue;
    const text = rearranged(exportMetadata(vg, HEADER), prng);
    const [quick, slow] = [text, theLongWay(text)].map((one) => parseMetadata(one, ''));
    if (quick?.ok === false && slow?.ok === false) expect(quick.error.why).toBe(slow.error.why);
    else expect(quick, `round ${round}: ${text}`).toEqual(slow);
    counts[quick?.ok === true ? 'sound' : 'refused']++;
  }
  expect(counts.sound).toBeGreaterThan(1000);
  expect(counts.refused).toBeGreaterThan(1000);
});

/** Other ways to say a name that begins a section; to the grammar they are the same. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => `"${name}"`,
  (name) => `'${name}'`,
  (name) => `"${name.slice(0, 3)}\\${name.slice(3)}"`,
  (name) => `"${name.replace(/_/g, '\\_')}"`,
  (name) => `vg/${name}`,
  (name) => `${name}/`,
  (name) => `${name}\r`,
  (name) => `${name} # {`,
];

/** A volume without extents. */
const BARE = [
  'bare {',
  'id = "bareba-reba-reba-reba-reba-reba-rebare"',
  'status = ["READ", "WRITE", "VISIBLE"]',
  'segment_count = 0',
  '}',
];

/** A stretch of whole lines said again somewhere else, a section under another spelling. */
function rearranged(text: string, prng: Prng): string {
  const lines = text.split('\n');
  const opening = lines.flatMap((line, index) => (line.endsWith(' {') ? [index] : []));
  const from = opening[prng.below(opening.length)] ?? 0;
  let depth = 0;
  let to = from;
  do {
    if (lines[to]?.endsWith('{') === true) depth++;
    if (lines[to] === '}') depth--;
  } while (depth > 0 && ++to < lines.length);
  const section = lines.slice(from, to + 1);
  const name = (section[0] ?? '').replace(' {', '');
  const spelled = SPELLINGS[prng.below(SPELLINGS.length)]?.(name) ?? name;
  section[0] = prng.chance(70) ? `${spelled} {` : (section[0] ?? '');
  if (prng.chance(50)) section.splice(1, section.length - 2, ...(prng.chance(50) ? BARE : []));
  const kind = prng.below(4);
  if (kind === 0) lines.splice(from, to + 1 - from, ...section);
  else if (kind === 1) lines.splice(to + 1, 0, ...section);
  else if (kind === 2) lines.splice(from, 0, ...section);
  else lines.splice(prng.below(lines.length), 0, ...section);
  return lines.join('\n');
}

/** Something small in the volumes: a character, a line, a line of another place. */
function damaged(text: string, prng: Prng): string {
  const lines = text.split('\n');
  const at = prng.below(lines.length);
  const line = lines[at] ?? '';
  const kind = prng.below(6);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(at, 0, lines[prng.below(lines.length)] ?? '');
  else if (kind === 2) lines[at] = line.replace(/\d+/, (digits) => `0${digits}`);
  else if (kind === 3) lines[at] = line.replace(/\d+/, () => `${prng.below(2 ** 31) * 9}`);
  else if (kind === 4) lines[at] = line.replace(/"(\w)/, '" $1');
  else {
    const place = prng.below(line.length + 1);
    const mark = ' "{}[]=#,\\-0z'.charAt(prng.below(13));
    lines[at] = line.slice(0, place) + mark + line.slice(place + prng.below(2));
  }
  return lines.join('\n');
}
