/** `--help` is made of the tables that the commands are read with, so it names what they take. */
import { describe, expect, test } from 'vitest';
import { CHANGE_COMMANDS, QUERY_COMMANDS } from '../../../core/cli/commands/index.ts';
import { answerWithoutLab } from '../../../core/cli/help.ts';
import { blank, openLab } from '../../support/lab.ts';

const COMMANDS = [...CHANGE_COMMANDS, ...QUERY_COMMANDS];

const OPTION = /^\t\[ (?:-\w\||   )(--\w+)( \S+)? \]$/;

describe.each(COMMANDS.map(({ name }) => name))('%s', (name) => {
  const lines = (argv: readonly string[]): readonly string[] =>
    answerWithoutLab(argv)?.output.map(({ text }) => text) ?? [];
  const shown = lines([name, '--help']);

  test('says what it is for, then its forms and options, however it is asked', async () => {
    expect(shown[0]).toMatch(new RegExp(`^  ${name} - [A-Z].*[^.]$`));
    expect(shown[1]).toBe('');
    expect(shown[2]).toMatch(new RegExp(`^  ${name}( |$)`));
    for (const words of [['-h'], ['-?'], ['--longhelp'], ['vg', '-h', '-h']]) {
      expect(lines([name, ...words])).toEqual(shown);
    }
    expect(lines(['help', name])).toEqual(shown);
    const lab = await openLab(blank());
    const { status, output } = await lab.run(`${name} -?`);
    await lab.close();
    expect(status).toBe(0);
    expect(output).toEqual(shown.map((text) => ({ stream: 'stdout', text })));
  });

  test('takes every option that it shows', async () => {
    const options = shown.flatMap((line) => OPTION.exec(line) ?? []);
    expect(options.length).toBeGreaterThan(0);
    expect(shown.filter((line) => line.startsWith('\t')).length * 3).toBe(options.length);
    const lab = await openLab(blank());
    for (let at = 0; at < options.length; at += 3) {
      const [, option, value] = options.slice(at, at + 3);
      const line = `${name} ${option ?? ''}${value === undefined ? '' : ' 1'}`;
      const { output } = await lab.run(line);
      const said = output.map(({ text }) => text).join('\n');
      expect(said).not.toMatch(/unrecognized option|doesn't allow|requires an argument/);
    }
    await lab.close();
  });
});

test('help lists all commands, and knows a word that is none', () => {
  const all = answerWithoutLab(['help']);
  expect(all?.status).toBe(0);
  const names = all?.output.map(({ text }) => text.trim().split(' ')[0]);
  expect(names).toEqual(COMMANDS.map(({ name }) => name));
  expect(answerWithoutLab(['help', 'frob'])).toMatchObject({
    status: 3,
    output: [{ stream: 'stdout', text: '  frob: no such command.' }, {}],
  });
  expect(answerWithoutLab(['frob'])?.status).toBe(2);
  expect(answerWithoutLab(['lvs'])).toBeUndefined();
  expect(answerWithoutLab(['lvs', '--help', '--frob'])).toBeUndefined();
});

test('lvm in front of a command changes nothing', async () => {
  const lab = await openLab(blank());
  expect(await lab.run('lvm pvs')).toEqual(await lab.run('pvs'));
  expect(await lab.run('lvm lab show')).toMatchObject({ status: 2 });
  expect(await lab.run('lvm dmsetup ls')).toMatchObject({ status: 2 });
  expect((await lab.api.preview(['lvm', 'pvcreate', '/dev/sda'])).ok).toBe(true);
  expect((await lab.api.preview(['lvm', 'frob'])).ok).toBe(false);
  await lab.close();
  expect(answerWithoutLab(['lvm', 'pvs'])).toBeUndefined();
  expect(answerWithoutLab(['lvm', 'pvs', '--help'])).toEqual(answerWithoutLab(['pvs', '--help']));
  expect(answerWithoutLab(['lvm'])).toEqual(answerWithoutLab(['help']));
});
