import { describe, expect, test } from 'vitest';
import { writeAreaHeader, encodeText, writeText } from '../../../core/lvm/area-io.ts';
import { withPrecommitted } from '../../../core/lvm/format/area-header.ts';
import { exportMetadata } from '../../../core/lvm/format/export.ts';
import type { VolumeGroup } from '../../../core/lvm/format/model.ts';
import { writeLabel } from '../../../core/lvm/label-io.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import type { Scan, ScannedVg } from '../../../core/lvm/scan-types.ts';
import { TestDisk } from '../../support/ram.ts';
import {
  blankPv,
  commit,
  disksOf,
  DISK_SECTORS,
  FIRST_AREA,
  freshId,
  group,
  HEADER,
  labelFor,
  lv,
  onPv,
  pv,
  sampleGroup,
  striped,
} from './samples.ts';

const scan = (disks: readonly TestDisk[]): Promise<Scan> =>
  scanDisks(disks.map(({ disk }) => disk));
const paths = (vg: ScannedVg | undefined): (string | undefined)[] =>
  vg?.vg.pvs.map(({ id }) => vg.devices.get(id)?.path) ?? [];
const next = (vg: VolumeGroup): VolumeGroup => ({ ...vg, seqno: vg.seqno + 1 });

describe('a sound lab', () => {
  test('labels, groups, orphans and blank disks are told apart', async () => {
    const vg = sampleGroup();
    const disks = [
      ...(await disksOf(vg)),
      await blankPv(pv(2), 'sdc', { used: false }),
      new TestDisk('sdd', 64),
    ];
    const found = await scan(disks);
    expect(found.pvs.map(({ path, vgName }) => [path, vgName])).toEqual([
      ['/dev/sda', 'vg'],
      ['/dev/sdb', 'vg'],
      ['/dev/sdc', undefined],
    ]);
    expect(found.unlabelled.map(({ path }) => path)).toEqual(['/dev/sdd']);
    expect(found.vgs.map((one) => one.vg)).toEqual([vg]);
    expect(paths(found.vgs[0])).toEqual(['/dev/sda', '/dev/sdb']);
    expect(found.vgs[0]?.devices.get(vg.pvs[0]!.id)).toBe(found.pvs[0]);
    expect(found.duplicates).toEqual([]);
    expect(found.notices).toEqual([]);
  });

  test('reads four sectors, one header and the text: nothing else', async () => {
    const vg = sampleGroup();
    const [sda] = await disksOf(vg);
    sda!.log.length = 0;
    await scan([sda!]);
    const count = Math.ceil(exportMetadata(vg, HEADER).length / 512);
    expect(sda!.log).toEqual(['read 0+4', 'read 8+1', `read 9+${count}`]);
  });

  test('groups are sorted by name, disks keep their order', async () => {
    const zeta = group({ name: 'zeta', pvs: [pv(0)] });
    const alpha = group({ name: 'alpha', pvs: [pv(1)] });
    const [sda] = await disksOf(zeta);
    const sdb = await blankPv(alpha.pvs[0]!, 'sdb');
    await commit(sdb, alpha);
    const found = await scan([sda!, sdb]);
    expect(found.vgs.map(({ vg }) => vg.name)).toEqual(['alpha', 'zeta']);
    expect(found.pvs.map(({ path }) => path)).toEqual(['/dev/sda', '/dev/sdb']);
  });

  test('a PV without an area belongs to the group that lists it', async () => {
    const vg = sampleGroup();
    const sda = await blankPv(vg.pvs[0]!, 'sda');
    await commit(sda, vg);
    const sdb = await blankPv(vg.pvs[1]!, 'sdb', { areas: [] });
    const found = await scan([sdb, sda]);
    expect(found.pvs.map(({ vgName }) => vgName)).toEqual(['vg', 'vg']);
    expect(found.notices).toEqual([]);
  });

  test('no disks', async () => {
    expect(await scan([])).toEqual({
      pvs: [],
      duplicates: [],
      vgs: [],
      barred: [],
      unlabelled: [],
      notices: [],
    });
  });
});

describe('copies that differ', () => {
  test('the newest wins, on whatever disk it is; the others are named', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    await commit(sdb!, next(vg));
    const found = await scan([sda!, sdb!]);
    expect(found.vgs[0]?.vg.seqno).toBe(2);
    expect(found.notices).toEqual([
      {
        code: 'stale-metadata',
        vg: 'vg',
        device: '/dev/sda',
        seqno: 1,
        newestSeqno: 2,
        newestDevice: '/dev/sdb',
      },
      { code: 'inconsistent-metadata', vg: 'vg' },
    ]);
    expect(found.vgs[0]?.notices).toEqual(found.notices);
  });

  test('one number, two texts: the first is used', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    await commit(sdb!, { ...vg, tags: ['other'] });
    const found = await scan([sda!, sdb!]);
    expect(found.vgs[0]?.vg.tags).toEqual([]);
    expect(found.notices).toEqual([{ code: 'inconsistent-metadata', vg: 'vg' }]);
  });

  test('a precommitted text is not looked at', async () => {
    const vg = sampleGroup();
    const sda = await blankPv(vg.pvs[0]!, 'sda');
    const header = await commit(sda, vg);
    const text = exportMetadata(next(vg), HEADER);
    const written = await writeText(sda.disk, header, encodeText(text), { vg: 'vg', seqno: 2 });
    if (!written.ok) throw new Error(written.error.code);
    await writeAreaHeader(sda.disk, withPrecommitted(header, written.value));
    const found = await scan([sda]);
    expect(found.vgs[0]?.vg.seqno).toBe(1);
    expect(found.pvs[0]?.areas[0]?.header?.precommitted).toEqual(written.value);
  });

  test('an area that is set aside counts for nothing', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    const header = await commit(sdb!, next(vg));
    await writeAreaHeader(sdb!.disk, { ...header, ignored: true });
    const found = await scan([sda!, sdb!]);
    expect(found.vgs[0]?.vg.seqno).toBe(1);
    expect(found.pvs[1]?.areas[0]).toMatchObject({ header: { ignored: true } });
    expect(found.pvs[1]?.areas[0]).not.toHaveProperty('vg');
    expect(found.notices).toEqual([]);
  });

  test('a PV that the newest text no longer lists is outdated: nobody may take it', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf({ ...vg, lvs: [] });
    await commit(sda!, { ...vg, lvs: [], seqno: 5, pvs: vg.pvs.slice(0, 1) });
    const found = await scan([sda!, sdb!]);
    expect(found.pvs.map(({ outdated }) => outdated)).toEqual([undefined, true]);
    expect(found.vgs[0]?.outdated?.map(({ path }) => path)).toEqual(['/dev/sdb']);
    expect(found.vgs[0]?.devices.size).toBe(1);
    expect(found.notices.map(({ code }) => code)).toEqual([
      'stale-metadata',
      'inconsistent-metadata',
      'outdated-pv',
    ]);
    expect(found.notices.slice(2)).toEqual([
      { code: 'outdated-pv', vg: 'vg', device: '/dev/sdb', seqno: 1, newestSeqno: 5 },
    ]);
  });

  test('a renamed group is one group', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    await commit(sdb!, { ...next(vg), name: 'new' });
    const found = await scan([sda!, sdb!]);
    expect(found.vgs.map((one) => one.vg.name)).toEqual(['new']);
    expect(found.pvs.map(({ vgName }) => vgName)).toEqual(['new', 'new']);
  });
});

describe('disks that are gone, back, or other than they were', () => {
  test('a missing PV is named with the path it had', async () => {
    const vg = sampleGroup();
    const [sda] = await disksOf(vg);
    const found = await scan([sda!]);
    expect(paths(found.vgs[0])).toEqual(['/dev/sda', undefined]);
    expect(found.notices).toEqual([
      { code: 'pv-not-found', pvId: vg.pvs[1]!.id },
      { code: 'pv-device-missing', pvId: vg.pvs[1]!.id, vg: 'vg', hint: '/dev/sdb' },
    ]);
  });

  test('a PV that is marked missing and is back', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    const marked = (lvs: VolumeGroup['lvs']): VolumeGroup => ({
      ...next(vg),
      pvs: [vg.pvs[0]!, { ...vg.pvs[1]!, flags: ['MISSING'], deviceHint: '[unknown]' }],
      lvs,
    });
    await commit(sda!, marked(vg.lvs));
    const back = { code: 'pv-returned', vg: 'vg', device: '/dev/sdb', pvId: vg.pvs[1]!.id };
    const found = await scan([sda!, sdb!]);
    expect(found.notices.at(-1)).toEqual({ ...back, inUse: true });
    expect(found.notices.map(({ code }) => code)).toEqual([
      'stale-metadata',
      'inconsistent-metadata',
      'updated-without-pv',
      'pv-returned',
    ]);
    expect(found.vgs[0]?.vg.pvs[1]?.flags).toEqual(['MISSING']);
    await commit(sda!, marked([]));
    const unused = await scan([sda!, sdb!]);
    expect(unused.notices.at(-1)).toEqual({ ...back, inUse: false });
    // It carries nothing that could be old: it is a member again.
    expect(unused.vgs[0]?.vg.pvs[1]?.flags).toEqual([]);
  });

  test('a device smaller than its PV', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    const small = new TestDisk('sda', DISK_SECTORS - 8);
    small.data.set(sda!.data.subarray(0, small.data.length));
    const found = await scan([small, sdb!]);
    expect(found.notices).toEqual([
      {
        code: 'device-smaller-than-pv',
        device: '/dev/sda',
        vg: 'vg',
        deviceSize: DISK_SECTORS - 8,
        pvSize: DISK_SECTORS,
      },
      { code: 'devices-changed', vg: 'vg' },
    ]);
  });

  test('a label that does not say it is used', async () => {
    const vg = sampleGroup();
    const [sda, sdb] = await disksOf(vg);
    await writeLabel(sdb!.disk, labelFor(vg.pvs[1]!, [FIRST_AREA], false));
    const found = await scan([sda!, sdb!]);
    expect(found.notices).toEqual([{ code: 'pv-missing-used-flag', device: '/dev/sdb', vg: 'vg' }]);
    const old = { ...labelFor(vg.pvs[1]!, [FIRST_AREA], false), extensionVersion: 1 };
    await writeLabel(sdb!.disk, old);
    expect((await scan([sda!, sdb!])).notices).toEqual([]);
  });
});

describe('duplicates', () => {
  async function twins(): Promise<{
    vg: VolumeGroup;
    sda: TestDisk;
    copy: (name: string) => TestDisk;
  }> {
    const vg = group({ pvs: [pv(0)] });
    const [sda] = await disksOf(vg);
    const copy = (name: string): TestDisk => {
      const disk = new TestDisk(name, DISK_SECTORS);
      disk.data.set(sda!.data);
      return disk;
    };
    return { vg, sda: sda!, copy };
  }
  const chosen = async (...disks: TestDisk[]) => {
    const found = await scan(disks);
    expect(found.pvs).toHaveLength(1);
    expect(found.duplicates).toHaveLength(disks.length - 1);
    expect(paths(found.vgs[0])).toEqual([found.pvs[0]?.path]);
    return found;
  };

  test('the disk under its old path is used, wherever it stands', async () => {
    const { vg, sda, copy } = await twins();
    const found = await chosen(copy('sdx'), sda, copy('sdy'));
    expect(found.pvs[0]?.path).toBe('/dev/sda');
    expect(found.duplicates.map(({ path, vgName }) => [path, vgName])).toEqual([
      ['/dev/sdx', 'vg'],
      ['/dev/sdy', 'vg'],
    ]);
    const notice = { code: 'duplicate-pv', pvId: vg.pvs[0]!.id, preferred: '/dev/sda' };
    expect(found.notices).toEqual([
      { ...notice, device: '/dev/sdx' },
      { ...notice, device: '/dev/sdy' },
      ...['/dev/sdx', '/dev/sdy'].map(() => ({
        code: 'duplicate-preferred',
        pvId: vg.pvs[0]!.id,
        device: '/dev/sda',
        reason: 'device name matches previous',
      })),
    ]);
  });

  test('else the first that was seen', async () => {
    const { copy } = await twins();
    expect((await chosen(copy('sdx'), copy('sdy'))).pvs[0]?.path).toBe('/dev/sdx');
  });

  test('a device of another size is not preferred', async () => {
    const { sda, copy } = await twins();
    const larger = new TestDisk('sda', DISK_SECTORS + 2048);
    larger.data.set(sda.data);
    expect((await chosen(larger, copy('sdy'))).pvs[0]?.path).toBe('/dev/sdy');
  });

  test('the text of a disk that is not used does not count', async () => {
    const { vg, sda, copy } = await twins();
    const other = copy('sdx');
    await commit(other, { ...vg, seqno: 9 });
    expect((await chosen(sda, other)).vgs[0]?.vg.seqno).toBe(1);
  });
});

describe('groups that contradict one another', () => {
  test('two groups of one name stay two', async () => {
    const one = group({ pvs: [pv(0)] });
    const two = group({ pvs: [pv(1)] });
    const [sda] = await disksOf(one);
    const sdb = await blankPv(two.pvs[0]!, 'sdb');
    await commit(sdb, two);
    const found = await scan([sda!, sdb]);
    expect(found.vgs.map((vg) => vg.vg.id).sort()).toEqual([one.id, two.id].sort());
    expect(found.vgs.flatMap(paths).sort()).toEqual(['/dev/sda', '/dev/sdb']);
    const notice = { code: 'duplicate-vg-name', vg: 'vg' };
    expect(found.notices).toMatchObject([notice]);
  });

  test('a PV that two groups claim is in the one whose text it carries', async () => {
    const shared = pv(0);
    const honest = group({ name: 'honest', pvs: [shared] });
    const thief = group({ name: 'a-thief', pvs: [pv(1), shared] });
    const sda = await blankPv(shared, 'sda');
    await commit(sda, honest);
    const sdb = await blankPv(thief.pvs[0]!, 'sdb');
    await commit(sdb, thief);
    const found = await scan([sda, sdb]);
    expect(found.vgs.map((vg) => [vg.vg.name, paths(vg)])).toEqual([
      ['a-thief', ['/dev/sdb', undefined]],
      ['honest', ['/dev/sda']],
    ]);
    expect(found.pvs.map(({ vgName }) => vgName)).toEqual(['honest', 'a-thief']);
  });
});

test('volumes of a group are those of its newest text', async () => {
  const vg = sampleGroup();
  const [sda, sdb] = await disksOf(vg);
  const more = {
    ...next(vg),
    id: vg.id,
    lvs: [...vg.lvs, lv('more', striped(0, 1, onPv(vg.pvs[0]!, 9)))],
  };
  await commit(sda!, more);
  await commit(sdb!, more);
  const found = await scan([sda!, sdb!]);
  expect(found.vgs[0]?.vg).toEqual(more);
  expect(found.vgs[0]?.vg.id).not.toBe(freshId());
});
