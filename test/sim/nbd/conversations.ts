/** What hostile clients do. Each of them ends by itself, in whatever way. */
import { concatBytes } from '../../../core/base/bytes.ts';
import type { Prng } from '../../../core/env/prng.ts';
import type { Scheduler } from '../../../core/env/scheduler.ts';
import { sleep } from '../../../core/env/scheduler.ts';
import type { TestClient } from '../../support/nbd/client.ts';
import {
  ascii,
  contextData,
  goData,
  optionBytes,
  requestBytes,
  u16,
  u32,
  u64,
} from '../../support/nbd/client.ts';
import type { Wire } from '../../support/nbd/wire.ts';
import { checkAnswer, randomRequest } from './requests.ts';

export interface Enemy {
  readonly random: Prng;
  readonly scheduler: Scheduler;
  readonly wire: Wire;
  /** Bytes of the export, and of the largest request it takes. */
  readonly size: number;
  readonly largest: number;
}

type Conversation = (enemy: Enemy, client: TestClient) => Promise<void>;

const bytes = (random: Prng, most: number): Uint8Array => random.bytes(random.below(most + 1));
const wait = ({ scheduler, random }: Enemy, micros: number): Promise<void> =>
  sleep(scheduler, random.below(micros), 'enemy');

/** Chooses the export in the least words, and listens to nothing. */
function enter({ wire, random }: Enemy): void {
  const structured = random.chance(60);
  wire.send(
    concatBytes([
      u32(3),
      ...(structured ? [optionBytes(8, new Uint8Array(0))] : []),
      ...(structured ? [optionBytes(10, contextData('vol', ['base:allocation']))] : []),
      random.chance(80) ? optionBytes(7, goData('vol')) : optionBytes(1, ascii('vol')),
    ]),
  );
}

/** The bytes of a session that is all right, request after request. */
function properSession({ random, size }: Enemy): Uint8Array {
  const parts = [u32(3), optionBytes(8, new Uint8Array(0)), optionBytes(7, goData('vol', [3]))];
  for (let cookie = 1; cookie < 6; cookie++) {
    const length = 512 * (1 + random.below(8));
    const offset = BigInt(512 * random.below(size / 512));
    const isWrite = random.chance(50);
    const payload = new Uint8Array(isWrite ? length : 0);
    parts.push(requestBytes(isWrite ? 1 : 0, cookie, { offset, length }, payload));
  }
  return concatBytes(parts);
}

export const CONVERSATIONS: Readonly<Record<string, Conversation>> = {
  async silence(enemy) {
    await wait(enemy, 400_000);
  },

  async randomBytes(enemy) {
    const { wire, random } = enemy;
    if (random.chance(50)) wire.send(u32(random.below(5)));
    for (let count = random.below(6); count > 0; count--) {
      wire.send(bytes(random, 200));
      await wait(enemy, 500);
    }
  },

  async wrongFlags({ wire, random }, client) {
    await client.read(18);
    wire.send(u32(random.pick([4, 0x80000000, 0xffffffff])));
    await expectEnd(client, 'flags that there are not');
  },

  async wrongOptionMagic({ wire, random }, client) {
    await client.read(18);
    wire.send(concatBytes([u32(3), u64(BigInt(random.below(2 ** 32))), bytes(random, 40)]));
    wire.send(new Uint8Array(16));
    await expectEnd(client, 'a wrong magic of an option');
  },

  /** Any option with any data, at most announced as longer than it is. */
  async options(enemy) {
    const { wire, random } = enemy;
    wire.send(u32(random.chance(90) ? 3 : 0));
    for (let count = random.below(20); count > 0; count--) {
      const option = random.chance(80) ? 1 + random.below(11) : random.below(2 ** 32);
      const data = random.chance(50) ? bytes(random, 60) : goData('x'.repeat(random.below(9)));
      const length = random.chance(80) ? data.length : random.pick([0, 20000, 2 ** 32 - 1]);
      wire.send(concatBytes([u64(0x49484156454f5054n), u32(option), u32(length), data]));
      if (random.chance(20)) await wait(enemy, 200);
    }
  },

  async optionFlood(enemy) {
    const { wire, random } = enemy;
    wire.send(u32(3));
    if (random.chance(50)) wire.taking = false;
    for (let count = 0; count < 70; count++) wire.send(optionBytes(3, new Uint8Array(0)));
    await wait(enemy, 20_000);
    if (wire.unsent > 4096) throw new Error(`${wire.unsent} bytes of answers pile up`);
  },

  async malformedOptions({ wire, random }, client) {
    await client.greet();
    for (let count = 1 + random.below(6); count > 0; count--) {
      const [option, data] = random.pick<[number, Uint8Array]>([
        [7, concatBytes([u32(random.below(2 ** 32)), ascii('abc')])],
        [6, concatBytes([u32(3), ascii('abc'), u16(9)])],
        [9, concatBytes([u32(0), u32(2 ** 31)])],
        [10, concatBytes([u32(0), u32(1), u32(1000), ascii('base:')])],
        [8, ascii('surplus')],
        [3, ascii('surplus')],
      ]);
      const [answer] = await client.option(option, data);
      if (answer?.type !== 2 ** 31 + 3) throw new Error(`option ${option}: ${answer?.type}`);
    }
    wire.close();
  },

  /** Every request that is refused is refused as the protocol says; the others are done. */
  async wrongRequests(enemy, client) {
    const { random } = enemy;
    const structured = random.chance(60);
    await client.go('vol', structured);
    const asked: Promise<void>[] = [];
    for (let count = 1 + random.below(10); count > 0; count--) {
      const request = randomRequest(enemy);
      asked.push(
        client
          .request(request.type, request, request.payload)
          .then((answer) => checkAnswer(enemy, request, answer, structured)),
      );
      if (random.chance(50)) await Promise.all(asked);
    }
    await Promise.all(asked);
  },

  async wrongRequestMagic(enemy, client) {
    const { wire, random } = enemy;
    await client.go('vol');
    wire.send(concatBytes([u32(random.below(0x25609513)), bytes(random, 100), new Uint8Array(28)]));
    await expectEnd(client, 'a wrong magic of a request');
  },

  async bytesForRequests(enemy) {
    const { wire, random } = enemy;
    enter(enemy);
    for (let count = 1 + random.below(5); count > 0; count--) {
      const fields = { offset: BigInt(random.below(2 ** 32)), length: random.below(2 ** 32) };
      wire.send(requestBytes(random.below(10), count, { ...fields, flags: random.below(32) }));
      wire.send(bytes(random, 300));
      await wait(enemy, 500);
    }
  },

  /** Announces much and sends little, then stays or goes. */
  async halfAWrite(enemy) {
    const { wire, random, largest } = enemy;
    enter(enemy);
    const length = 512 * (1 + random.below(largest / 512));
    const full = requestBytes(1, 1, { length }, new Uint8Array(length));
    wire.send(full.subarray(0, random.below(full.length)));
    await wait(enemy, random.chance(50) ? 500_000 : 2000);
  },

  /** Asks for as much as it can and takes nothing of it. */
  async neverReads(enemy) {
    const { wire, random, largest } = enemy;
    enter(enemy);
    await wait(enemy, 1000);
    if (random.chance(80)) wire.taking = false;
    const length = random.pick([512, 4096, largest]);
    for (let count = 1; count < 30; count++) wire.send(requestBytes(0, count, { length }));
    await wait(enemy, random.chance(50) ? 500_000 : 5000);
    if (random.chance(30)) wire.taking = true;
    await wait(enemy, 5000);
  },

  async flood(enemy) {
    const { wire, random, largest } = enemy;
    enter(enemy);
    const type = random.pick([0, 1, 3, 4, 6, 7, 9]);
    const length = type === 3 ? 0 : random.pick([0, 512, 4096, largest / 4, largest]);
    for (let count = 1; count < 30; count++) {
      const payload = type === 1 ? new Uint8Array(length) : undefined;
      wire.send(requestBytes(type, count, { length, flags: random.below(2) }, payload));
    }
    await wait(enemy, 20_000);
  },

  /** Slowly, a byte now and then, so that it seems to be alive. */
  async trickle(enemy) {
    const { wire, largest, random } = enemy;
    enter(enemy);
    wire.send(requestBytes(1, 1, { length: largest }));
    for (let count = random.below(30); count > 0; count--) {
      wire.send(new Uint8Array(1));
      await wait(enemy, 40_000);
    }
  },

  async goodbyeInBetween(enemy) {
    const { wire, random } = enemy;
    enter(enemy);
    for (let count = 1 + random.below(8); count > 0; count--) {
      wire.send(requestBytes(0, count, { length: 4096 }));
    }
    wire.send(requestBytes(2, 99, {}));
    wire.send(bytes(random, 100));
    await wait(enemy, 5000);
  },

  /** A proper session with some bits turned, or cut off. */
  async damaged(enemy) {
    const { wire, random } = enemy;
    const session = properSession(enemy);
    for (let count = random.below(4); count > 0; count--) {
      const at = random.below(session.length);
      session[at] = (session[at] ?? 0) ^ (1 << random.below(8));
    }
    wire.send(
      session.subarray(0, random.chance(60) ? session.length : random.below(session.length)),
    );
    await wait(enemy, 20_000);
  },
};

async function expectEnd(client: TestClient, what: string): Promise<void> {
  for (let count = 0; count < 700; count++) if (!(await client.read(1))) return;
  throw new Error(`${what} does not end the connection`);
}
