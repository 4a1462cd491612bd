/** `--settings` of pvck: `key=value` pairs, several in an option, in several (reference 11.5). */
import { parseLvmId, type LvmId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Offsets and sizes in bytes. */
export interface PvckSettings {
  readonly metadataOffset?: number;
  readonly seqno?: number;
  readonly backupFile?: string;
  readonly areaOffset?: number;
  readonly areaSize?: number;
  readonly secondOffset?: number;
  readonly secondSize?: number;
  readonly deviceSize?: number;
  readonly dataOffset?: number;
  readonly pvId?: LvmId;
  /** 1 or 2; anything else is taken as it is, and found to be none. */
  readonly areaNumber?: number;
}

/** Keys by what they begin with, in LVM's order: the first that fits is meant. */
const NUMBERS = [
  ['metadata_offset', 'metadataOffset'],
  ['seqno', 'seqno'],
  ['mda_offset', 'areaOffset'],
  ['mda_size', 'areaSize'],
  ['mda2_offset', 'secondOffset'],
  ['mda2_size', 'secondSize'],
  ['device_size', 'deviceSize'],
  ['data_offset', 'dataOffset'],
  ['mda_num', 'areaNumber'],
] as const;

/** @returns LVM's lines on refusal. */
export function parseSettings(texts: readonly string[]): Result<PvckSettings, readonly string[]> {
  let settings: PvckSettings = {};
  for (const text of texts) {
    for (let at = 0; at < text.length;) {
      const pair = /^\s*([^=]{1,63})=\s*(\S{1,63})\s*/.exec(text.slice(at));
      if (!pair) return err([`Invalid setting at: ${text.slice(at)}`]);
      const [all, key = '', value = ''] = pair;
      const one = setting(key, value);
      if (!one.ok) return err([...one.error, `Invalid setting: ${key}`]);
      settings = { ...settings, ...one.value };
      at += all.length;
    }
  }
  return ok(settings);
}

function setting(key: string, value: string): Result<PvckSettings, readonly string[]> {
  if (key.startsWith('backup_file')) return ok({ backupFile: value });
  if (key.startsWith('pv_uuid')) {
    const pvId = parseLvmId(value);
    return pvId === undefined ? err(['Failed to parse UUID from pv_uuid setting.']) : ok({ pvId });
  }
  const known = NUMBERS.find(([name]) => key.startsWith(name));
  const number = /^\d{1,15}/.exec(value);
  return known && number ? ok({ [known[1]]: Number(number[0]) }) : err([]);
}
