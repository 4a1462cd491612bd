import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CommandResult } from '../../../core/contract/api.ts';
import type { OutputLine } from '../../../core/contract/events.ts';
import { openLab } from '../../../core/host/open-lab.ts';
import { VERSION } from '../../../core/host/version.ts';
import { lvstudio } from './cli-run.ts';
import { FakeEngine, VOLUME } from './fake-engine.ts';
import { scratch } from './scratch.ts';

async function lab(): Promise<string> {
  const directory = join(await scratch(), 'lab');
  const made = await lvstudio(['lab', 'new', directory, '--disks', '2', '--size', '4m']);
  expect(made.status).toBe(0);
  return directory;
}

describe('lvstudio', () => {
  test('prints its version, that of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect((await lvstudio(['--version'])).out).toBe(`lvstudio ${version}\n`);
    expect(VERSION).toBe(version);
  });

  test('explains itself: asked, on stdout; not asked, on stderr', async () => {
    const asked = await lvstudio(['--help']);
    expect([asked.status, asked.err]).toEqual([0, '']);
    expect(asked.out).toContain('lvstudio lab new DIR');
    const unasked = await lvstudio([]);
    expect([unasked.status, unasked.out]).toEqual([3, '']);
    expect(unasked.err).toBe(asked.out);
    expect(asked.out.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  test.each([
    [['--lab'], 'lab'],
    [['--lab='], '--lab needs a folder'],
    [['--sudo', 'lvs'], 'Unknown option'],
    [['lab'], 'lab needs a command'],
    [['lab', 'toString'], 'lab has no command "toString"'],
    [['lab', 'new'], 'lab new DIR'],
    [['lab', 'new', 'a', 'b'], 'lab new DIR'],
    [['lab', 'new', 'a', '--disks', '-1'], '--disks'],
    [['lab', 'new', 'a', '--disks=999'], '--disks 999: a number from 0 to 256'],
    [['lab', 'new', 'a', '--size=1k'], '--size 1k: from 2m to less than 4e'],
    [['lab', 'attach', 'a'], 'lab attach needs a FILE'],
    [['lab', 'attach', 'a', 'b', '--mode', 'rw'], 'mode rw: read-only, sandbox or live'],
    [['lab', 'mode', 'a', 'sda'], 'lab mode needs a DISK'],
    [['lab', 'mode', 'a', 'sda', 'rw'], 'mode rw: read-only, sandbox or live'],
    [['lab', 'apply', 'a'], 'lab apply needs a DISK'],
    [['lab', 'discard', 'sda'], 'lab discard DIR'],
    [['lab', 'attach', 'a', 'b', 'c', '--name', 'sdx'], '--name is for one FILE'],
    [['lab', 'show'], 'lab show DIR'],
    [['read'], 'read VG/LV'],
    [['read', 'vg'], 'read: "vg" does not name a volume; write VG/LV'],
    [['read', '/dev/mapper/a/b'], 'does not name a volume'],
    [['write', 'vg/'], 'write: "vg/" does not name a volume; write VG/LV'],
    [['read', VOLUME, '--offset', 'x'], '--offset x: bytes'],
    [['run'], 'run FILE'],
    [['lvs'], 'no lab: name one with --lab DIR or in LVSTUDIO_LAB'],
  ])('%j is not understood', async (argv, sentence) => {
    const { status, err, out } = await lvstudio(argv);
    expect(status).toBe(3);
    expect(err).toMatch(/^lvstudio: .*; try "lvstudio --help"\n$/);
    expect(err).toContain(sentence);
    expect(out).toBe('');
  });
});

describe('lvstudio lab', () => {
  test('new, attach, show, detach', async () => {
    const directory = await lab();
    const image = join(await scratch(), 'x.img');
    await writeFile(image, new Uint8Array(3 * 2 ** 20 + 7));
    const attached = await lvstudio(['lab', 'attach', directory, image]);
    expect(attached.out).toBe(`/dev/sdc is ${image} (read-only)\n`);
    const shown = await lvstudio(['lab', 'show', directory]);
    expect(shown.out).toBe(
      [
        `lab: ${directory}`,
        '  Disk      Number  Size   Mode       Image',
        '  /dev/sda  8:0     4.00m  live       sda.img',
        '  /dev/sdb  8:16    4.00m  live       sdb.img',
        `  /dev/sdc  8:32    3.00m  read-only  ${image}`,
        '',
      ].join('\n'),
    );
    expect(shown.err).toContain('the last 7 bytes make no sector');
    await lvstudio(['lab', 'detach', directory, '/dev/sda']);
    const json = await lvstudio(['lab', 'show', directory, '--json']);
    expect(JSON.parse(json.out)).toEqual({
      name: 'lab',
      directory,
      disks: [
        { path: '/dev/sdb', devno: '8:16', mode: 'live', image: 'sdb.img', size: 4 * 2 ** 20 },
        { path: '/dev/sdc', devno: '8:32', mode: 'read-only', image, size: 3 * 2 ** 20 },
      ],
    });
  });

  test('asks the engine that has the lab, with files named for any folder', async () => {
    const directory = await lab();
    const engine = new FakeEngine();
    const holder = await openLab(directory, {
      defect: (error) => {
        throw error;
      },
      createEngine: () =>
        Promise.resolve({
          api: engine,
          letGo: () => Promise.resolve(),
          close: () => Promise.resolve(),
        }),
    });
    onTestFinished(async () => {
      if (holder.ok) await holder.value.close();
    });
    await lvstudio(['lab', 'attach', directory, 'x.img', '--mode', 'live']);
    await lvstudio(['lab', 'detach', directory, 'sda']);
    await lvstudio(['--lab', directory, 'lab', 'mode', '/dev/sdb', 'sandbox', '--force']);
    const words = engine.calls.filter(([call]) => call === 'command').map(([, argv]) => argv);
    expect(words).toEqual([
      ['lab', 'attach', '--mode', 'live', '--', resolve('x.img')],
      ['lab', 'detach', '--', 'sda'],
      ['lab', 'mode', '--force', '--', '/dev/sdb', 'sandbox'],
    ]);
  });
});

describe('a command of LVM', () => {
  test('gets its words untouched, and its lines and status are passed on', async () => {
    const directory = await lab();
    const engine = new FakeEngine();
    engine.answers.set('lvs -o +tags --lab x', () => ({
      status: 5,
      output: [
        { stream: 'stdout', text: '  LV   VG' },
        { stream: 'stderr', text: '  Failed to find it.' },
      ],
    }));
    const argv = ['lvs', '-o', '+tags', '--lab', 'x'];
    const run = await lvstudio(['--lab', directory, ...argv], { engine });
    expect([run.status, run.out, run.err]).toEqual([5, '  LV   VG\n', '  Failed to find it.\n']);
    expect((await readdir(directory)).sort()).toEqual(['lab.json', 'sda.img', 'sdb.img']);
  });

  test('gets the standard input where it reads it', async () => {
    const engine = new FakeEngine();
    engine.answers.set('dmsetup create a', (options) =>
      options?.input === undefined
        ? { status: 1, output: [], wantsInput: true }
        : { status: 0, output: [{ stream: 'stdout', text: options.input }] },
    );
    const argv = ['--lab', await lab(), 'dmsetup', 'create', 'a'];
    const run = await lvstudio(argv, { engine, stdin: '0 10 zero' });
    expect([run.status, run.out]).toEqual([0, '0 10 zero\n']);
  });

  test('ends with Ctrl-C where it waits for something to happen', async () => {
    const interrupt = new AbortController();
    const engine = new FakeEngine();
    const argv = ['--lab', await lab(), 'dmsetup', 'wait', 'a'];
    engine.gate = new Promise((resolve) => setTimeout(resolve, 200));
    setTimeout(() => {
      interrupt.abort();
    }, 50);
    expect((await lvstudio(argv, { engine, interrupt: interrupt.signal })).status).toBe(130);
  });

  test('finds its lab in LVSTUDIO_LAB, and --lab is stronger', async () => {
    const directory = await lab();
    const variables = { LVSTUDIO_LAB: directory };
    expect((await lvstudio(['vgs'], { variables })).out).toBe('  vgs\n');
    const other = await lvstudio(['--lab', '/no/such/lab', 'vgs'], { variables });
    expect(other.status).toBe(5);
    expect(other.err).toBe('lvstudio: /no/such/lab: the folder: no such file or directory\n');
  });

  const question: CommandResult = {
    status: 5,
    output: [{ stream: 'stderr', text: '  WARNING: mind the gap.' }],
    questions: [
      {
        question: { code: 'remove-active-lv', vg: 'vg', lv: 'home' },
        text: 'Do you really want to remove active logical volume vg/home? [y/n]: ',
        object: 0,
      },
    ],
  };

  async function asked(stdin: string): Promise<{ out: string; err: string; options: unknown }> {
    const engine = new FakeEngine();
    engine.answers.set('lvremove vg/home', (options) => {
      if (options?.ask === true) return question;
      const { output } = question;
      // Whoever cannot ask prints the question with its own answer.
      const declined: OutputLine[] = [
        { stream: 'stderr', text: `${prompt}[n]` },
        { stream: 'stdout', text: '  not removed.' },
      ];
      const done: OutputLine[] = [{ stream: 'stdout', text: '  removed.' }];
      return {
        status: 0,
        output: [...output, ...(options?.agreed?.includes(prompt) ? done : declined)],
      };
    });
    const directory = await lab();
    const argv = ['--lab', directory, 'lvremove', 'vg/home'];
    const run = await lvstudio(argv, { engine, stdin });
    return { ...run, options: engine.calls.at(-1)?.[2] };
  }
  const prompt = question.questions![0]!.text;

  test('asks its question and takes yes for an answer', async () => {
    const run = await asked('y\n');
    expect(run.out).toBe('  removed.\n');
    expect(run.err).toBe(`  WARNING: mind the gap.\n${prompt}`);
    expect(run.options).toEqual({ agreed: [prompt] });
  });

  test('asks again where the answer is neither', async () => {
    const run = await asked('perhaps\nno\n');
    expect(run.out).toBe('  not removed.\n');
    const invalid = "  WARNING: Invalid input 'perhaps'.\n";
    expect(run.err).toBe(`  WARNING: mind the gap.\n${prompt}${invalid}${prompt}`);
    expect(run.options).toEqual({ ask: false });
  });

  test('takes Ctrl-C for a no', async () => {
    const interrupt = new AbortController();
    const engine = new FakeEngine();
    engine.answers.set('lvremove vg/home', (options) => {
      if (options?.ask === true) setTimeout(() => interrupt.abort(), 20);
      return options?.ask === true ? question : { status: 5, output: [] };
    });
    const stdin = new PassThrough();
    const argv = ['--lab', await lab(), 'lvremove', 'vg/home'];
    const run = await lvstudio(argv, { engine, stdin, interrupt: interrupt.signal });
    expect([run.status, engine.calls.at(-1)?.[2]]).toEqual([5, { ask: false }]);
  });

  test('takes the end of the input for a no', async () => {
    const run = await asked('');
    expect(run.out).toBe('  not removed.\n');
    expect(run.err).toBe(`  WARNING: mind the gap.\n${prompt}[n]\n`);
  });
});

describe('lvstudio run', () => {
  test('runs lines up to the first that fails, and names it', async () => {
    const directory = await lab();
    const engine = new FakeEngine();
    engine.answers.set('vgck vg', () => ({ status: 5, output: [] }));
    const file = join(directory, 'script');
    const text = `# a comment\n\nlvs -o "a b"\nlvstudio pvs # all\nvgck vg\nvgs\n`;
    await writeFile(file, text);
    const run = await lvstudio(['--lab', directory, 'run', file], { engine });
    expect(engine.calls.map(([, argv]) => argv)).toEqual([
      ['lvs', '-o', 'a b'],
      ['pvs'],
      ['vgck', 'vg'],
    ]);
    expect(run.status).toBe(5);
    expect(run.err).toBe(`lvstudio: ${file}:5: stopped, status 5: vgck vg\n`);
  });

  test('reads the standard input, and stops at a line it cannot split', async () => {
    const directory = await lab();
    const stdin = "lvs\nvgs 'x\n";
    const run = await lvstudio(['--lab', directory, 'run', '-'], { stdin });
    expect(run.out).toBe('  lvs\n');
    expect(run.status).toBe(3);
    expect(run.err).toMatch(/^lvstudio: -:2: /);
  });

  test('stops between two lines when it is interrupted', async () => {
    const directory = await lab();
    const interrupt = new AbortController();
    const engine = new FakeEngine();
    engine.answers.set('lvs', () => {
      interrupt.abort();
      return { status: 0, output: [] };
    });
    const options = { engine, stdin: 'lvs\nvgs\n', interrupt: interrupt.signal };
    expect((await lvstudio(['--lab', directory, 'run', '-'], options)).status).toBe(130);
    expect(engine.calls).toHaveLength(1);
  });

  test('a file that is not there is a plain refusal', async () => {
    const directory = await lab();
    const run = await lvstudio(['--lab', directory, 'run', '/no/such']);
    expect([run.status, run.err]).toEqual([
      5,
      'lvstudio: /no/such: it cannot be read: no such file or directory\n',
    ]);
  });
});

describe('lvstudio read and write', () => {
  const bytes = (length: number): Buffer =>
    Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 13 + (index >> 8)) & 0xff));

  test('write puts the input where it should be, in pieces of 1 MiB', async () => {
    const directory = await lab();
    const engine = new FakeEngine();
    const stdin = bytes(2 * 2 ** 20 + 77);
    const run = await lvstudio(['--lab', directory, 'write', VOLUME, '--offset', '1k'], {
      engine,
      stdin,
    });
    expect(run.status).toBe(0);
    expect(engine.calls.map(([, , offset, length]) => [offset, length])).toEqual([
      [1024, 2 ** 20],
      [1024 + 2 ** 20, 2 ** 20],
      [1024 + 2 ** 21, 77],
    ]);
    expect(Buffer.from(engine.data.subarray(1024, 1024 + stdin.length)).equals(stdin)).toBe(true);
  });

  test('write takes no more than its length', async () => {
    const directory = await lab();
    const engine = new FakeEngine();
    const stdin = bytes(200_000);
    await lvstudio(['--lab', directory, 'write', VOLUME, '--length', '70000'], { engine, stdin });
    expect(Buffer.from(engine.data.subarray(0, 70_000)).equals(stdin.subarray(0, 70_000))).toBe(
      true,
    );
    expect(engine.data.subarray(70_000).every((byte) => byte === 0)).toBe(true);
  });

  test('write beyond the end says what was asked for in all', async () => {
    const directory = await lab();
    const run = await lvstudio(['--lab', directory, 'write', `/dev/${VOLUME}`, '--offset', '7m'], {
      stdin: bytes(2 * 2 ** 20),
    });
    expect([run.status, run.err]).toEqual([
      5,
      '  vg/home: 2097152 bytes from byte 7340032 on reach outside its 8388608 bytes.\n' +
        'lvstudio: 1048576 bytes were written before\n',
    ]);
  });

  test.each([
    [['--offset', '1g'], 0, 'byte 1073741824 lies outside its 8388608 bytes.\n'],
    [['--offset', '8388609'], 0, 'byte 8388609 lies outside its 8388608 bytes.\n'],
    [
      ['--offset', '1g', '--length', '2m'],
      0,
      '2097152 bytes from byte 1073741824 on reach outside its 8388608 bytes.\n',
    ],
    [
      ['--offset', '8388600', '--length', '9'],
      8,
      '9 bytes from byte 8388600 on reach outside its 8388608 bytes.\n' +
        'lvstudio: 8 bytes were read before\n',
    ],
  ])('read %j gives what there is and says what there is not', async (options, length, words) => {
    const run = await lvstudio(['--lab', await lab(), 'read', VOLUME, ...options]);
    expect([run.status, run.stdout.length]).toEqual([5, length]);
    expect(run.err).toBe(`  vg/home: ${words}`);
  });

  test('read gives a part, and all up to the end', async () => {
    const directory = await lab();
    const engine = new FakeEngine();
    engine.data.set(bytes(engine.data.length));
    const part = await lvstudio(
      ['--lab', directory, 'read', VOLUME, '--offset', '1000', '--length', '1500000'],
      { engine },
    );
    expect(part.stdout.equals(Buffer.from(engine.data.subarray(1000, 1_501_000)))).toBe(true);
    const all = await lvstudio(['--lab', directory, 'read', VOLUME], { engine });
    expect(all.stdout.equals(Buffer.from(engine.data))).toBe(true);
    for (const at of [['8m'], ['1g', '--length', '0']]) {
      const none = await lvstudio(['--lab', directory, 'read', VOLUME, '--offset', ...at]);
      expect([none.status, none.err, none.stdout.length]).toEqual([0, '', 0]);
    }
  });

  test('an unknown volume is refused in the words of the engine', async () => {
    const directory = await lab();
    const run = await lvstudio(['--lab', directory, 'read', 'vg/none']);
    expect([run.status, run.err]).toEqual([5, '  Failed to find vg/none.\n']);
  });
});
