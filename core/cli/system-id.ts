/** Which machine a command line is run for: the lab's, or the one that `--config` speaks of. */
import type { CommandEngine } from '../engine/types.ts';
import type { Access } from '../lvm/access.ts';
import { idRefusal, systemIdFrom } from '../lvm/format/system-id.ts';
import { overriddenList, overriddenText } from './config-option.ts';
import type { LineReader } from './line-reader.ts';

/** Where LVM can be told to take it from, and there is nothing of the kind in a lab. */
const NOT_HERE = ['machineid', 'appmachineid', 'file'];

const SETTINGS = ['global/system_id_source', 'local/system_id', 'local/extra_system_ids'];

/** What the line says of it; `access` is absent where it is just the lab's own. */
export interface LineAccess {
  readonly access?: Access;
  /** Complaints about the settings. */
  readonly said: readonly string[];
}

export function accessOf(line: LineReader, { machine }: CommandEngine): LineAccess {
  const set = SETTINGS.some((path) => line.settings.has(path));
  const [foreign, shared] = [line.has('foreign'), line.has('shared')];
  if (!set && !foreign && !shared) return { said: [] };
  const { id, said } = localId(line, machine);
  const extraIds = overriddenList(line.settings, 'local/extra_system_ids') ?? [];
  const access: Access = {
    ...(id === undefined ? {} : { systemId: id }),
    extraIds: extraIds.map(systemIdFrom),
    ...(foreign ? { foreign } : {}),
    ...(shared ? { shared } : {}),
  };
  return { access, said };
}

interface Found {
  readonly id?: string;
  readonly said: readonly string[];
}

/** As LVM finds it when it starts (lib/commands/toolcontext.c). */
function localId(
  { settings }: LineReader,
  { hostName, systemId }: CommandEngine['machine'],
): Found {
  const ownSource = systemId === undefined ? 'none' : 'lvmlocal';
  const source = overriddenText(settings, 'global/system_id_source') ?? ownSource;
  const none = `WARNING: No system ID found from system_id_source ${source}.`;
  const given = overriddenText(settings, 'local/system_id');
  switch (source) {
    case 'none': {
      const should = 'so should global/system_id_source be "lvmlocal" not "none"?';
      return { said: given === undefined ? [] : [`WARNING: local/system_id is set, ${should}`] };
    }
    case 'lvmlocal':
      return checked(given ?? systemId ?? '', none);
    case 'uname':
      return checked(hostName, none);
    default: {
      const unknown = `WARNING: Unrecognised system_id_source "${source}".`;
      return { said: NOT_HERE.includes(source) ? [none] : [unknown, none] };
    }
  }
}

function checked(text: string, none: string): Found {
  const refused = text === '' ? undefined : idRefusal(text);
  if (text === '' || refused !== undefined) {
    return { said: refused === undefined ? [none] : [refused, none] };
  }
  return { id: systemIdFrom(text), said: [] };
}
