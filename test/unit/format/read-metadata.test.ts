/** Metadata laid open for people: true for sound disks, and for damaged ones an answer as well. */
import { describe, expect, test } from 'vitest';
import { byteStringToBytes } from '../../../core/base/bytes.ts';
import type { PvMetadata, StructureState } from '../../../core/contract/metadata.ts';
import { Prng } from '../../../core/env/prng.ts';
import { readBackupHead } from '../../../core/lvm/format/backup-head.ts';
import { decodeAreaHeader } from '../../../core/lvm/format/decode-area.ts';
import { decodeLabel } from '../../../core/lvm/format/decode-label.ts';
import { findTexts } from '../../../core/lvm/format/find-texts.ts';
import { blank, openLab, type Platters } from '../../support/lab.ts';

/** Bytes at an offset, as `od` prints them. */
function dump(size: number, lines: Readonly<Record<number, string>>): Uint8Array {
  const data = new Uint8Array(size);
  for (const [at, hex] of Object.entries(lines)) {
    data.set(
      hex
        .trim()
        .split(/\s+/)
        .map((byte) => Number.parseInt(byte, 16)),
      Number(at),
    );
  }
  return data;
}

/** Reference 1.2. */
const LABEL = dump(2048, {
  512: '4c 41 42 45 4c 4f 4e 45 01 00 00 00 00 00 00 00',
  528: '4d 46 0e 60 20 00 00 00 4c 56 4d 32 20 30 30 31',
  544: '78 76 55 77 55 64 69 61 30 4e 71 32 77 32 64 78',
  560: '4c 63 61 6c 54 4b 53 6e 53 42 4d 77 76 44 46 42',
  576: '00 00 00 08 00 00 00 00 00 00 10 00 00 00 00 00',
  624: '00 f0 0f 00 00 00 00 00',
  616: '00 10 00 00 00 00 00 00',
  648: '02 00 00 00 00 00 00 00',
});
/** Reference 1.5. */
const HEADER = dump(512, {
  0: '76 e7 22 9f 20 4c 56 4d 32 20 78 5b 35 41 25 72',
  16: '30 4e 2a 3e 01 00 00 00 00 10 00 00 00 00 00 00',
  32: '00 f0 0f 00 00 00 00 00 00 02 00 00 00 00 00 00',
  48: 'd4 04 00 00 00 00 00 00 e3 3a 7f e9 00 00 00 00',
});

const faults = (parts: readonly StructureState[]): readonly string[] =>
  parts.flatMap(({ fields }) =>
    fields.flatMap(({ name, fault }) => (fault === undefined ? [] : [`${name}: ${fault}`])),
  );
const valueOf = (parts: readonly StructureState[], name: string) =>
  parts.flatMap(({ fields }) => fields).find((field) => field.name === name);

describe('a label of Linux', () => {
  const parts = decodeLabel(LABEL, '/dev/sda');

  test('has every field where the reference has it, and no fault', () => {
    expect(faults(parts)).toEqual([]);
    expect(parts.map(({ kind }) => kind)).toEqual(['label', 'pv-header', 'pv-extension']);
    const rows = parts.flatMap(({ fields }) =>
      fields.map(({ name, offset, value }) => `${offset} ${name} ${value}`),
    );
    expect(rows).toEqual([
      '512 id LABELONE',
      '520 sector 1',
      '528 crc 0x600e464d',
      '532 offset 32',
      '536 type LVM2 001',
      '544 pv_uuid xvUwUdia0Nq2w2dxLcalTKSnSBMwvDFB',
      '576 device_size 134217728',
      '584 data_areas[0].offset 1048576',
      '592 data_areas[0].size 0',
      '600 data_areas end 0',
      '616 metadata_areas[0].offset 4096',
      '624 metadata_areas[0].size 1044480',
      '632 metadata_areas end 0',
      '648 version 2',
      '652 flags 0x00000000',
      '656 bootloader_areas end 0',
    ]);
    expect(valueOf(parts, 'device_size')?.hex).toBe('00 00 00 08 00 00 00 00');
  });

  test('with one bit changed says which field is wrong', () => {
    const bad = LABEL.slice();
    bad[580] = 1;
    expect(faults(decodeLabel(bad, '/dev/sda'))).toEqual([
      expect.stringMatching(/^crc: the sector has 0x/),
    ]);
  });

  test('no claim, no structure', () => {
    expect(decodeLabel(new Uint8Array(2048), '/dev/sda')).toEqual([]);
    expect(decodeLabel(new Uint8Array(0), '/dev/sda')).toEqual([]);
  });
});

describe('a header of Linux', () => {
  test('is sound where it stands, and nowhere else', () => {
    const sound = decodeAreaHeader(HEADER, 4096, 1044480);
    expect(faults([sound])).toEqual([]);
    expect(valueOf([sound], 'raw_locn[0].checksum')).toMatchObject({
      offset: 4096 + 56,
      value: '0xe97f3ae3',
    });
    expect(faults([decodeAreaHeader(HEADER, 8192, 1044480)])).toEqual([
      'start: it was read at 8192',
    ]);
    expect(faults([decodeAreaHeader(HEADER, 4096, 32768)])).toEqual([
      'size: the PV header gives the area 32768',
    ]);
  });
});

test('rubbish of any kind is laid open without a defect', () => {
  const random = new Prng(3);
  for (let round = 0; round < 3000; round++) {
    const label = LABEL.slice();
    const header = HEADER.slice();
    for (let flips = random.below(9); flips >= 0; flips--) {
      label[512 + random.below(512)] = random.below(256);
      header[random.below(512)] = random.below(256);
    }
    decodeLabel(label, '/dev/sda');
    decodeAreaHeader(header, 4096, 1044480);
    findTexts(label);
  }
});

describe('texts in a buffer', () => {
  const text = (name: string, seqno: number, filler = 0): string =>
    `${name} {\nid = "x"\nseqno = ${seqno}\n${'#'.repeat(filler)}\n}\n# Generated\n\n` +
    `description = "Write from lvcreate \\"a\\"."\n\ncreation_time = 17${seqno}\n\n\0`;
  const area = (size: number, ...at: readonly (readonly [number, string])[]): Uint8Array => {
    const data = new Uint8Array(size);
    for (const [offset, one] of at) data.set(byteStringToBytes(one), offset);
    return data;
  };

  test('each says what it is', () => {
    const found = findTexts(area(8192, [512, text('vg', 1)], [1024, text('my.vg-2', 2)]));
    expect(found).toEqual([
      {
        offset: 512,
        size: text('vg', 1).length,
        whole: true,
        vg: 'vg',
        seqno: 1,
        description: 'Write from lvcreate "a".',
        time: 171,
      },
      expect.objectContaining({ offset: 1024, vg: 'my.vg-2', seqno: 2, whole: true }),
    ]);
  });

  test('of one that was written over a piece is left', () => {
    const found = findTexts(area(8192, [512, text('vg', 1, 2000)], [1024, text('vg', 2)]));
    expect(found[0]).toEqual({ offset: 512, size: 512, whole: false, vg: 'vg', seqno: 1 });
    expect(found[1]?.whole).toBe(true);
  });

  test('one that meets the end goes on at 512', () => {
    const long = text('vg', 7, 900);
    const rest = 4096 - 3584;
    const found = findTexts(
      area(4096, [512, long.slice(rest)], [3584, long.slice(0, rest)], [2048, text('vg', 8)]),
    );
    expect(found.map(({ offset, size, whole, seqno }) => [offset, size, whole, seqno])).toEqual([
      [2048, text('vg', 8).length, true, 8],
      [3584, long.length, true, 7],
    ]);
  });
});

describe('a disk of a lab', () => {
  const pvOf = async (platters: Platters, device: string): Promise<PvMetadata> => {
    const { api, close } = await openLab(platters);
    const answer = await api.pvMetadata(device);
    await close();
    if (!answer.ok) throw new Error(answer.error.messages.join());
    return answer.value;
  };
  async function made(): Promise<Platters> {
    const platters = blank();
    const lab = await openLab(platters);
    await lab.run('vgcreate vg /dev/sda /dev/sdb');
    await lab.run('lvcreate -l 1 -n home vg');
    await lab.run('lvremove -y vg/home');
    await lab.close();
    return platters;
  }

  test('shows the committed text and those before it', async () => {
    const { areas, structures, problem } = await pvOf(await made(), '/dev/sda');
    expect(problem).toBeUndefined();
    expect(faults(structures)).toEqual([]);
    expect(areas).toHaveLength(1);
    const [area] = areas;
    expect(area).toMatchObject({ start: 4096, size: 1044480, ignored: false, searched: 1044480 });
    expect(area?.header && faults([area.header])).toEqual([]);
    expect(
      area?.texts.map(({ kind, seqno, checksum, whole, vg }) => [kind, seqno, checksum, whole, vg]),
    ).toEqual([
      ['older', 1, 'none', true, 'vg'],
      ['older', 2, 'none', true, 'vg'],
      ['committed', 3, 'ok', true, 'vg'],
    ]);
    expect(area?.texts.at(-1)?.description).toBe('Write from lvremove -y vg/home.');
    expect(area?.texts[1]?.offset).toBe(512 * Math.ceil((512 + (area?.texts[0]?.size ?? 0)) / 512));
  });

  test('with a text that is damaged says so, and still shows the older ones', async () => {
    const platters = await made();
    const sound = await pvOf(platters, '/dev/sda');
    const committed = sound.areas[0]?.texts.at(-1);
    const sector = (4096 + (committed?.offset ?? 0)) / 512 + 1;
    platters[0]?.write(sector, byteStringToBytes('x'.repeat(512)));
    const area = (await pvOf(platters, '/dev/sda')).areas[0];
    expect(area?.problem).toBe('The checksum does not fit the committed text.');
    expect(area?.texts.map(({ kind, checksum }) => [kind, checksum])).toEqual([
      ['older', 'none'],
      ['older', 'none'],
      ['committed', 'wrong'],
    ]);
  });

  test('with a header that is damaged lays it open all the same', async () => {
    const platters = await made();
    platters[0]?.write(8, byteStringToBytes('y'.repeat(512)));
    const area = (await pvOf(platters, '/dev/sda')).areas[0];
    expect(area?.problem).toMatch(/./);
    expect(area?.header && faults([area.header])[0]).toMatch(/^checksum: /);
    expect(area?.texts.map(({ kind }) => kind)).toEqual(['older', 'older', 'older']);
  });

  test('without a label, and without such a disk', async () => {
    const { problem, structures } = await pvOf(await made(), '/dev/sdd');
    expect([problem, structures]).toEqual([
      'No sector of the first four claims to be a label.',
      [],
    ]);
    const { api, close } = await openLab(blank());
    expect((await api.pvMetadata('/dev/sdz')).ok).toBe(false);
    expect((await api.pvMetadata('[unknown]')).ok).toBe(false);
    await close();
  });

  test('a group answers with its text, as on the disk and as in a backup', async () => {
    const { api, close } = await openLab(await made());
    const answer = await api.vgMetadata('vg');
    expect(answer).toMatchObject({ ok: true, value: { vg: 'vg', seqno: 3, device: '/dev/sda' } });
    if (answer.ok) {
      expect(answer.value.text).toMatch(/^vg \{\nid = "/);
      expect(answer.value.text).not.toContain('\0');
      expect(answer.value.asBackup).toMatch(/\nvg \{\n\tid = "/);
    }
    expect(await api.vgMetadata('nosuch')).toMatchObject({
      ok: false,
      error: { error: { code: 'vg-not-found' } },
    });
    await close();
  });
});

describe('kept versions', () => {
  test('are listed with what their heads say, also when the group is gone', async () => {
    const lab = await openLab(blank());
    await lab.run('vgcreate vg /dev/sda');
    await lab.run('lvcreate -l 1 -n home vg');
    await lab.run('vgremove -f -y vg');
    const files = await lab.api.backupFiles();
    if (!files.ok) throw new Error('no files');
    const kinds = files.value.map(({ kind }) => kind);
    expect(kinds).toEqual(['archive', 'archive', 'backup']);
    const last = files.value.at(1);
    expect(last).toMatchObject({ kind: 'archive', vg: 'vg', time: 1_795_216_703 });
    expect(last?.description).toMatch(/^Created \*before\* executing 'vgremove/);
    expect(files.value.map(({ seqno }) => seqno)).toEqual([1, 2, 3]);
    const text = await lab.api.backupText(last?.path ?? '');
    expect(text.ok && text.value.length).toBe(last?.size);
    expect(text.ok && text.value).toContain('home {');
    for (const path of ['lab.json', '/etc/passwd', '../x', 'archive/../lab.json', '']) {
      expect(await lab.api.backupText(path)).toMatchObject({ ok: false });
    }
    await lab.close();
  });

  test('a head that cannot be read says nothing', () => {
    expect(readBackupHead('')).toEqual({});
    expect(readBackupHead('description = "open\n')).toEqual({});
    expect(readBackupHead('description = "a \\"b\\" \\\\"\ncreation_time = 5\t# x\n')).toEqual({
      description: 'a "b" \\',
      time: 5,
    });
    expect(readBackupHead('\nvg {\n\tid = "x"\n\tseqno = 4\n')).toEqual({ vg: 'vg', seqno: 4 });
  });
});
