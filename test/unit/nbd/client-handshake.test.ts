/** What a client makes of the greeting of a server. */
import { expect, test } from 'vitest';
import { EXPORT_FLAG, OPTION_MAGIC, OPTION_REPLY, NBD_MAGIC } from '../../../core/nbd/protocol.ts';
import { bytePipe } from '../../support/byte-pipe.ts';
import { packed, type Bytes, type ServerHow } from '../../support/nbd-server.ts';
import { NbdWorld } from '../../support/nbd-world.ts';
import { simulated } from '../../support/sim.ts';
import { read, write } from '../../support/sectors.ts';

const MIB = 1n << 20n;

function opened(how: Partial<ServerHow>) {
  return simulated(1, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: MIB, ...how });
    const disk = world.disk();
    const facts = await disk.open();
    const wrote = facts.ok && (await write(disk, 3, 77)).ok;
    const stamps = facts.ok ? await read(disk, 2, 3) : undefined;
    world.listening = false;
    await disk.close();
    return { facts, stamps, wrote, asked: world.server?.asked ?? [] };
  });
}

test.each<[string, Partial<ServerHow>, object]>([
  ['everything', {}, { size: 2048, structured: true, allocation: 7, block: 1 }],
  ['no replies in chunks', { structured: false }, { size: 2048, structured: false }],
  ['no metadata contexts', { allocation: false }, { size: 2048, structured: true }],
  ['only the oldest option', { go: false, structured: false }, { size: 2048 }],
  ['zeroes after it', { go: false, structured: false, noZeroes: false }, { size: 2048 }],
  ['a size in halves of sectors', { size: MIB + 700n }, { size: 2049, surplus: 188 }],
  ['large blocks', { blocks: [4096, 4096, 65536] }, { size: 2048, block: 8, most: 128 }],
  ['a size beside its blocks', { size: MIB + 512n, blocks: [1024, 4096, 65536] }, { surplus: 512 }],
])('a server with %s is understood', async (_name, how, facts) => {
  const result = await opened(how);
  expect(result.facts).toMatchObject({ ok: true, value: facts });
  expect(result.stamps).toEqual([0, 77, 0]);
});

test('a server that can only be read is not written to', async () => {
  const result = await opened({ flags: EXPORT_FLAG.hasFlags | EXPORT_FLAG.readOnly });
  expect(result).toMatchObject({ facts: { ok: true }, wrote: false, stamps: [0, 0, 0] });
  expect(result.asked.join()).not.toContain('write');
});

test.each<[string, Partial<ServerHow>, RegExp]>([
  ['TLS only', { refusal: OPTION_REPLY.tlsRequired }, /TLS.*it says: so says the server/],
  ['no such export', { refusal: OPTION_REPLY.unknown }, /is not exported/],
  ['a policy', { refusal: OPTION_REPLY.policy }, /policy/],
  ['no flags', { flags: 0 }, /without flags/],
  ['odd blocks', { blocks: [1000, 4096, 65536] }, /block sizes 1000/],
  ['blocks above its limit', { blocks: [4096, 4096, 512] }, /block sizes/],
  ['no bytes at once', { blocks: [1, 256, 256] }, /no more than 256/],
  ['8 EiB', { size: 1n << 63n }, /4 EiB/],
])('a server with %s is refused', async (_name, how, why) => {
  const { facts } = await opened(how);
  expect(facts).toMatchObject({ ok: false });
  if (!facts.ok) expect(facts.error.why).toMatch(why);
});

/** What the client says of a server that says these bytes and nothing else. */
function heard(...said: Bytes) {
  return simulated(1, async ({ scheduler }) => {
    const world = new NbdWorld({ scheduler }, { size: MIB });
    const disk = world.disk({
      dial: (give) => {
        const [ours, theirs] = bytePipe({ scheduler });
        theirs.write([packed(said)]);
        give({ ok: true, value: ours });
        return () => undefined;
      },
    });
    const facts = await disk.open();
    await disk.close();
    return facts.ok ? 'opened' : `${facts.error.kind} ${facts.error.why}`;
  });
}

const GREETING: Bytes = [NBD_MAGIC, OPTION_MAGIC, [2, 3]];
const REPLY_MAGIC = 0x3e889045565a9n;

test.each<[string, Bytes, RegExp]>([
  ['another protocol', ['HTTP/1.1 400 Bad Request'], /is no NBD server/],
  ['an old style', [NBD_MAGIC, 0x00420281861253n, [2, 0], 0n, 0n], /old style/],
  ['unfixed newstyle', [NBD_MAGIC, OPTION_MAGIC, [2, 0]], /old style/],
  ['a bad reply', [...GREETING, 1n, 8, 1, 0], /without its magic/],
  ['a reply to what was not asked', [...GREETING, REPLY_MAGIC, 9, 1, 0], /another option/],
  ['4 GiB of a reply', [...GREETING, REPLY_MAGIC, 8, 1, 0xffffffff], /4294967295 bytes/],
  ['nonsense', [...GREETING, REPLY_MAGIC, 8, 77, 0], /answer 77/],
  ['nothing', [], /does not answer/],
])('%s is refused with its reason', async (_name, said, why) => {
  expect(await heard(...said)).toMatch(why);
});

test('answers without end to one option come to an end', async () => {
  const info: Bytes = [REPLY_MAGIC, 7, 3, 3, [2, 9], new Uint8Array(1)];
  const said: Bytes = [...GREETING, REPLY_MAGIC, 8, 0x80000001, 0];
  expect(await heard(...said, ...Array.from({ length: 100 }, () => info).flat())).toMatch(
    /without end/,
  );
});
