/** Groups with a system ID, or shared ones: what old versions of LVM must not write. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { backupText } from '../../../core/lvm/format/backup.ts';
import { exportMetadata } from '../../../core/lvm/format/export.ts';
import { parseMetadata } from '../../../core/lvm/format/import.ts';
import type { VolumeGroup } from '../../../core/lvm/format/model.ts';

const TEXT = readFileSync(
  new URL('../../golden/metadata/system-id.txt', import.meta.url),
  'latin1',
);

function read(text: string): VolumeGroup {
  const parsed = parseMetadata(text, '');
  if (!parsed.ok) throw new Error(parsed.error.why);
  return parsed.value.vg;
}

const HEADER = {
  description: '',
  creationHost: 'here',
  hostDescription: '',
  creationTime: 1,
  generator: 'test',
};

test('what Linux locked is writable, but for what is read-only', () => {
  const vg = read(TEXT);
  expect(vg.status).toEqual(['RESIZEABLE', 'READ', 'WRITE']);
  expect(vg.flags).toEqual(['NOAUTOACTIVATE']);
  expect(vg.lvs.map(({ name, status, flags }) => [name, status.join(), flags.join()])).toEqual([
    ['home', 'READ,WRITE,VISIBLE', ''],
    ['fixed', 'READ,VISIBLE', ''],
    ['skipped', 'READ,WRITE,VISIBLE', 'ACTIVATION_SKIP'],
    ['minor', 'READ,WRITE,FIXED_MINOR,VISIBLE', ''],
    ['striped', 'READ,WRITE,VISIBLE', ''],
  ]);
});

// One volume has a minor number, which the short way does not read.
const PLAIN = TEXT.replace('major = 0\nminor = 7\n', '').replace('"FIXED_MINOR", ', '');

test.each([
  ['the long way', TEXT],
  ['the short way', PLAIN],
])('the words follow the system ID, read %s', (_way, text) => {
  const vg = read(text);
  const { systemId: _id, ...free } = vg;
  for (const print of [
    (one: VolumeGroup) => exportMetadata(one, HEADER),
    (one: VolumeGroup) => backupText(one, HEADER).toString(),
  ]) {
    expect(print(vg).match(/"WRITE_LOCKED"/g)).toHaveLength(5);
    expect(print(vg)).not.toContain('"WRITE"');
    expect(print(free)).not.toContain('WRITE_LOCKED');
    expect(print(free).match(/"READ", "WRITE"/g)).toHaveLength(5);
    expect(print({ ...free, systemId: 'two' })).toBe(print(vg).replace('"one"', '"two"'));
  }
  expect(read(exportMetadata(free, HEADER))).toEqual(free);
});

test.each([
  ['locked without a reason', TEXT.replace('system_id = "one"\n', ''), 0],
  [
    'not locked with one',
    TEXT.replaceAll(
      '["READ", "VISIBLE"]\nflags = ["WRITE_LOCKED"]',
      '["READ", "WRITE", "VISIBLE"]\nflags = []',
    ),
    5,
  ],
  ['of a lock manager', TEXT.replace('system_id = "one"', 'lock_type = "sanlock"'), 5],
  ['of none', TEXT.replace('system_id = "one"', 'lock_type = "none"'), 0],
  [
    'in the status',
    TEXT.replaceAll(
      '["READ", "VISIBLE"]\nflags = ["WRITE_LOCKED"]',
      '["READ", "VISIBLE", "WRITE_LOCKED"]\nflags = []',
    ),
    5,
  ],
])('%s: written as it should be', (_name, text, count) => {
  const printed = exportMetadata(read(text), HEADER);
  expect(printed.match(/"WRITE_LOCKED"/g) ?? []).toHaveLength(count);
  expect(read(printed)).toEqual(read(text));
});
