/** Commands about the program: version, formats, segtypes, tags, systemid. */
import type { QueryCommand } from '../command.ts';
import { printed } from '../output.ts';

const saying = (name: string, about: string, lines: readonly string[]): QueryCommand => ({
  name,
  about,
  forms: [''],
  options: [],
  run: () => Promise.resolve(printed(lines.map((line) => `  ${line}`))),
});

/** The release whose behaviour is followed; scripts ask for it before they use an option. */
export const version = saying('version', 'Display software and driver version information', [
  'LVM version:     2.03.16(2) (2022-05-18)',
  'Library version: 1.02.185 (2022-05-18)',
  'Driver version:  4.47.0',
]);
export const formats = saying('formats', 'List available metadata formats', ['lvm2']);
/** Those that can be made and changed here. */
export const segtypes = saying('segtypes', 'List available segment types', [
  'linear',
  'striped',
  'zero',
  'error',
]);
export const tags = saying('tags', 'List tags defined on this host', []);
export const systemid = saying(
  'systemid',
  'Display the system ID, if any, currently set on this host',
  ['system ID: '],
);
