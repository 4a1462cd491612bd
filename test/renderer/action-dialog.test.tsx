import { act } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import type { Preview, Refusal } from '../../core/contract/api.ts';
import type { Result } from '../../core/contract/units.ts';
import { ActionDialog } from '../../renderer/actions/ActionDialog.tsx';
import { useStudio, type Subject } from '../../renderer/state/store.ts';
import { FakeBridge } from './support/bridge.ts';
import { lab } from './support/lab.ts';
import { clear, field, one, settle, show, submit, type } from './support/screen.tsx';

const preview = (
  commandLine: string,
  questions: readonly string[] = [],
): Result<Preview, never> => ({
  ok: true,
  value: {
    commandLine,
    plans: [
      {
        title: commandLine,
        steps: [{ what: 'commit seqno 8', why: 'One sector per disk changes.' }],
        commitAt: 0,
        questions: [],
        done: [],
      },
    ],
    questions,
    warnings: [],
  },
});

const refused: Result<never, Refusal> = {
  ok: false,
  error: {
    error: { code: 'size-zero', command: 'lvcreate' },
    messages: ['Volume group "vg" has insufficient free space.'],
  },
};
const done = {
  status: 0,
  output: [{ stream: 'stdout', text: '  Logical volume "x" created.' }],
};
const failed = {
  status: 5,
  output: [{ stream: 'stderr', text: '  Volume group "vg" has insufficient free space.' }],
};
const home: Subject = { kind: 'lv', id: 'vg/home' };

async function open(action: string, bridge: FakeBridge, selected?: Subject): Promise<void> {
  await show(<ActionDialog />, bridge);
  act(() => {
    useStudio.setState({ action, selected });
  });
  await settle();
}

const plan = (): string => document.querySelector('.plan')?.textContent ?? '';
const button = (name: string): HTMLButtonElement => one('button', name) as HTMLButtonElement;

afterEach(clear);

describe('what will happen is shown before it happens', () => {
  test('the form is sent as a command line; that and its steps are printed', async () => {
    const bridge = new FakeBridge(lab, {
      preview: () => preview('lvcreate -n data -L 20m vg'),
      command: () => done,
    });
    await open('create-volume', bridge);
    await type(field('Name'), 'data');
    await type(field('Size'), '20m');
    expect(bridge.calls('preview').at(-1)).toEqual([['lvcreate', '-n', 'data', '-L', '20m', 'vg']]);
    expect(plan()).toContain('lvcreate -n data -L 20m vg');
    expect(plan()).toContain('commit seqno 8 One sector per disk changes.');
    await submit();
    expect(bridge.calls('command')).toEqual([
      [bridge.calls('preview').at(-1)?.[0], { yes: false }],
    ]);
    expect(useStudio.getState()).toMatchObject({
      action: undefined,
      announcement: 'Logical volume "x" created.',
    });
  });

  test('only a question that was on the screen is answered with yes', async () => {
    const question = 'Do you really want to remove active logical volume vg/home? [y/n]: ';
    const bridge = new FakeBridge(lab, {
      preview: () => preview('lvremove vg/home', [question]),
      command: () => done,
    });
    await open('remove-volume', bridge, home);
    expect(plan()).toContain('Do you really want to remove active logical volume vg/home?');
    await submit();
    expect(bridge.calls('command')).toEqual([[['lvremove', 'vg/home'], { yes: true }]]);
  });
});

describe('what cannot be done', () => {
  test('is said in the words of LVM, and the button is off', async () => {
    const bridge = new FakeBridge(lab, { preview: () => refused });
    await open('extend-volume', bridge, home);
    expect(one('alert').textContent).toBe('Volume group "vg" has insufficient free space.');
    expect(button('Extend').disabled).toBe(true);
    await submit();
    expect(bridge.calls('command')).toEqual([]);
  });

  test('is not offered while the answer is about an earlier line', async () => {
    let answer: (() => void) | undefined;
    const bridge = new FakeBridge(lab, {
      preview: (words) =>
        words.at(-1) === 'late'
          ? new Promise((resolve) => {
              answer = () => resolve(preview('lvrename vg home late'));
            })
          : preview('lvrename vg home first'),
    });
    await open('rename-volume', bridge, home);
    expect(button('Rename').disabled).toBe(false);
    await type(field('New name'), 'late');
    expect(button('Rename').disabled).toBe(true);
    expect(plan()).toContain('lvrename vg home first');
    answer?.();
    await settle();
    expect(plan()).toContain('lvrename vg home late');
    expect(button('Rename').disabled).toBe(false);
  });

  test('and why it failed on the way stays on the screen', async () => {
    const bridge = new FakeBridge(lab, {
      preview: () => preview('lvremove vg/home'),
      command: () => failed,
    });
    await open('remove-volume', bridge, home);
    await submit();
    expect(one('alert').textContent).toContain('insufficient free space');
    expect(useStudio.getState().action).toBe('remove-volume');
  });
});
