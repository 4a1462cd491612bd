/** Commands that LVM keeps to say what became of them. */
import type { CommandSyntax, QueryCommand } from '../command.ts';
import { FORCE } from '../command.ts';
import { flag, valued } from '../getopt.ts';
import { refused, STATUS } from '../output.ts';
import { usageRefusal } from '../usage.ts';

type Former = Pick<CommandSyntax, 'name' | 'about' | 'options'> & {
  readonly lines: readonly string[];
  /** Words that it asks for. */
  readonly form?: string;
  /** Words or options in their place. */
  readonly otherForm?: string;
};

function former({ name, about, options, lines, form = '', otherForm }: Former): QueryCommand {
  const command: QueryCommand = {
    name,
    about,
    forms: otherForm === undefined ? [form] : [form, otherForm],
    options,
    run(line) {
      const [word] = line.words;
      if (form !== '' && word === undefined && !line.has('all')) {
        return Promise.resolve(usageRefusal(command, { kind: 'syntax' }));
      }
      if (form === '' && word !== undefined) {
        const unwanted = { kind: 'unwanted', what: `argument: ${word}` } as const;
        return Promise.resolve(usageRefusal(command, unwanted));
      }
      const indented = lines.map((line) => `  ${line}`);
      return Promise.resolve(refused(STATUS.failed, indented));
    },
  };
  return command;
}

export const vgconvert = former({
  name: 'vgconvert',
  about: 'Change volume group metadata format',
  form: 'VG ...',
  options: [
    FORCE,
    valued('labelsector', undefined, 'Number'),
    valued('bootloaderareasize', undefined, 'Size[m|UNIT]'),
    valued('metadatatype', 'M', 'lvm2'),
    valued('pvmetadatacopies', undefined, '0|1|2'),
    valued('metadatasize', undefined, 'Size[m|UNIT]'),
  ],
  lines: [
    'The vgconvert command has been removed along with the lvm1 format.',
    'Use a previous version of lvm to convert the lvm1 format to lvm2.',
  ],
});

/** A lab says itself which disks are its own: there is no file of devices beside it. */
const NO_DEVICES_FILE = ['Devices file not enabled.'];
export const lvmdevices = former({
  name: 'lvmdevices',
  about: 'Manage the devices file',
  options: [
    flag('check'),
    flag('update'),
    valued('adddev', undefined, 'PV'),
    valued('addpvid', undefined, 'String'),
    valued('deldev', undefined, 'String|PV'),
    valued('delpvid', undefined, 'String'),
    flag('deletenotfound'),
    valued('deviceidtype', undefined, 'String'),
  ],
  lines: NO_DEVICES_FILE,
});
export const vgimportdevices = former({
  name: 'vgimportdevices',
  about: 'Add devices for a VG to the devices file',
  form: 'VG',
  otherForm: '-a|--all',
  options: [
    flag('all', 'a'),
    flag('foreign'),
    valued('select', 'S', 'String'),
    valued('reportformat', undefined, 'basic|json'),
  ],
  lines: NO_DEVICES_FILE,
});

/** A log is kept from one command to the next in LVM's own shell only. */
export const lastlog = former({
  name: 'lastlog',
  about: "Display last command's log report",
  options: [valued('reportformat', undefined, 'basic|json'), valued('select', 'S', 'String')],
  lines: ['No log report stored.'],
});

const gone = (name: string, instead: string): readonly string[] => [
  `There's no '${name}' command in LVM2.`,
  instead,
];

export const pvdata = former({
  name: 'pvdata',
  about: 'Display the on-disk metadata for physical volume(s)',
  options: [],
  lines: gone(
    'pvdata',
    'Use lvs, pvs, vgs instead; or use vgcfgbackup and read the text file backup.',
  ),
});
export const lvmchange = former({
  name: 'lvmchange',
  about: 'With the device mapper, this is obsolete and does nothing',
  options: [],
  lines: gone('lvmchange', "Use 'dmsetup' commands to reset the kernel device-mapper driver."),
});

const DMSTATS = "Please use the superior 'dmstats' facilities instead.";
export const lvmsadc = former({
  name: 'lvmsadc',
  about: 'Collect activity data',
  options: [],
  lines: gone('lvmsadc', DMSTATS),
});
export const lvmsar = former({
  name: 'lvmsar',
  about: 'Create activity report',
  options: [flag('full', 'f'), flag('stdin', 's')],
  lines: gone('lvmsar', DMSTATS),
});
