import {
  ADD_TAG,
  defined,
  DELETE_TAG,
  FORCE,
  pvCounts,
  syntax,
  type ChangeCommand,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';

export const pvchange: ChangeCommand = {
  name: 'pvchange',
  about: 'Change attributes of physical volume(s)',
  forms: ['-x|--allocatable y|n PV ...', '-u|--uuid PV ...', '--addtag|--deltag Tag PV ...'],
  options: [
    FORCE,
    valued('allocatable', 'x', 'y|n'),
    flag('uuid', 'u'),
    ADD_TAG,
    DELETE_TAG,
    flag('all', 'a'),
  ],
  parse(line, known) {
    const change = defined({
      ...line.tagChange(),
      allocatable: line.yesNo('allocatable'),
      newId: line.has('uuid') ? (true as const) : undefined,
    });
    const devices = line.has('all') ? known.pvs() : line.words;
    if (Object.keys(change).length === 0 || (devices.length === 0 && !line.has('all'))) {
      return line.refuse(syntax());
    }
    return line.requests(devices.map((device) => ({ verb: 'pvchange', device, ...change })));
  },
  summary(said, failures) {
    const { changed, unchanged } = pvCounts(said, failures);
    const pvs = (count: number): string => `${count} physical volume${count === 1 ? '' : 's'}`;
    return `${pvs(changed)} changed / ${pvs(unchanged)} not changed`;
  },
};
