/** Which metadata areas a PV has, and which of them a group uses. */
import { describe, expect, test } from 'vitest';
import { sectors } from '../../../core/base/units.ts';
import type { AreaRef } from '../../../core/contract/plan.ts';
import { Prng } from '../../../core/env/prng.ts';
import { balanced, type Copies } from '../../../core/lvm/ops/balance.ts';
import { layoutPv, type FormerPv, type PvCreation } from '../../../core/lvm/ops/pv-layout.ts';

const disk = { path: '/dev/sda', devno: '8:0', size: sectors(131072), readOnly: false };

/** Sectors: first extent, areas, boot loader. */
function laidOut(wish: Record<string, number>, former?: FormerPv) {
  const options = { ...(wish as PvCreation), ...(former ? { former } : {}) };
  const layout = layoutPv(disk, options, new Prng(1));
  if (!layout.ok)
    return layout.error.code === 'pv-layout-refused' ? layout.error.why : layout.error;
  const { peStart, areas, bootloader } = layout.value;
  return [peStart, ...areas.map(({ start, size }) => `${start}+${size}`), bootloader?.start ?? '-'];
}

describe('where the parts of a PV lie on a disk of 64 MiB, as LVM places them', () => {
  test.each([
    [{}, [2048, '8+2040', '-']],
    [{ metadataCopies: 0 }, [2048, '-']],
    [{ metadataCopies: 2 }, [2048, '8+2040', '129024+2048', '-']],
    [{ metadataSize: 4096 }, [6144, '8+6136', '-']],
    [{ bootloaderSize: 6144 }, [8192, '8+2040', 2048]],
    [{ bootloaderSize: 1024, dataAlignment: 128, metadataSize: 200 }, [1280, '8+248', 256]],
    [{ dataAlignment: 256, dataAlignmentOffset: 7 }, [2055, '8+2047', '-']],
    [{ dataAlignmentOffset: 256 }, [2304, '8+2296', '-']],
    // More than there is: what is left, whole alignments of it where possible.
    [{ metadataSize: 143360 }, [126976, '8+126968', '-']],
    [{ metadataSize: 129024 }, [131072, '8+131064', '-']],
    [{ metadataSize: 65536, metadataCopies: 2 }, [67584, '8+67576', '67584+63488', '-']],
    [{ metadataSize: 126976, bootloaderSize: 2048 }, [131072, '8+129016', 129024]],
    [{ dataAlignment: 8, metadataSize: 80, metadataCopies: 2 }, [88, '8+80', '130992+80', '-']],
    [{ dataAlignment: 3, metadataSize: 80 }, [90, '8+82', '-']],
  ])('%o', (wish, parts) => {
    expect(laidOut(wish)).toEqual(parts);
  });

  test.each([
    [{ dataAlignment: 8, metadataSize: 8 }, 'area-too-small'],
    [{ dataAlignment: 256, dataAlignmentOffset: 512 }, 'offset-above-alignment'],
    [{ dataAlignment: 133120 }, 'alignment-beyond-device'],
    [{ bootloaderSize: 131072 }, 'bootloader-beyond-device'],
  ])('%o is refused', (wish, kind) => {
    expect(laidOut(wish)).toMatchObject({ kind });
  });

  test('a PV that is made again keeps its extents, and gets all the room in front of them', () => {
    const former = { peStart: sectors(10240), peCount: 14, extentSize: sectors(8192) } as FormerPv;
    expect(laidOut({}, former)).toEqual([10240, '8+10232', '-']);
    expect(laidOut({ metadataSize: 400 }, former)).toEqual([10240, '8+2040', '-']);
    const bootloader = { start: sectors(2048), size: sectors(8192) };
    expect(laidOut({}, { ...former, bootloader })).toEqual([10240, '8+2040', 2048]);
    expect(laidOut({ metadataCopies: 2 }, former)).toContain('124928+6144');
    const full = { ...former, peStart: sectors(8192), peCount: 15 as FormerPv['peCount'] };
    expect(laidOut({ metadataCopies: 2 }, full)).toEqual({ kind: 'no-space', index: 1 });
    const small = sectors(1024);
    const overlapping = {
      ...former,
      peStart: small,
      peCount: 0 as FormerPv['peCount'],
      bootloader,
    };
    expect(laidOut({}, overlapping)).toMatchObject({ kind: 'bootloader-overlaps' });
    const beyond = { ...former, peCount: 99 as FormerPv['peCount'] };
    expect(laidOut({}, beyond)).toMatchObject({ kind: 'extents-beyond-device' });
  });
});

const area = (index: number, ignored: boolean): AreaRef => ({
  device: `/dev/sd${'abcdef'.charAt(index)}`,
  start: sectors(8),
  size: sectors(2040),
  ignored,
});

/** `+` in use, `-` set aside. */
const areasOf = (marks: string): readonly AreaRef[] =>
  Array.from({ length: marks.length }, (_, index) => area(index, marks.charAt(index) === '-'));

describe('how many copies a group keeps', () => {
  const after = (marks: string, copies: Copies, seed = 1): string => {
    const written = balanced(areasOf(marks), copies, new Prng(seed));
    return areasOf(marks)
      .map((one) => written.find(({ device }) => device === one.device) ?? one)
      .map(({ ignored }) => (ignored ? '-' : '+'))
      .join('');
  };
  const count = (marks: string): number => marks.replaceAll('-', '').length;

  test('unmanaged: as the areas say, but one at least', () => {
    expect(after('+-+-', 'unmanaged')).toBe('+-+-');
    expect(count(after('----', 'unmanaged'))).toBe(1);
    expect(balanced([], 'unmanaged', new Prng(1))).toEqual([]);
  });

  test('all, or so many, or all where more are wanted than there are', () => {
    expect(after('+--', 'all')).toBe('+++');
    expect(after('+--', 9)).toBe('+++');
    for (let seed = 0; seed < 20; seed++) {
      expect(count(after('+++++', 2, seed))).toBe(2);
      const more = after('+----', 3, seed);
      expect(count(more)).toBe(3);
      expect(more.startsWith('+')).toBe(true);
    }
    expect(after('+-+', 2)).toBe('+-+');
  });

  test('one that was set aside and stays so is not written', () => {
    const written = balanced(areasOf('+-+'), 2, new Prng(1));
    expect(written.map(({ device }) => device)).toEqual(['/dev/sda', '/dev/sdc']);
  });
});
