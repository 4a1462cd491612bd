/** Commands about the program: version, formats, segtypes, tags, systemid. */
import type { CommandResult } from '../../contract/api.ts';
import type { QueryCommand } from '../command.ts';
import { printed } from '../output.ts';
import { accessOf } from '../system-id.ts';
import { usageRefusal } from '../usage.ts';

function saying(name: string, about: string, lines: readonly string[]): QueryCommand {
  const command: QueryCommand = {
    name,
    about,
    forms: [''],
    options: [],
    run({ words: [word] }) {
      // The version alone is told whatever else is asked.
      const answer =
        word === undefined || name === 'version'
          ? printed(lines.map((line) => `  ${line}`))
          : usageRefusal(command, { kind: 'unwanted', what: `argument: ${word}` });
      return Promise.resolve(answer);
    },
  };
  return command;
}

/** The release whose behaviour is followed; scripts ask for it before they use an option. */
const VERSION = [
  'LVM version:     2.03.16(2) (2022-05-18)',
  'Library version: 1.02.185 (2022-05-18)',
  'Driver version:  4.47.0',
];

/** What `--version` makes of every line. */
export const versionOutput = (): CommandResult => printed(VERSION.map((line) => `  ${line}`));

export const version = saying(
  'version',
  'Display software and driver version information',
  VERSION,
);
export const formats = saying('formats', 'List available metadata formats', ['lvm2']);
/** Those that can be made and changed here. */
export const segtypes = saying('segtypes', 'List available segment types', [
  'linear',
  'striped',
  'zero',
  'error',
]);
export const tags = saying('tags', 'List tags defined on this host', []);
export const systemid: QueryCommand = {
  name: 'systemid',
  about: 'Display the system ID, if any, currently set on this host',
  forms: [''],
  options: [],
  run(line, engine) {
    const [word] = line.words;
    const { access } = accessOf(line, engine);
    const id = (access ?? engine.machine).systemId ?? '';
    const answer =
      word === undefined
        ? printed([`  system ID: ${id}`])
        : usageRefusal(systemid, { kind: 'unwanted', what: `argument: ${word}` });
    return Promise.resolve(answer);
  },
};
