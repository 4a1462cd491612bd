/** Images that become larger and smaller under PVs with two metadata areas, there and here. */
import { truncate } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { must } from '../../core/base/assert.ts';
import { inLinux, labNames, part } from './guest.ts';
import { newImages, withLab } from './lab.ts';

const MIB = 2 ** 20;
const PVS = 'pvs -o +dev_size,pv_pe_count,pv_mda_count,pv_mda_size';
const VGS = 'vgs -o +vg_seqno,vg_mda_count';
const LOOK = `echo "=== pvs"; ${PVS}; echo "=== vgs"; ${VGS}`;
const CHECK = 'vgck vg; pvck /dev/vda > /dev/null; lvs --noheadings vg/home > /dev/null';

const look = async (run: (line: string) => Promise<string>) => ({
  pvs: (await run(PVS)).trimEnd(),
  vgs: (await run(VGS)).trimEnd(),
});
const theirs = (output: string) => ({
  pvs: labNames(part(output, 'pvs')),
  vgs: labNames(part(output, 'vgs')),
});

test('pvresize after the device changed its size', { timeout: 300_000 }, async () => {
  const images = await newImages(64 * MIB, 1);
  const [image] = images;
  const resize = (size: number): Promise<void> => truncate(must(image, 'the image'), size);
  await withLab(images, async (run) => {
    await run('vgcreate -s 1m --pvmetadatacopies 2 vg /dev/sda');
    await run('lvcreate -an -Zn -n home -l 20 vg');
  });
  // Ours, with every kind of distance: far, less than the area, back.
  for (const size of [96, 96.5, 70]) {
    await resize(Math.max(size, 96) * MIB);
    const asked = size < 96 ? ` -y --setphysicalvolumesize ${size}m` : '';
    const ours = await withLab(images, async (run) => {
      await run(`pvresize${asked} /dev/sda`);
      return look(run);
    });
    const linux = await inLinux(
      images,
      `${CHECK}\n${LOOK}\nvgchange --addtag t${size} vg > /dev/null`,
    );
    expect(theirs(linux), `${size} MiB`).toEqual(ours);
  }
  // Linux's.
  for (const size of [96, 128, 129]) {
    await resize(size * MIB);
    const linux = await inLinux(images, `pvresize /dev/vda\n${CHECK}\n${LOOK}`);
    const ours = await withLab(images, async (run) => {
      const seen = await look(run);
      await run(`vgchange --addtag o${size} vg`);
      return seen;
    });
    expect(ours, `${size} MiB`).toEqual(theirs(linux));
  }
});
