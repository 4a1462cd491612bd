import { err, ok } from '../../base/result.ts';
import {
  ADD_TAG,
  defined,
  DELETE_TAG,
  FORCE,
  METADATA_IGNORE,
  pvCounts,
  syntax,
  unwantedWord,
  type ChangeCommand,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';
import { devicesOf, namesObjects } from '../objects.ts';

export const pvchange: ChangeCommand = {
  name: 'pvchange',
  warnsOf: 'orphans',
  about: 'Change attributes of physical volume(s)',
  forms: [
    '-x|--allocatable y|n PV|Select ...',
    '-u|--uuid PV|Select ...',
    '--addtag|--deltag Tag PV|Select ...',
    '--metadataignore y|n PV|Select ...',
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
    if (Object.keys(change).length === 0) return line.refuse(syntax());
    const [word] = line.words;
    if (line.has('all') && word !== undefined) return line.refuse(unwantedWord(word));
    if (!line.has('all') && !namesObjects(line)) return line.refuse(syntax());
    if (line.has('all') && line.has('select')) {
      return line.refuse(err({ kind: 'unwanted', what: 'option: --select' }));
    }
    const devices = line.has('all') ? ok(known.pvs()) : devicesOf(line, known);
    if (!devices.ok) return line.refuse(devices);
    const force = defined({
      force: line.has('force') ? (true as const) : undefined,
      orphaned: line.times('force') > 1 ? (true as const) : undefined,
    });
    return line.requests(
      devices.value.map((device) => ({ verb: 'pvchange', device, ...change, ...force })),
    );
  },
  summary(said, failures) {
    const { changed, unchanged } = pvCounts(said, failures);
    const pvs = (count: number): string => `${count} physical volume${count === 1 ? '' : 's'}`;
    return `${pvs(changed)} changed / ${pvs(unchanged)} not changed`;
  },
};
