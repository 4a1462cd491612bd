/** What Linux wrote opens here with the same reports, survives a change, and goes back. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { inLinux, labNames, part } from './guest.ts';
import { newImages, withLab } from './lab.ts';

const REPORTS = ['pvs', 'vgs -o +vg_tags,vg_seqno', 'lvs -a -o +devices,seg_pe_ranges,segtype'];
const LOOK = REPORTS.map((report, index) => `echo "=== report${index}"; ${report}`).join('\n');

interface Made {
  readonly name: string;
  /** Makes the group `vg` and fills `old` with something to recognise. */
  readonly script: string;
  readonly volumes: readonly string[];
}

const FILL = 'dd if=/dev/urandom of=/dev/vg/old bs=1M count=4 oflag=direct 2>/dev/null';
const CASES: readonly Made[] = [
  {
    name: 'linear, striped, tags, two metadata areas',
    script: `
      vgcreate -q -s 1M --pvmetadatacopies 2 --addtag rack7 vg /dev/vda /dev/vdb /dev/vdc
      lvcreate -q -y -Wn -l 6 -n old --addtag cold vg
      lvcreate -q -y -Wn -i 2 -l 8 -n str vg
      lvextend -q -l +4 vg/old /dev/vdc`,
    volumes: ['old', 'str'],
  },
  {
    name: 'a wrapped text buffer',
    script: `
      pvcreate -q --metadatasize 32k --dataalignment 64k /dev/vda
      vgcreate -q -s 1M vg /dev/vda
      lvcreate -q -y -Wn -l 6 -n old vg
      i=0; while [ $i -lt 40 ]; do
        echo "lvchange --addtag a$i vg/old"; echo "lvchange --deltag a$i vg/old"; i=$((i + 1))
      done | lvm > /dev/null 2>&1`,
    volumes: ['old'],
  },
  {
    name: 'raid and thin volumes, which are not known here yet',
    script: `
      vgcreate -q -s 1M vg /dev/vda /dev/vdb /dev/vdc
      lvcreate -q -y -Wn -l 6 -n old vg
      lvcreate -q -y -Wn --type raid1 -m 1 -l 4 -n r1 vg
      lvcreate -q -y -Wn -T -L 8M vg/pool
      lvcreate -q -y -Wn -V 16M -T vg/pool -n thin1`,
    volumes: ['old', 'r1', 'thin1'],
  },
];

for (const one of CASES) {
  test(`a group with ${one.name}`, async () => {
    const images = await newImages();
    const made = await inLinux(images, before(one));
    const sumHere = await withLab(images, async (run, api) => {
      for (const [index, report] of REPORTS.entries()) {
        const theirs = labNames(part(made, `report${index}`));
        expect(asInactive(await run(report)), report).toBe(asInactive(theirs));
      }
      await run('lvcreate -n new -l 5 vg');
      const data = Uint8Array.from({ length: 5 * 2 ** 20 }, (_, at) => (at * 17) % 253);
      for (let at = 0; at < data.length; at += 2 ** 20) {
        const written = await api.write('vg/new', at, data.subarray(at, at + 2 ** 20));
        expect(written.ok).toBe(true);
      }
      return createHash('sha256').update(data).digest('hex');
    });
    const back = await inLinux(images, after(one));
    const sums = part(back, 'sums').split('\n');
    expect(sums).toEqual([part(made, 'old').split('\n')[0], `${sumHere}  -`]);
    expect(part(back, 'active').split('\n')).toEqual(['new', ...one.volumes].toSorted());
  });
}

function before(one: Made): string {
  return `${one.script}
    ${FILL}
    vgchange -q -an vg > /dev/null
    ${LOOK}
    echo "=== old"
    vgchange -q -ay vg > /dev/null; sha256sum < /dev/vg/old; vgchange -q -an vg > /dev/null
    echo "=== end"`;
}

function after(one: Made): string {
  return `vgck vg
    vgchange -q -ay vg > /dev/null
    echo "=== sums"
    sha256sum < /dev/vg/old
    sha256sum < /dev/vg/new
    echo "=== active"
    for v in new ${one.volumes.join(' ')}; do test -e /dev/vg/$v && echo $v; done | sort
    echo "=== end"`;
}

/** Linux looked while nothing was active; here volumes come up: state and open do not count. */
function asInactive(report: string): string {
  return report
    .trimEnd()
    .replaceAll(/(?<= [a-zA-Z-][wrR-][a-zA-Z-][m-])[a-z][o-](?=[a-zA-Z-]{3}[k-] )/g, '--');
}
