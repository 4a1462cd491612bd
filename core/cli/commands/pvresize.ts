import { defined, pvCounts, syntax, type ChangeCommand } from '../command.ts';
import { valued } from '../getopt.ts';

export const pvresize: ChangeCommand = {
  name: 'pvresize',
  about: 'Resize physical volume(s)',
  forms: ['PV ...'],
  options: [valued('setphysicalvolumesize', undefined, 'Size[m|UNIT]')],
  parse(line) {
    const size = defined({ size: line.size('setphysicalvolumesize') });
    if (line.words.length === 0) return line.refuse(syntax());
    return line.requests(
      [...new Set(line.words)].map((device) => ({ verb: 'pvresize', device, ...size })),
    );
  },
  summary(said, failures) {
    const { changed, unchanged } = pvCounts(said, failures);
    const what = 'physical volume(s)';
    return `${changed} ${what} resized or updated / ${unchanged} ${what} not resized`;
  },
};
