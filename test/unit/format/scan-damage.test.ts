import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import { writeAreaHeader } from '../../../core/lvm/area-io.ts';
import type { VolumeGroup } from '../../../core/lvm/format/model.ts';
import { TextCache } from '../../../core/lvm/scan-pv.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import type { Scan } from '../../../core/lvm/scan-types.ts';
import { TestDisk } from '../../support/ram.ts';
import {
  blankPv,
  commit,
  disksOf,
  DISK_SECTORS,
  FIRST_AREA,
  group,
  pv,
  sampleGroup,
} from './samples.ts';

const scan = (disks: readonly TestDisk[]): Promise<Scan> =>
  scanDisks(disks.map(({ disk }) => disk));

describe('damage', () => {
  const SECOND_AREA = { start: sectors(DISK_SECTORS - 2048), size: sectors(2048) };

  async function twoAreas(): Promise<{ vg: VolumeGroup; sda: TestDisk }> {
    const vg = group({ pvs: [pv(0)], lvs: [] });
    const sda = await blankPv(vg.pvs[0]!, 'sda', { areas: [FIRST_AREA, SECOND_AREA] });
    for (const range of [FIRST_AREA, SECOND_AREA]) {
      await commit(sda, vg, { ...range, ignored: false });
    }
    return { vg, sda };
  }
  const damageOf = ({ notices }: Scan) =>
    notices.map((notice) =>
      notice.code === 'damage-found' ? `${notice.damage.part} ${notice.damage.field}` : notice.code,
    );

  test('a damaged label: no PV, and the others miss it', async () => {
    const [sda, sdb] = await disksOf(sampleGroup());
    sdb!.data[512 + 40] = 0;
    const found = await scan([sda!, sdb!]);
    expect(found.unlabelled.map(({ path }) => path)).toEqual(['/dev/sdb']);
    expect(damageOf(found)).toEqual(['label crc', 'pv-not-found', 'pv-device-missing']);
  });

  test('a damaged header: the other area is used', async () => {
    const { sda, vg } = await twoAreas();
    sda.data[4096 + 7] = 0;
    const found = await scan([sda]);
    expect(found.vgs[0]?.vg).toEqual(vg);
    expect(found.pvs[0]?.areas[0]).toMatchObject({ damage: { field: 'checksum' } });
    expect(found.pvs[0]?.areas[0]).not.toHaveProperty('header');
    expect(damageOf(found)).toEqual(['mda-header checksum']);
  });

  test('a damaged text: the header is known, the text is not', async () => {
    const { sda, vg } = await twoAreas();
    sda.data[4096 + 512 + 60] = 0;
    const found = await scan([sda]);
    expect(found.vgs[0]?.vg).toEqual(vg);
    expect(found.pvs[0]?.areas[0]).toMatchObject({ header: FIRST_AREA, damage: { part: 'text' } });
    expect(damageOf(found)).toEqual(['text checksum']);
  });

  test('a damaged text beside a whole copy: of every disk, in every look', async () => {
    const disks = await disksOf(sampleGroup());
    disks[1]!.data[4096 + 512 + 60] = 0;
    const texts = new TextCache();
    const looks = (trust: 'texts' | 'headers'): Promise<Scan> =>
      scanDisks(
        disks.map(({ disk }) => disk),
        texts,
        trust,
      );
    for (const trust of ['texts', 'texts', 'headers', 'headers'] as const) {
      const found = await looks(trust);
      expect(damageOf(found), trust).toEqual(['text checksum']);
      expect(found.pvs[1]?.areas[0]).toMatchObject({ damage: { device: '/dev/sdb' } });
      expect(found.vgs[0]?.vg.seqno).toBe(sampleGroup().seqno);
    }
    // A look that trusts does not spoil one that does not.
    disks[0]!.data[4096 + 512 + 60] = 0;
    const [careful] = await Promise.all([looks('texts'), looks('headers')]);
    expect(damageOf(careful)).toEqual(['text checksum', 'text checksum']);
  });

  test('a text that is no group, under a checksum that fits', async () => {
    const sda = await blankPv(pv(0), 'sda');
    await commit(sda, 'this is { no group\0');
    const found = await scan([sda]);
    expect(found.vgs).toEqual([]);
    expect(damageOf(found)).toEqual(['text line 1']);
  });

  test('an area that cannot be read, and a disk that cannot', async () => {
    const { sda, vg } = await twoAreas();
    sda.bad.add(8);
    const found = await scan([sda]);
    expect(found.vgs[0]?.vg).toEqual(vg);
    expect(damageOf(found)).toEqual(['disk-unreadable']);
    sda.bad.add(0);
    const dead = await scan([sda]);
    expect(dead.unlabelled).toHaveLength(1);
    expect(dead.notices).toMatchObject([
      { code: 'disk-unreadable', error: { device: '/dev/sda', op: 'read' } },
    ]);
  });

  test('a disk cut off before its second area', async () => {
    const { sda, vg } = await twoAreas();
    const cut = new TestDisk('sda', DISK_SECTORS - 4096);
    cut.data.set(sda.data.subarray(0, cut.data.length));
    const found = await scan([cut]);
    expect(found.vgs[0]?.vg).toEqual(vg);
    expect(damageOf(found)).toEqual([
      'mda-header area',
      'device-smaller-than-pv',
      'devices-changed',
    ]);
  });

  test('a header that claims more than its area is not believed', async () => {
    const { sda } = await twoAreas();
    await writeAreaHeader(sda.disk, { ...FIRST_AREA, size: sectors(4096), ignored: false });
    expect(damageOf(await scan([sda]))).toEqual(['mda-header size']);
  });
});
