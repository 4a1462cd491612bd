import {
  ADD_TAG,
  defined,
  DELETE_TAG,
  FORCE,
  METADATA_IGNORE,
  pvCounts,
  syntax,
  type ChangeCommand,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';

export const pvchange: ChangeCommand = {
  name: 'pvchange',
  warnsOf: 'orphans',
  about: 'Change attributes of physical volume(s)',
  forms: [
    '-x|--allocatable y|n PV ...',
    '-u|--uuid PV ...',
    '--addtag|--deltag Tag PV ...',
    '--metadataignore y|n PV ...',
  ],
  options: [
    FORCE,
    valued('allocatable', 'x', 'y|n'),
    flag('uuid', 'u'),
    ADD_TAG,
    DELETE_TAG,
    METADATA_IGNORE,
    flag('all', 'a'),
  ],
  parse(line, known) {
    const change = defined({
      ...line.tagChange(),
      allocatable: line.yesNo('allocatable'),
      newId: line.has('uuid') ? (true as const) : undefined,
      metadataIgnore: line.yesNo('metadataignore'),
    });
    const devices = line.has('all') ? known.pvs() : line.words;
    if (Object.keys(change).length === 0 || (devices.length === 0 && !line.has('all'))) {
      return line.refuse(syntax());
    }
    const force = defined({
      force: line.has('force') ? (true as const) : undefined,
      orphaned: line.times('force') > 1 ? (true as const) : undefined,
    });
    return line.requests(
      devices.map((device) => ({ verb: 'pvchange', device, ...change, ...force })),
    );
  },
  summary(said, failures) {
    const { changed, unchanged } = pvCounts(said, failures);
    const pvs = (count: number): string => `${count} physical volume${count === 1 ? '' : 's'}`;
    return `${pvs(changed)} changed / ${pvs(unchanged)} not changed`;
  },
};
