/** What Node does with bytes is what the loops do. */
import { expect, test } from 'vitest';
import { ByteText } from '../../../core/base/byte-text.ts';
import { byteStringToBytes, bytesToByteString, sameBytes } from '../../../core/base/bytes.ts';
import { lvmCrc } from '../../../core/base/crc.ts';
import { nativeBytes, useNativeBytes } from '../../../core/base/native.ts';
import { Prng } from '../../../core/env/prng.ts';
import '../../../core/host/native-bytes.ts';

const native = nativeBytes(1000);

/** The same work by loops. */
function byLoops<T>(work: () => T): T {
  useNativeBytes(undefined);
  try {
    return work();
  } finally {
    useNativeBytes(native);
  }
}

test('texts, bytes and sums', () => {
  expect(native).toBeDefined();
  const prng = new Prng(5);
  for (let round = 0; round < 200; round++) {
    const skipped = prng.below(9);
    const buffer = Uint8Array.from({ length: skipped + prng.below(700) }, () => prng.below(256));
    const data = buffer.subarray(skipped);
    const text = bytesToByteString(data);
    expect(text).toBe(byLoops(() => bytesToByteString(data)));
    expect(byteStringToBytes(text, data.length + 3)).toEqual(
      byLoops(() => byteStringToBytes(text, data.length + 3)),
    );
    const from = prng.below(2 ** 32);
    expect(lvmCrc(data, from)).toBe(byLoops(() => lvmCrc(data, from)));
    expect(lvmCrc(data)).toBe(byLoops(() => lvmCrc(data)));
    const other = data.slice();
    if (data.length > 0) other[prng.below(data.length)]! += prng.below(2);
    const same = data.every((byte, at) => byte === other[at]);
    for (const work of [byLoops, <T>(run: () => T) => run()]) {
      expect(work(() => sameBytes(data, other))).toBe(same);
      expect(work(() => sameBytes(data, buffer))).toBe(skipped === 0);
    }
  }
});

test('a text in pieces is written as it reads', () => {
  const prng = new Prng(6);
  for (let round = 0; round < 100; round++) {
    const parts = Array.from({ length: prng.below(90) }, (_, index) =>
      `${index}é`.repeat(prng.below(60)),
    );
    const text = ByteText.of(...parts);
    const plain = parts.join('');
    expect(text.toString()).toBe(plain);
    expect(text.length).toBe(plain.length);
    expect(text.count(0xe9)).toBe(plain.split('é').length - 1);
    const bytes = byteStringToBytes(plain);
    expect(text.equals(bytes)).toBe(true);
    expect(text.equals(bytes.subarray(1))).toBe(plain === '');
    if (plain !== '') bytes[prng.below(plain.length)]! ^= 1;
    expect(text.equals(bytes)).toBe(plain === '');
    const from = prng.below(plain.length + 1);
    const to = prng.below(plain.length + 1);
    expect(text.slice(from, to).toString()).toBe(plain.slice(from, Math.max(from, to)));
    const written = [0, 1].map((loops) => {
      const out = new Uint8Array(plain.length + 1);
      if (loops) byLoops(() => text.writeInto(out));
      else text.writeInto(out);
      return out;
    });
    expect(written[0]).toEqual(byteStringToBytes(plain, plain.length + 1));
    expect(written[1]).toEqual(written[0]);
  }
});
