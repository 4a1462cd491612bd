/** Power goes while a PV gets another identifier: Linux finds its group whole at every moment. */
import { expect, test } from 'vitest';
import { must } from '../../core/base/assert.ts';
import { byteStringToBytes } from '../../core/base/bytes.ts';
import { SECTOR } from '../../core/base/units.ts';
import { PowerLossDisk, PowerSupply } from '../../core/block/wrap/power-loss.ts';
import { copyOf, DISK_SIZE, openLab, prepared, type Platters, type Wrap } from '../support/lab.ts';
import { seenOnce } from './answers.ts';
import { part } from './guest.ts';
import { imagesOf } from './platter-images.ts';

const ONE = ['vgcreate -s 1m vg /dev/sda', 'lvcreate -n home -l 6 vg'];
const TWO = [...ONE, 'vgextend --pvmetadatacopies 0 vg /dev/sdb', 'lvextend -l +30 vg/home'];
/** A guest takes no more disks. */
const MOST = 14;
/** Not that of the preparation: identifiers must not meet. */
const OTHER_SEED = 7;
const MARK = 'still here';

test.concurrent.each([
  { name: 'the only PV', before: ONE, disk: '/dev/sda', count: 1 },
  { name: 'a PV without metadata', before: TWO, disk: '/dev/sdb', count: 2 },
])('$name', { timeout: 300_000 }, async ({ before, disk, count }) => {
  const states = await afterEveryCut(await marked(before), `pvchange -u ${disk}`);
  expect(states.length).toBeGreaterThan(6);
  for (let from = 0; from < states.length; from += MOST / count) {
    const some = states.slice(from, from + MOST / count);
    const labs = await Promise.all(some.map((platters) => imagesOf(platters.slice(0, count))));
    const shown = { platters: some.flatMap((one) => one.slice(0, count)), script: scriptFor(labs) };
    const file = `cut-identity-${count}-${from}`;
    const linux = await seenOnce(file, shown, labs.flat());
    for (const [index, platters] of some.entries()) {
      const where = `state ${from + index} of ${states.length}`;
      const whole = [`vg wz--n- ${count} 0 1`, MARK, `vg wz--n- ${count} 0 1 linux`].join('\n');
      expect(part(linux, String(index)), where).toBe(whole);
      expect(await rowHere(platters), where).toBe(`vg wz--n- ${count} 0`);
    }
  }
});

/** What this program says of the same disks; of a missing write it warns, as Linux does. */
async function rowHere(platters: Platters): Promise<string | undefined> {
  const lab = await openLab(copyOf(platters), undefined, OTHER_SEED);
  const { output } = await lab.run(
    'vgs --noheadings --separator " " -o vg_name,vg_attr,pv_count,vg_missing_pv_count',
  );
  await lab.close();
  return output.find(({ stream }) => stream === 'stdout')?.text.trim();
}

/** The disks after these commands, with something written into the volume. */
async function marked(lines: readonly string[]): Promise<Platters> {
  const platters = await prepared(lines);
  const lab = await openLab(platters);
  const data = new Uint8Array(SECTOR);
  data.set(byteStringToBytes(MARK));
  expect((await lab.api.write('vg/home', 0, data)).ok).toBe(true);
  await lab.run('vgchange --setautoactivation n vg');
  await lab.run('vgchange -an vg');
  await lab.close();
  return platters;
}

/** What the disks hold when power goes after no write, one, two, until the command is over. */
async function afterEveryCut(before: Platters, line: string): Promise<readonly Platters[]> {
  const states: Platters[] = [];
  for (let writes = 0; ; writes++) {
    const supply = new PowerSupply(writes);
    const disks: PowerLossDisk[] = [];
    const fragile: Wrap = (disk, store) => {
      const one = new PowerLossDisk(disk.name, DISK_SIZE, store, supply);
      disks.push(one);
      return one;
    };
    const lab = await openLab(copyOf(before), fragile, OTHER_SEED);
    const { status } = await lab.run(line);
    states.push(disks.map((one) => one.afterCut({ kind: 'none' })));
    if (supply.off) continue;
    expect(status).toBe(0);
    return states;
  }
}

/** Every state by itself: Linux looks, reads, and changes what it found. */
function scriptFor(labs: readonly (readonly string[])[]): string {
  const letters = 'abcdefghijklmnop';
  let next = 0;
  const states = labs.map((images, index) => {
    const disks = images.map(() => `/dev/vd${must(letters[next++], 'a letter')}`);
    return `state ${index} ${disks.join(' ')}`;
  });
  return `
look() { vgs --config "$only" --noheadings --separator ' ' -o "$1" | sed 's/^ *//; s/ *$//'; }
state() {
  echo "=== $1"; shift
  accept=; for disk; do accept="$accept\\"a|^$disk\\$|\\","; done
  only="devices{global_filter=[$accept\\"r|.*|\\"]}"
  look vg_name,vg_attr,pv_count,vg_missing_pv_count,lv_count
  vgchange --config "$only" -q -ay vg > /dev/null
  head -c ${MARK.length} /dev/vg/home; echo
  vgchange --config "$only" -q -an vg > /dev/null
  vgchange --config "$only" --addtag linux vg > /dev/null
  look vg_name,vg_attr,pv_count,vg_missing_pv_count,lv_count,vg_tags
}
${states.join('\n')}
echo "=== end"
`;
}
