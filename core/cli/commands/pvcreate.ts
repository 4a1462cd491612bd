import { parseLvmId, type LvmId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { PvcreateRequest } from '../../lvm/ops/pvcreate.ts';
import {
  defined,
  FORCE,
  METADATA_COPIES,
  METADATA_IGNORE,
  METADATA_TYPE,
  misuse,
  PV_CREATION,
  syntax,
  type ChangeCommand,
  type Known,
  type Parsed,
} from '../command.ts';
import { flag, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import { absentFirst } from '../unfit.ts';

type Former = Pick<PvcreateRequest, 'pvId' | 'restore'>;

export const pvcreate: ChangeCommand = {
  name: 'pvcreate',
  about: 'Initialize physical volume(s) for use by LVM',
  forms: ['PV ...'],
  options: [
    FORCE,
    valued('uuid', 'u', 'String'),
    ...PV_CREATION,
    valued('bootloaderareasize', undefined, 'Size[m|UNIT]'),
    METADATA_IGNORE,
    valued('setphysicalvolumesize', undefined, 'Size[m|UNIT]'),
    flag('norestorefile'),
    valued('restorefile', undefined, 'String'),
    METADATA_COPIES,
    METADATA_TYPE,
  ],
  warnsOf: 'devices',
  async parse(line, known) {
    const creation = line.pvCreation('metadatacopies');
    const size = line.size('setphysicalvolumesize');
    const force = line.has('force') ? line.times('force') : undefined;
    if (line.words.length === 0) return line.refuse(syntax());
    const former = await formerOf(line, known);
    if (!former.ok) return line.refuse(former);
    // One at a time: what is refused of one device does not keep the others from being made.
    const devices = [...new Set(absentFirst(line.words, known))];
    return line.requests(
      devices.map((device) => ({
        verb: 'pvcreate',
        devices: line.words.filter((word) => word === device),
        ...creation,
        ...former.value,
        ...defined({ force, size }),
      })),
    );
  },
};

/** --uuid, and where to learn what the PV of that identifier was like. */
async function formerOf(line: LineReader, known: Known): Promise<Parsed<Former>> {
  const [uuid, file] = [line.text('uuid'), line.text('restorefile')];
  const unfit = ['bootloaderareasize', 'norestorefile'].find((option) => line.has(option));
  if (file !== undefined && unfit !== undefined) {
    const why = `Command does not accept option combination: --${unfit}  with --restorefile`;
    return err({ kind: 'plain', status: 3, why });
  }
  if (uuid !== undefined && line.words.length > 1) {
    return misuse('Can only set uuid on one volume at once');
  }
  if (uuid === undefined) {
    return file === undefined ? ok({}) : misuse('--uuid is required with --restorefile');
  }
  if (file === undefined && !line.has('norestorefile')) {
    return misuse('--restorefile is required with --uuid');
  }
  const pvId = identifier(uuid);
  if (!pvId.ok) return misuse(pvId.error);
  if (file === undefined) return ok({ pvId: pvId.value });
  const text = await known.fileText(file);
  if (text.ok) return ok({ pvId: pvId.value, restore: { file, text: text.value } });
  const said = text.error.code === 'backup-failed' ? text.error.why : '';
  const why = `${file}: stat failed: ${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return err({ kind: 'failed', error: { code: 'restore-unreadable', file, why } });
}

function identifier(text: string): Result<LvmId, string> {
  const plain = text.replaceAll('-', '');
  if (plain.length !== 32) return err("Couldn't read uuid: incorrect number of characters.");
  const id = parseLvmId(plain);
  return id === undefined ? err('UUID contains invalid character') : ok(id);
}
