/** What both sides say of a group of mirrors, with the same names and numbers. */
import { labNames, part } from './guest.ts';
import type { Run } from './lab.ts';

const REPORT = 'lvs -a -o +devices,copy_percent,region_size,sync_percent,vg_seqno';
const NUMBERS = `dmsetup info -c --noheadings --separator ' ' -o name,major,minor`;

export interface Seen {
  readonly report: string;
  /** Of the group's devices, by name; numbers of mapped devices are their names. */
  readonly table: readonly string[];
  readonly status: readonly string[];
}

/** Of the engine. @param report the line that reports */
export async function look(run: Run, vg: string, report = REPORT): Promise<Seen> {
  const numbers = await run(NUMBERS);
  const lines = async (line: string): Promise<readonly string[]> =>
    named(await run(line), numbers, vg);
  return {
    report: plain(labNames(await run(`${report} ${vg}`))),
    table: await lines('dmsetup table'),
    status: await lines('dmsetup status'),
  };
}

/** Of the guest's function of that name. */
export function linuxSaw(output: string, name: string, vg: string): Seen {
  const of = (what: string): string => labNames(part(output, `${name} ${what}`), output);
  const numbers = part(output, `${name} numbers`);
  return {
    report: plain(of('report')),
    table: named(of('table'), numbers, vg),
    status: named(of('status'), numbers, vg),
  };
}

/** A slow device stands for the disk below it; its longer name made columns wider. */
const plain = (report: string): string =>
  report
    .replace(/\/dev\/mapper\/slow([a-p])/g, '/dev/sd$1')
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .join('\n');

function named(text: string, numbers: string, vg: string): readonly string[] {
  const names = new Map<string, string>();
  for (const line of numbers.split('\n')) {
    const [name = '', , minor = ''] = line.trim().split(' ');
    const disk = /^slow([a-p])$/.exec(name)?.[1];
    names.set(minor, disk === undefined ? name : `8:${'abcdefghijklmnop'.indexOf(disk) * 16}`);
  }
  const lines = text.split('\n').filter((line) => line.startsWith(`${vg}-`));
  return lines
    .map((line) =>
      line.trimEnd().replace(/\b253:(\d+)\b/g, (_, minor: string) => names.get(minor) ?? '?'),
    )
    .sort();
}

/** Functions for scripts in the guest. @param report the line that reports */
export const guestLooking = (report: string): string => `
hide() { # DISKS, as a character class: from LVM
  echo 'devices { filter = [ "r|^/dev/vd['$1']$|" ] }' > /etc/lvm/lvmlocal.conf
}
at_least() { # REGIONS DEVICE...
  least=$1; shift
  for d in $*; do
    while [ $(dmsetup status $d | sed -E 's#.* ([0-9]+)/[0-9]+ .*#\\1#') -lt $least ]; do
      sleep 0.05
    done
  done
}
look() { # NAME GROUP
  echo "=== $1 report"; ${report} $2 2>&1
  echo "=== $1 table"; dmsetup table
  echo "=== $1 status"; dmsetup status
  echo "=== $1 numbers"; ${NUMBERS}
}
fill() { # MIB GROUP VOLUMES, so much each, from the last disk
  data=$(ls /dev/vd? | tail -1); mib=$1; group=$2; shift 2; skip=0
  for v in $*; do
    dd if=$data of=/dev/$group/$v bs=1M count=$mib skip=$skip oflag=direct 2> /dev/null
    skip=$((skip + mib))
  done
}
converted() { # GROUP: no conversion is under way
  while lvs --noheadings -o lv_attr $1 | grep -q '^ *c'; do sleep 0.1; done
}
sums() { for v in $2; do sha256sum < /dev/$1/$v; done; } # GROUP VOLUMES
readable() { # GROUP VOLUMES: sums, with zeros for what cannot be read
  for v in $2; do
    [ ! -e /dev/$1/$v ] ||
      /usr/bin/dd if=/dev/$1/$v bs=32k iflag=direct conv=noerror,sync 2> /dev/null | sha256sum
  done
}
`;

export const GUEST = guestLooking(REPORT);

/**
 * Writes to some disks, which are reached through `/dev/mapper/slowX` only, take as long as `slow`
 * says: what is copied there stands still in between. Flushes do not wait, for a mirror does
 * nothing else meanwhile.
 *
 * @param disks letters
 */
export const slowDisks = (disks: string): string => `
delayed() { # DISK MILLISECONDS
  echo "0 $(blockdev --getsz /dev/vd$1) delay /dev/vd$1 0 0 /dev/vd$1 0 $2 /dev/vd$1 0 0"
}
slow() { # DISK MILLISECONDS
  dmsetup reload slow$1 --table "$(delayed $1 $2)"
  dmsetup suspend --nolockfs slow$1; dmsetup resume slow$1
}
copying() { # PERCENT of the time; 0: a region a second
  echo $1 > /sys/module/dm_mirror/parameters/raid1_resync_throttle
}
for d in ${disks.split('').join(' ')}; do dmsetup create slow$d --table "$(delayed $d 0)"; done
hide ${disks}
`;
