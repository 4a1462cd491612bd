/** What is written here, Linux reads, checks and activates. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { inLinux, labNames, part } from './guest.ts';
import { newImages, withLab } from './lab.ts';

const COMMANDS = [
  'pvcreate --pvmetadatacopies 2 /dev/sdc',
  'vgcreate -s 1m --addtag rack7 vg /dev/sda /dev/sdb',
  'lvcreate -n home -l 6 vg',
  'lvcreate -n data -i 2 -I 16k -l 8 vg',
  'lvcreate -n gone -l 3 vg',
  'lvextend -l +5 vg/home',
  'vgextend vg /dev/sdc',
  'lvcreate -n far -l 4 --addtag cold vg /dev/sdc',
  'lvremove -y vg/gone',
  'lvrename vg far away',
];
const VOLUMES = ['away', 'data', 'home'];
const REPORTS = ['pvs -o +pv_tags', 'vgs -o +vg_tags,vg_seqno', 'lvs -a -o +devices,seg_pe_ranges'];

const SCRIPT = `
vgck vg
vgchange -q -ay vg > /dev/null
${REPORTS.map((report, index) => `echo "=== report${index}"; ${report}`).join('\n')}
echo "=== numbers"
dmsetup info -c --noheadings --separator ' ' -o name,major,minor
for d in a b c; do
  echo vd$d $(printf %d 0x$(stat -c %t /dev/vd$d)) $(printf %d 0x$(stat -c %T /dev/vd$d))
done
echo "=== table"
dmsetup table | sort
echo "=== sums"
for v in ${VOLUMES.join(' ')}; do sha256sum < /dev/vg/$v; done
echo "=== end"
`;

test('a lab made here passes vgck and looks, maps and reads the same in Linux', async () => {
  const images = await newImages();
  const ours = await withLab(images, async (run, api) => {
    for (const line of COMMANDS) await run(line);
    const sums: string[] = [];
    for (const [index, volume] of VOLUMES.entries()) {
      const data = Uint8Array.from({ length: 3 * 2 ** 20 }, (_, at) => (at * 31 + index) % 251);
      expect((await api.write(`vg/${volume}`, 12_345, data)).ok).toBe(true);
      sums.push(await sumOf(api, `vg/${volume}`));
    }
    const reports: string[] = [];
    for (const report of REPORTS) reports.push(await run(report));
    const table = (await run('dmsetup table')).split('\n').sort().join('\n');
    return { sums, reports, table };
  });
  const linux = await inLinux(images, SCRIPT);
  for (const [index, report] of REPORTS.entries()) {
    expect(labNames(part(linux, `report${index}`)), report).toBe(trimmed(ours.reports[index]));
  }
  expect(renumbered(linux)).toBe(ours.table);
  const sums = part(linux, 'sums').split('\n');
  expect(sums.map((line) => line.split(' ')[0])).toEqual(ours.sums);
});

const trimmed = (text: string | undefined): string => (text ?? '').trimEnd();

/** Linux's table with the lab's numbers of the disks. */
function renumbered(linux: string): string {
  let table = part(linux, 'table');
  for (const line of part(linux, 'numbers').split('\n')) {
    const [name, major, minor] = line.split(' ');
    const disk = /^vd([abc])$/.exec(name ?? '')?.[1];
    if (disk === undefined) continue;
    const number = `8:${'abc'.indexOf(disk) * 16}`;
    table = table.replaceAll(new RegExp(`(?<= )${major}:${minor}(?= )`, 'g'), `<${number}>`);
  }
  return table.replaceAll(/[<>]/g, '');
}

async function sumOf(
  api: Parameters<Parameters<typeof withLab>[1]>[1],
  volume: string,
): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; ; at += 2 ** 20) {
    const data = await api.read(volume, at, 2 ** 20);
    if (!data.ok) throw new Error(data.error.messages.join(' '));
    if (data.value.length === 0) return hash.digest('hex');
    hash.update(data.value);
  }
}
