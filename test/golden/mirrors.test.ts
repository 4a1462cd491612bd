/**
 * Mirrors that run in Linux - in sync, half way, without a disk, in the middle of a conversion - as
 * its own reports tell them: of the same metadata and the same devices, ours say the same.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { sectors } from '../../core/base/units.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { splitCommandLine } from '../../core/base/words.ts';
import { LocalEngineApi } from '../../core/cli/api.ts';
import type { DmDeviceState, TargetState } from '../../core/contract/state.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { MemoryBackups } from '../../core/engine/backup-store.ts';
import { fixedDisks } from '../../core/engine/disk-keeper.ts';
import { Engine } from '../../core/engine/engine.ts';
import { createArea, encodeText, writeAreaHeader, writeText } from '../../core/lvm/area-io.ts';
import { withCommitted } from '../../core/lvm/format/area-header.ts';
import { exportMetadata } from '../../core/lvm/format/export.ts';
import { parseMetadata } from '../../core/lvm/format/import.ts';
import { writeLabel } from '../../core/lvm/label-io.ts';
import { errorLines } from '../../core/report/errors.ts';
import { noticeLine } from '../../core/report/notices.ts';
import type { Result } from '../../core/base/result.ts';
import { simEnv, written } from '../support/device-lab.ts';

const SIZE = sectors(131072);
const AREA = { start: sectors(8), size: sectors(2040) };
const DISKS = ['sda', 'sdb', 'sdc', 'sdd', 'sde'];

function answer<T>(result: Result<T, object>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

interface Golden {
  readonly text: string;
  readonly devices: readonly DmDeviceState[];
  /** `$ line`, `= status`, `1 out`, `2 complaint`; a run of blanks is one. */
  readonly reports: readonly (readonly string[])[];
}

function load(name: string): Golden {
  const file = readFileSync(new URL(`mirrors/${name}.txt`, import.meta.url), 'latin1');
  const [text = '', tables = '', states = '', infos = '', reports = ''] = file.split(/^====.*\n/m);
  const targets = (of: string, device: string): readonly string[] =>
    of.split('\n').filter((line) => line.startsWith(`${device}: `));
  const devices = infos
    .trim()
    .split('\n')
    .map((line): DmDeviceState => {
      const [device = '', uuid = '', major, minor, open, state] = line.split(' ');
      const lines = targets(tables, device);
      return {
        name: device,
        uuid,
        devno: `${major}:${minor}` as DevNo,
        suspended: state !== 'Active',
        readOnly: false,
        live: lines.map((one, index) => target(one, targets(states, device)[index] ?? '')),
        deps: [],
        openCount: Number(open),
        eventNumber: 0,
        inFlight: 0,
        queued: 0,
      };
    });
  const sessions = reports.trim().split(/^(?=\$ )/m);
  return { text, devices, reports: sessions.map((one) => one.trim().split('\n')) };
}

/** `vg-lv: 0 8192 linear 8:0 2048`, of the table and of the status. */
function target(table: string, status: string): TargetState {
  const [, start, length, type = '', ...params] = table.split(' ');
  const said = status.split(' ').slice(4).join(' ');
  const [at, count] = [sectors(Number(start)), sectors(Number(length))];
  return { start: at, length: count, type, params: params.join(' '), status: said, ranges: [] };
}

/** @param lost a disk that is there and has nothing on it */
async function open({ text, devices }: Golden, lost: string | undefined) {
  // Of a disk that is gone a backup does not say where it was; what is on the others does.
  const { vg, header } = answer(parseMetadata(text.replace('[unknown]', lost ?? ''), 'golden'));
  const disks = DISKS.map((name, index) => ({
    path: `/dev/${name}`,
    devno: `8:${index * 16}` as DevNo,
    device: new RamDisk(name, SIZE),
    mode: 'live' as const,
    image: `${name}.img`,
  }));
  const origin = { generator: 'LVM2', hostDescription: 'Linux' };
  const bytes = encodeText(exportMetadata(vg, { ...header, ...origin }));
  for (const disk of disks) {
    const pv = vg.pvs.find(({ deviceHint }) => deviceHint === disk.path);
    if (!pv || disk.path === lost) continue;
    const area = answer(await createArea(disk, AREA));
    const location = answer(await writeText(disk, area, bytes, { vg: vg.name, seqno: vg.seqno }));
    answer(await writeAreaHeader(disk, withCommitted(area, location)));
    answer(
      await writeLabel(disk, {
        pvId: pv.id,
        deviceSize: SIZE,
        labelSector: 1,
        dataAreas: [{ start: pv.peStart, size: sectors(0) }],
        metadataAreas: [AREA],
        extensionVersion: 2,
        extensionFlags: 1,
        bootloaderAreas: [],
      }),
    );
  }
  const engine = new Engine({
    env: simEnv(1),
    lab: { name: 'test', directory: '/' },
    keeper: fixedDisks(disks),
    sentenceOf: (notice) => noticeLine(notice).text,
    reasonOf: (error) => errorLines(error).join(' '),
    backups: new MemoryBackups(),
    generator: 'LV Studio',
  });
  const look = engine.source.bind(engine);
  vi.spyOn(engine, 'source').mockImplementation(async () => ({ ...(await look()), devices }));
  return new LocalEngineApi(engine);
}

const plain = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replaceAll(/ {2,}/g, ' ').trimEnd());

const CASES = [
  ['running', undefined],
  ['lost', '/dev/sdb'],
  ['partial', '/dev/sdb'],
  ['converting', undefined],
] as const;

describe.each(CASES)('%s', (name, lost) => {
  const golden = load(name);

  test.each(golden.reports.map((lines) => [lines[0]?.slice(2) ?? '', lines] as const))(
    '%s',
    async (line, lines) => {
      const api = await open(golden, lost);
      const words = answer(splitCommandLine(line));
      expect(plain(written(line, await api.command(words)))).toEqual(lines);
    },
  );
});
