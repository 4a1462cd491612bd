/**
 * The moves that were cut off half way, without the disk that they leave or the one that they go
 * to, until it is back.
 */
import { withMajors } from './guest.ts';
import { GUEST } from './mirror-looks.ts';
import { GROUPS, VOLUMES } from './move-halves.ts';
import { SAID } from './said.ts';

/** A disk of each group, by its letter. */
export interface Loss {
  readonly name: 'source' | 'destination';
  readonly letters: readonly [string, string];
}

export const LOSSES: readonly Loss[] = [
  { name: 'source', letters: ['a', 'e'] },
  { name: 'destination', letters: ['b', 'f'] },
];

/** Without how far a copy is, and what depends on it. */
const REPORT = 'lvs -a -o name,seg_type,seg_start_pe,devices,move_pv,lv_health_status,vg_seqno';

interface Step {
  /** Of the answer. */
  readonly name: string;
  readonly line: string;
}

const named = (name: string, lines: readonly string[]): readonly Step[] =>
  lines.map((line, index) => ({ name: `${name} ${index}`, line }));

export const whileLost = (vg: string): readonly Step[] =>
  named(`${vg} lost`, [
    `vgchange -ay --poll n ${vg}`,
    `${REPORT} ${vg}`,
    `pvmove -i 0`,
    `vgreduce --removemissing --force ${vg}`,
    `vgchange -ay --poll n --activationmode partial ${vg}`,
    `vgreduce --removemissing ${vg}`,
    `${REPORT} ${vg}`,
  ]);

/** @param paths of disks, by their letters. @returns the disks are back, then the moves end */
export function whenBack({ letters }: Loss, paths: (letter: string) => string): readonly Step[] {
  return [
    ...GROUPS.flatMap((vg, index) =>
      named(`${vg} restored`, [
        `${REPORT} ${vg}`,
        `vgextend --restoremissing ${vg} ${paths(letters[index] ?? '')}`,
      ]),
    ),
    ...GROUPS.flatMap((vg, index) =>
      named(`${vg} ended`, [
        `vgchange -ay --poll n ${vg}`,
        `pvmove -i 0 ${paths(SOURCES[index] ?? '')}`,
        `${REPORT} ${vg}`,
      ]),
    ),
  ];
}

const SOURCES = ['a', 'e'];

/** The same in the guest. */
export const VD = (letter: string): string => `/dev/vd${letter}`;

/** Of a volume: what is read of it while the disk is lost, in MiB. */
export interface Part {
  readonly volume: string;
  readonly start: number;
  readonly count: number;
}

/**
 * What nobody was copying: of a piece that was, Linux reads whatever its destination has. All of it
 * where the source is there.
 */
export const partsRead = (vg: string, { name }: Loss): readonly Part[] => {
  const plain: readonly Part[] = [
    { volume: 'lin', start: 0, count: 4 },
    { volume: 'lin', start: 4, count: 1 },
    { volume: 'str', start: 0, count: 4 },
    { volume: 'mir', start: 0, count: 4 },
  ];
  if (name === 'destination') return [...plain, { volume: 'lin', start: 5, count: 16 }];
  return vg === 'plain' ? plain : plain.slice(1, 2);
};

const said = (steps: readonly Step[]): string =>
  steps.map(({ name, line }) => `said '${name}' '${line}'`).join('\n');

export const lostInLinux = (loss: Loss): string =>
  withMajors(`${GUEST}${SAID}
back() { rm -f /etc/lvm/lvmlocal.conf /run/lvm/hints; }
hide ${loss.letters.join('')}i
${GROUPS.map(
  (vg) => `
${said(whileLost(vg))}
look ${vg}-lost ${vg}
echo "=== ${vg}-parts"
${partsRead(vg, loss)
  .map(
    ({ volume, start, count }) =>
      `/usr/bin/dd if=/dev/${vg}/${volume} bs=32k skip=${start * 32} count=${count * 32} ` +
      'iflag=direct conv=noerror,sync 2> /dev/null | sha256sum',
  )
  .join('\n')}
vgchange -q -an ${vg} > /dev/null 2>&1 || true`,
).join('\n')}
back
${said(whenBack(loss, VD))}
${GROUPS.map(
  (vg) => `
echo "=== ${vg}-sums"
sums ${vg} "${VOLUMES.join(' ')}"
vgck ${vg}
vgchange -q -an ${vg} > /dev/null 2>&1`,
).join('\n')}
echo "=== end"`);
