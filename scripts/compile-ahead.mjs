/** Lets the program run once, so that V8's work on it is kept beside it (electron/launch). */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What people do most: only functions that have run are kept. */
const COMMANDS = `
pvcreate --metadatasize 2m /dev/sda /dev/sdb
vgcreate vg /dev/sda /dev/sdb
lvcreate -L 12m -n one vg
lvcreate -an -Zn -l 2 -i 2 -n two vg
lvextend -l +1 vg/one
lvchange -an vg/one
lvrename vg one another
pvs -o +pv_used
vgs
lvs -a -o +devices
lvdisplay
dmsetup table
lvremove -f vg/two
vgchange -ay vg
vgcfgbackup vg
vgreduce vg /dev/sdb
`;

/**
 * @param {string} program `lvstudio.mjs`; throws where it cannot run
 */
export function compileAhead(program) {
  const folder = mkdtempSync(join(tmpdir(), 'lvstudio-build-'));
  try {
    const lab = join(folder, 'lab');
    run(['lab', 'new', lab, '--disks', '2', '--size', '64m']);
    run(['--lab', lab, 'run', '-']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  /** @param {readonly string[]} args */
  function run(args) {
    const env = { ...process.env, LVSTUDIO_KEEP_COMPILED: '1' };
    const options = { input: COMMANDS.trimStart(), encoding: /** @type {const} */ ('utf8'), env };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
    if (status !== 0) throw new Error(`the program does not run: ${stdout}${stderr}`);
  }
}
