/** What every target promises, checked on all that are registered. */
import { beforeAll, describe, expect, test } from 'vitest';
import { must } from '../../core/base/assert.ts';
import { err, ok } from '../../core/base/result.ts';
import { SECTOR, sectors } from '../../core/base/units.ts';
import { ioSectors } from '../../core/block/device.ts';
import type { Micros } from '../../core/env/scheduler.ts';
import type { DevNo } from '../../core/contract/units.ts';
import { placeOf } from '../../core/dm/layout.ts';
import { ALL_TARGETS } from '../../core/dm/targets/index.ts';
import { Kcopyd, Throttle } from '../../core/dm/kcopyd.ts';
import { Origins } from '../../core/dm/snapshot/origins.ts';
import type { Target, TargetHost, TargetRange, TargetType } from '../../core/dm/target.ts';

const LENGTH = sectors(240);

/** Argument lists that each target accepts for 240 sectors. A target without any fails here. */
const SAMPLES: Record<string, readonly string[]> = {
  linear: ['8:0 0', '8:16 384', '253:4 9007199254740000'],
  striped: [
    '2 8 8:0 384 8:16 0',
    '3 5 8:0 1 8:16 2 8:0 900',
    '1 240 8:0 7',
    '5 1 8:0 0 8:16 0 8:32 0 8:48 0 8:64 0',
  ],
  delay: ['8:0 0 0', '8:0 16 5', '8:0 0 1 8:16 8 2', '8:0 0 1 8:16 8 2 8:0 4 3'],
  flakey: ['8:0 0 5 3', '8:0 200 5 3 1 drop_writes', '8:0 9 1 0 2 error_writes error_reads'],
  error: [''],
  zero: [''],
  mirror: [
    'core 1 16 2 8:0 0 8:16 384',
    'core 2 128 nosync 3 8:0 8 8:16 0 8:32 5 1 handle_errors',
    'core 3 2 sync block_on_error 2 8:0 0 8:16 0',
    'disk 2 8:32 64 2 8:0 0 8:16 0 2 handle_errors keep_log',
    'disk 3 8:32 8 nosync 2 8:0 0 8:16 0 2 handle_errors drop_failed_legs',
  ],
  'snapshot-origin': ['253:4'],
  snapshot: [
    '253:4 253:5 P 8',
    '253:4 253:5 PO 64',
    '253:4 253:5 N 16',
    '253:4 253:5 P 8 2 discard_zeroes_cow discard_passdown_origin',
  ],
  'snapshot-merge': ['253:4 253:5 P 8', '253:4 253:5 PO 16 1 discard_zeroes_cow'],
};

/** Samples that send writes elsewhere, as they should. */
const READS_APART = new Set(['8:0 0 1 8:16 8 2', '8:0 0 1 8:16 8 2 8:0 4 3']);
/** How many arguments a target takes beside those of its samples. */
const OTHER_LENGTHS: Record<string, readonly number[]> = {
  delay: [3, 6, 9],
  flakey: [4],
  snapshot: [4],
  'snapshot-merge': [4],
};
/** The features of a mirror may be left out as a whole. */
const isWhole = (name: string, args: readonly string[], list: readonly string[]): boolean =>
  name === 'mirror' && /handle_errors/.test(args[list.length + 1] ?? '');

/** Targets that need to see no request. */
const ONLY_PLACE = new Set(['linear', 'striped']);

/** Arguments of which the kernel keeps the lower 32 bits, however large they are. */
const IN_32_BITS: Record<string, (at: number) => boolean> = {
  delay: (at) => at % 3 === 2,
  flakey: (at) => at >= 2,
};
/** Behind nothing, or behind as many features as were announced, anything may stand. */
const looksNoFurther = (name: string, args: readonly string[]): boolean =>
  name === 'error' || (/^(flakey|snapshot(-merge)?)$/.test(name) && args.length > 4);

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');
/** What targets sent to devices by themselves. */
const sent: TargetRange[] = [];

const host = (known: (device: string) => boolean = () => true): TargetHost => ({
  length: LENGTH,
  scheduler: { now: 0 as Micros, after: () => undefined },
  open: (device) =>
    known(device) ? ok(device as DevNo) : err({ errno: 'ENODEV', reason: 'not there' }),
  device: (device) => ({
    name: device,
    size: sectors(4096),
    submit: (io) => {
      if (io.op !== 'flush') sent.push({ device, start: io.start, count: ioSectors(io) });
      return Promise.resolve(ok());
    },
  }),
  kcopyd: new Kcopyd(),
  throttle: new Throttle(),
  event: () => undefined,
  regionsChanged: () => undefined,
  snapshotChanged: () => undefined,
  settled: () => undefined,
  origins: new Origins(),
});

function build(type: TargetType, args: readonly string[]): Target {
  const built = type.construct(args, host());
  if (!built.ok) throw new Error(built.error.reason);
  return built.value;
}

const cases = ALL_TARGETS.map((type) => [type.name, type] as const);

test.each(cases)('%s has samples to be checked with', (name) => {
  expect(SAMPLES[name] ?? []).not.toEqual([]);
});

describe.each(cases)('%s', (name, type) => {
  describe.each(SAMPLES[name] ?? [])('%s', (text) => {
    const args = words(text);
    const target = build(type, args);
    beforeAll(async () => {
      expect(await target.prepare?.()).toBeUndefined();
    });

    test('its table line rebuilds the same target', async () => {
      const again = build(type, words(target.table()));
      await again.prepare?.();
      expect(again.table()).toBe(target.table());
      expect(again.ranges()).toEqual(target.ranges());
      expect(again.status()).toBe(target.status());
    });

    test('every sector is mapped into a declared range, no two to the same place', () => {
      sent.length = 0;
      const ends = new Set<string>();
      for (let offset = 0; offset < LENGTH; offset++) {
        const data = new Uint8Array(SECTOR);
        const mapped = target.map({ op: 'read', offset: sectors(offset), data });
        const went = mapped.kind === 'remap' ? mapped : sent.splice(0)[0];
        if (!went) continue;
        const place = `${went.device} ${went.start}`;
        expect(ends.has(place), place).toBe(false);
        ends.add(place);
        expect(isDeclared(target, went), `${offset} -> ${place}`).toBe(true);
      }
      expect([0, LENGTH]).toContain(ends.size);
      expect(ends.size > 0).toBe(target.ranges().length > 0);
    });

    test('up to its border, what follows a sector follows it below as well', () => {
      for (let offset = 0; offset < LENGTH; offset++) {
        const border = target.border?.(sectors(offset)) ?? LENGTH - offset;
        expect(Number.isInteger(border) && border >= 1 && offset + border <= LENGTH).toBe(true);
        const first = mapOne(target, offset);
        const last = mapOne(target, offset + border - 1);
        if (first.kind !== 'remap' || last.kind !== 'remap') continue;
        expect(last).toEqual({ ...first, start: first.start + border - 1 });
      }
    });

    test('a layout says what map and border say', () => {
      const { layout } = target;
      expect(layout !== undefined).toBe(ONLY_PLACE.has(name));
      if (!layout) return;
      for (let offset = 0; offset < LENGTH; offset++) {
        const place = placeOf(layout, sectors(offset));
        const { device, start } = must(layout.legs[place.leg], 'a leg');
        expect(mapOne(target, offset)).toMatchObject({ device, start: start + place.offset });
        expect(target.border?.(sectors(offset)) ?? LENGTH - offset).toBe(place.left);
      }
    });

    test('reads and writes go to the same place, or to two that are declared', () => {
      const data = new Uint8Array(SECTOR);
      for (const offset of [0, 1, 100, 239]) {
        const write = target.map({ op: 'write', offset: sectors(offset), data });
        for (const place of sent.splice(0)) expect(isDeclared(target, place)).toBe(true);
        if (READS_APART.has(text)) expect(write).not.toEqual(mapOne(target, offset));
        else expect(write).toEqual(mapOne(target, offset));
      }
    });

    test('one argument more or fewer is refused, with a reason', () => {
      const wrong = [
        [...args, '1'],
        [...args, '8:0', '0'],
        ...args.map((_, at) => args.slice(0, at)),
      ].filter(
        (list) =>
          !(OTHER_LENGTHS[name] ?? []).includes(list.length) &&
          !isWhole(name, args, list) &&
          !(list.length > args.length && looksNoFurther(name, args)),
      );
      for (const list of wrong) {
        const built = type.construct(list, host());
        expect(built).toMatchObject({ ok: false, error: { errno: 'EINVAL' } });
        expect(built.ok ? '' : built.error.reason, list.join(' ')).toMatch(/^[A-Za-z]/);
      }
    });

    test('a number that is none is refused', () => {
      for (const [at, word] of args.entries()) {
        if (!/^\d+$/.test(word)) continue;
        const huge = IN_32_BITS[name]?.(at) === true ? [] : ['9007199254740993'];
        for (const bad of ['x', '-1', '+1', '1.5', '0x8', `${word}s`, ...huge]) {
          const built = type.construct(args.with(at, bad), host());
          expect(built.ok, args.with(at, bad).join(' ')).toBe(false);
        }
      }
    });

    test('a device that is not there is refused with the error of the lookup', () => {
      const devices = args.filter((word) => word.includes(':'));
      for (const missing of devices) {
        const built = type.construct(
          args,
          host((device) => device !== missing),
        );
        expect(built).toMatchObject({ ok: false, error: { errno: 'ENODEV' } });
      }
    });
  });
});

function isDeclared(target: Target, at: Pick<TargetRange, 'device' | 'start'>): boolean {
  return target
    .ranges()
    .some(
      ({ device, start, count }) =>
        device === at.device && start <= at.start && at.start < start + count,
    );
}

function mapOne(target: Target, offset: number) {
  return must(
    target.map({ op: 'read', offset: sectors(offset), data: new Uint8Array(SECTOR) }),
    'a mapping',
  );
}
