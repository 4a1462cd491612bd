/** A group that loses a PV, as Linux left it: mirrors and raid go on, what lay there alone goes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseMetadata } from '../../../core/lvm/format/import.ts';
import { hasAreas, type VolumeGroup } from '../../../core/lvm/format/model.ts';
import { partialLvs } from '../../../core/lvm/format/partial.ts';
import { validateVolumeGroup } from '../../../core/lvm/format/validate.ts';
import { withoutPvs } from '../../../core/lvm/format/without-pvs.ts';

function groupOf(name: string): VolumeGroup {
  const file = new URL(`../../golden/removemissing/${name}.txt`, import.meta.url);
  const read = parseMetadata(readFileSync(file, 'latin1'), name);
  if (!read.ok) throw new Error(read.error.why);
  return read.value.vg;
}

const before = groupOf('before');
const after = groupOf('after');
const lost = before.pvs.map(({ id }) => id).filter((id) => !after.pvs.some((pv) => pv.id === id));

test('the volumes that miss a part are those that Linux names', () => {
  expect([...partialLvs(before, lost)].toSorted()).toEqual(
    ['lost', 'm2', 'm2_mimage_1', 'm3', 'm3_mimage_1', 'mimg', 'mimg_mimage_1']
      .concat(['mlog', 'mlog_mlog', 'r1', 'r1_rimage_1', 'r1_rmeta_1'])
      .toSorted(),
  );
  expect(partialLvs(before, [])).toEqual(new Set());
});

/** By name: LVM appends what it changed, and PV sections are numbered anew. */
const comparable = ({ pvs, lvs }: VolumeGroup) =>
  new Map(
    lvs.map((lv) => [
      lv.name,
      {
        status: lv.status,
        segments: lv.segments.map((segment) => {
          if (segment.kind === 'foreign') return segment.entries;
          if (!hasAreas(segment)) return `${segment.kind} ${segment.count}`;
          const log = segment.kind === 'mirror' ? [segment.log, segment.regionSize] : [];
          const areas = segment.areas.map((area) => {
            if (area.on === 'lv') return area.lv;
            return `${pvs.find(({ id }) => id === area.pvId)?.deviceHint} ${area.start}`;
          });
          return [...log, ...areas];
        }),
      },
    ]),
  );

test('legs and logs are dropped, raid legs become errors, the rest is removed', () => {
  const reduced = withoutPvs(before, lost, false);
  expect(reduced.removed).toEqual(['lost']);
  expect(validateVolumeGroup(reduced.vg)).toEqual([]);
  expect(comparable(reduced.vg)).toEqual(comparable(after));
});

test('with mirrors only nothing is removed', () => {
  const reduced = withoutPvs(before, lost, true);
  expect(reduced.removed).toEqual([]);
  expect([...partialLvs(reduced.vg, lost)]).toEqual(['lost']);
});
