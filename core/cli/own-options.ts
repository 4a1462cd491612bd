/** A command's options beside those that every command has: its own, and those of many commands. */
import type { CommandSyntax } from './command.ts';
import { flag, valued, type OptionSpec } from './getopt.ts';

interface Shared {
  readonly option: OptionSpec;
  readonly commands: readonly string[];
}

const unlisted = (option: OptionSpec): OptionSpec => ({ ...option, unlisted: true });

const RESIZING = ['lvextend', 'lvreduce', 'lvresize'];
/** Commands whose answer is a report. */
export const REPORTS: readonly string[] = ['pvs', 'vgs', 'lvs', 'fullreport'];
const DISPLAYS = ['pvdisplay', 'vgdisplay', 'lvdisplay'];

/** As LVM's table of commands has them. */
const SHARED: readonly Shared[] = [
  {
    // No archive and no backup is kept.
    option: valued('autobackup', 'A', 'y|n'),
    commands: [
      ...['pvchange', 'vgcreate', 'vgextend', 'vgreduce', 'vgrename', 'vgchange', 'vgsplit'],
      ...['vgmerge', 'lvcreate', ...RESIZING, 'lvremove', 'lvrename', 'lvchange', 'pvmove'],
    ],
  },
  {
    option: valued('reportformat', undefined, 'basic|json'),
    commands: [
      ...['pvcreate', 'pvremove', 'pvresize', 'pvchange', 'vgcreate', 'vgextend', 'vgreduce'],
      ...['vgremove', 'vgrename', 'vgchange', 'vgck', 'vgexport', 'vgimport', 'vgcfgbackup'],
      ...['vgconvert', 'vgmknodes', 'lvcreate', ...RESIZING, 'lvremove', 'lvrename', 'lvchange'],
      'pvmove',
    ],
  },
  {
    option: valued('select', 'S', 'String'),
    commands: ['pvchange', 'vgchange', 'vgremove', 'vgexport', 'vgimport', 'lvchange', 'lvremove'],
  },
  // A lab has no udev to wait for: nodes are there when the command ends.
  {
    option: flag('noudevsync'),
    commands: [
      ...['lvchange', 'lvcreate', ...RESIZING, 'lvremove', 'lvrename', 'vgchange', 'vgremove'],
      'pvscan',
    ],
  },
  { option: flag('ignoremonitoring'), commands: ['lvchange', 'lvcreate', 'vgchange'] },
  { option: flag('nohistory'), commands: ['lvremove'] },
  // Of mirrors: others have nothing to synchronize.
  { option: flag('nosync'), commands: ['lvextend', 'lvresize'] },
  { option: valued('metadatatype', 'M', 'lvm2'), commands: ['vgextend', 'vgcfgrestore'] },
  {
    option: flag('ignorelockingfailure'),
    commands: ['lvchange', 'vgchange', 'vgcfgbackup', 'vgmknodes'],
  },
  { option: flag('readonly'), commands: ['lvchange', 'vgchange', 'vgcfgbackup', 'lvmdiskscan'] },
  { option: flag('foreign'), commands: ['vgcfgbackup'] },
  { option: flag('sysinit'), commands: ['lvchange', 'vgchange'] },
  // LVM takes these, makes nothing of them, and does not mention them in its help.
  {
    option: unlisted(flag('partial', 'P')),
    commands: [...REPORTS, 'vgdisplay', 'lvdisplay', 'vgscan', 'lvscan', 'vgcfgbackup'],
  },
  {
    option: unlisted(flag('ignoreskippedcluster')),
    commands: [...REPORTS, ...DISPLAYS, 'pvchange', 'vgchange', 'lvchange'],
  },
  { option: unlisted(flag('trustcache')), commands: REPORTS },
  { option: unlisted(valued('reportformat', undefined, 'basic|json')), commands: DISPLAYS },
  { option: unlisted(flag('background')), commands: ['pvscan'] },
];

/** Beside those that every command has. */
export const ownOptions = ({ name, options }: CommandSyntax): readonly OptionSpec[] => [
  ...options,
  ...SHARED.flatMap(({ option, commands }) => (commands.includes(name) ? [option] : [])),
];
