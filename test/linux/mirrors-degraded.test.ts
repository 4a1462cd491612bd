/**
 * Groups of mirrors that lost a disk, which held a leg of one and the log of another: each side
 * sees what the other left, and repairs it.
 */
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { inLinux, withMajors } from './guest.ts';
import { newImages } from './lab.ts';
import { dataOf, fill, quietly, sumOf, sumsIn, sumsOf, synced, write } from './mirror-images.ts';
import { GUEST, linuxSaw, look, type Seen } from './mirror-looks.ts';

const MIB = 2 ** 20;
const BOTH = ['leg', 'log'];
const DATA = BOTH.map((name) => dataOf(name, 4 * MIB));
const SUMS = DATA.map(sumOf);
const MIRROR = 'lvcreate --type mirror -m1 -R 64k -l 4';

/** From the group without a disk to one that is whole again. */
const repairs = (vg: string): readonly string[] => [
  `lvconvert -y --repair ${vg}/leg`,
  `lvconvert -y --repair ${vg}/log`,
  `vgreduce --removemissing ${vg}`,
];

/** @param images four; the last is lost later */
async function makeHere(images: readonly string[]): Promise<void> {
  await quietly(images, async (run, api) => {
    await run('throttle off');
    await run('vgcreate -s 1m --setautoactivation n less /dev/sda /dev/sdb /dev/sdc /dev/sdd');
    await run(`${MIRROR} -n leg less /dev/sda /dev/sdd /dev/sdb`);
    await run(`${MIRROR} -n log less /dev/sda /dev/sdb /dev/sdd`);
    for (const [index, name] of BOTH.entries()) {
      await fill(api, `less/${name}`, DATA[index] ?? new Uint8Array());
      await synced(run, `less-${name}`);
    }
  });
}

interface Degraded {
  /** Brought up without the disk. */
  readonly partial: Seen;
  readonly repaired: Seen;
  readonly sums: readonly string[];
}

/** @param images without the disk that is lost */
async function repairHere(images: readonly string[], vg: string): Promise<Degraded> {
  return quietly(images, async (run, api) => {
    await run('throttle off');
    await run(`vgchange -ay --activationmode partial ${vg}`);
    for (const name of BOTH) await synced(run, `${vg}-${name}`);
    const partial = await look(run, vg);
    for (const line of repairs(vg)) await run(line);
    for (const name of BOTH) await synced(run, `${vg}-${name}`);
    return { partial, repaired: await look(run, vg), sums: await sumsOf(api, vg, BOTH) };
  });
}

async function wholeHere(images: readonly string[], vg: string): Promise<Seen> {
  return quietly(images, async (run) => {
    await run(`vgchange -ay ${vg}`);
    return look(run, vg);
  });
}

/** All of the regions; where the log is lost all are copied anew. */
const IN_SYNC = (vg: string): string =>
  `at_least 64 ${BOTH.map((name) => `${vg}-${name}`).join(' ')}`;

const REPAIR_LESS = `
vgchange -q -ay --activationmode partial less > /dev/null 2>&1
${IN_SYNC('less')}
look less-partial less
(
${repairs('less').join('\n')}
) > /dev/null 2>&1
${IN_SYNC('less')}
look less-repaired less
echo "=== less-sums"; sums less "${BOTH.join(' ')}"
vgchange -q -an less > /dev/null 2>&1
`;

/** Of the group without a disk only how it looks is asked. */
const MAKE_LACK = `
vgcreate -q -s 1m --setautoactivation n lack /dev/vdd /dev/vde /dev/vdf /dev/vdg
${MIRROR} -q -Zn -Wn -n leg lack /dev/vdd /dev/vdg /dev/vde > /dev/null 2>&1
${MIRROR} -q -Zn -Wn -n log lack /dev/vdd /dev/vde /dev/vdg > /dev/null 2>&1
fill 4 lack ${BOTH.join(' ')}
${IN_SYNC('lack')}
vgchange -q -an lack > /dev/null 2>&1
hide g
vgchange -q -ay --activationmode partial lack > /dev/null 2>&1
${IN_SYNC('lack')}
look lack-partial lack
echo "=== end"
`;

test('each repairs the degraded group of the other, and itself makes the same of it', async () => {
  const images = await newImages(64 * MIB, 9);
  const [a = '', b = '', c = '', ...others] = images;
  const lost = others.pop() ?? '';
  await makeHere([a, b, c, lost]);
  await write({ image: others.at(-1) ?? '', start: 0 }, Buffer.concat(DATA));
  const twins = [a, b, c].map((image) => `${image}.twin`);
  for (const [index, image] of [a, b, c].entries()) await copyFile(image, twins[index] ?? '');
  const ours = await repairHere(twins, 'less');
  const linux = await inLinux([a, b, c, ...others], withMajors(GUEST + REPAIR_LESS + MAKE_LACK));
  expect(linuxSaw(linux, 'less-partial', 'less')).toEqual(ours.partial);
  expect(linuxSaw(linux, 'less-repaired', 'less')).toEqual(ours.repaired);
  expect([ours.sums, sumsIn(linux, 'less-sums')]).toEqual([SUMS, SUMS]);
  const left = [a, b, c, ...others.slice(0, 3)];
  const back = await repairHere(left, 'lack');
  expect(linuxSaw(linux, 'lack-partial', 'lack')).toEqual(back.partial);
  expect(back.sums).toEqual(SUMS);
  const whole = await wholeHere(left, 'lack');
  const again = await inLinux(
    left,
    withMajors(`${GUEST}
      vgck lack
      vgchange -q -ay lack > /dev/null 2>&1
      look lack-whole lack
      echo "=== lack-sums"; sums lack "${BOTH.join(' ')}"
      echo "=== end"`),
  );
  expect(linuxSaw(again, 'lack-whole', 'lack')).toEqual(whole);
  expect(sumsIn(again, 'lack-sums')).toEqual(SUMS);
}, 180_000);
