/** What the window's reports stand on: every field with its heading; lines that stay unheard. */
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../../core/contract/events.ts';
import { firstShape, REPORTS, reportWords } from '../../../renderer/views/report-shape.ts';
import { blank, openLab } from '../../support/lab.ts';

test('every field has a name of its own, a heading and a meaning', async () => {
  const { api, close } = await openLab(blank());
  const fields = await api.reportFields();
  expect(fields.length).toBeGreaterThan(150);
  expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
  expect(fields.find(({ name }) => name === 'lv_size')).toMatchObject({
    heading: 'LSize',
    type: 'size',
    section: 'Logical Volume',
  });
  expect(fields.every(({ heading, about }) => heading !== '' && about !== '')).toBe(true);
  await close();
});

test('all fields of each report at once, and its first shape, are answered in JSON', async () => {
  const lab = await openLab(blank());
  await lab.run('vgcreate vg /dev/sda /dev/sdb');
  await lab.run('lvcreate -l 2 -n home vg');
  for (const report of REPORTS) {
    const words = reportWords(report, { ...firstShape(report), wanted: '' });
    const { status, output } = await lab.api.command([...words, '--reportformat', 'json']);
    expect([report, status]).toEqual([report, 0]);
    const json = JSON.parse(output.map(({ text }) => text).join('\n')) as {
      report: Record<string, Record<string, string>[]>[];
    };
    const rows = Object.values(json.report[0] ?? {})[0] ?? [];
    expect(rows.length).toBeGreaterThan(0);
    expect(Object.keys(rows[0] ?? {})).toEqual(firstShape(report).columns);
  }
  await lab.close();
});

test('a part of a name selects as it says', async () => {
  const lab = await openLab(blank());
  await lab.run('vgcreate vg /dev/sda');
  for (const name of ['home', 'a.b', 'aXb']) await lab.run(`lvcreate -l 1 -n ${name} vg`);
  const shown = async (wanted: string): Promise<string> => {
    const words = reportWords('lvs', { columns: ['lv_name'], keys: [], wanted, all: false });
    const { output } = await lab.api.command([...words, '--noheadings']);
    return output.map(({ text }) => text.trim()).join(' ');
  };
  expect(await shown('om')).toBe('home');
  expect(await shown('a.b')).toBe('a.b');
  expect(await shown('lv_name=aXb || lv_name=home')).toBe('aXb home');
  await lab.close();
});

test('only what reads may stay unheard', async () => {
  const lab = await openLab(blank());
  const heard: EngineEvent[] = [];
  lab.api.subscribe((event) => heard.push(event));
  const isHeard = async (line: string): Promise<boolean> => {
    heard.length = 0;
    await lab.run(line, { quiet: true });
    return heard.some(({ body }) => body.kind === 'command');
  };
  expect(await isHeard('vgcreate vg /dev/sda')).toBe(true);
  for (const line of ['lvs', 'dmsetup ls --tree', 'dmsetup table', 'dmsetup info -c']) {
    expect([line, await isHeard(line)]).toEqual([line, false]);
    expect(heard).toEqual([]);
  }
  for (const line of ['dmsetup create -n top', 'dmsetup rename top tip', 'dmsetup remove_all']) {
    expect([line, await isHeard(line)]).toEqual([line, true]);
  }
  await lab.close();
});
