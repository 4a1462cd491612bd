/** A production system known from its backups alone: its twin, made here, is the same to Linux. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lvstudio } from '../support/studio-lab.ts';
import { inLinux, part } from './guest.ts';
import { newImages } from './lab.ts';
import { newFolder } from './scratch.ts';

const REPORTS = [
  'pvs -o pv_name,vg_name,pv_attr,pv_uuid,pv_size,pv_free,dev_size,pe_start,pv_mda_count,pv_tags',
  'vgs -o vg_name,vg_attr,vg_uuid,vg_seqno,vg_size,vg_free,vg_extent_size,vg_tags',
  'lvs -a -o vg_name,lv_name,lv_attr,lv_uuid,lv_size,segtype,seg_pe_ranges,devices,lv_tags',
];
const SHOW = REPORTS.map((report, at) => `echo "=== report${at}"; ${report} 2>&1`).join('\n');

const PRODUCTION = `
vgcreate -q --addtag rack7 front /dev/vda /dev/vdb > /dev/null
lvcreate -q -n home -L 12m front > /dev/null
lvcreate -q -n data -i 2 -L 16m --addtag cold front > /dev/null
lvcreate -q --type raid1 -m 1 -n safe -L 8m front > /dev/null
lvextend -q -L +4m front/home > /dev/null
vgcreate -q -s 1m back /dev/vdc /dev/vdd > /dev/null
pvchange -q --addtag slow /dev/vdd > /dev/null
lvcreate -q -n plain -l 7 back > /dev/null
lvcreate -q --type thin-pool -n pool -L 8m back > /dev/null
lvcreate -q -n thin -V 40m --thinpool back/pool > /dev/null
vgchange -q -an front back > /dev/null
${SHOW}
echo "=== front"; cat /etc/lvm/backup/front
echo "=== back"; cat /etc/lvm/backup/back
echo "=== end"
`;

const TWIN = `
vgck front back
${SHOW}
vgchange -q -ay front > /dev/null
lvchange -q -ay back/plain > /dev/null
echo "=== active"; lvs --noheadings -o lv_name,lv_active front/home front/data front/safe back/plain
vgchange -q -an front back > /dev/null
vgchange -q --addtag twin front > /dev/null
vgchange -q --addtag twin back > /dev/null
echo "=== changed"; vgs --noheadings -o vg_name,vg_tags
echo "=== end"
`;

test('the twin of a production system is the same to vgck, reports and activation', async () => {
  const production = await newImages(64 * 2 ** 20, 4);
  const said = await inLinux(production, PRODUCTION);
  const folder = await newFolder();
  const files = ['front', 'back'].map((name) => join(folder, name));
  for (const file of files) {
    await writeFile(file, `${part(said, file.slice(folder.length + 1))}\n`, 'latin1');
  }
  const directory = join(folder, 'lab');
  const made = await lvstudio(['lab', 'twin', directory, ...files]);
  expect(made, made.err).toMatchObject({ status: 0 });
  const images = (await readdir(directory)).filter((name) => name.endsWith('.img')).sort();
  const twin = await inLinux(
    images.map((image) => join(directory, image)),
    TWIN,
  );
  for (const index of REPORTS.keys()) {
    const name = `report${index}`;
    expect(part(twin, name).split('\n'), REPORTS[index]).toEqual(part(said, name).split('\n'));
  }
  const active = part(twin, 'active')
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  expect(active.sort()).toEqual(['data', 'home', 'plain', 'safe'].map((name) => [name, 'active']));
  expect(
    part(twin, 'changed')
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['back  twin', 'front rack7,twin']);
});
