/** `lab set` and `lab unset`: what the lab says of LVM's settings, for every command. */
import { err, ok, type Result } from '../../base/result.ts';
import type { CommandResult } from '../../contract/api.ts';
import type { LabSettings } from '../../contract/settings.ts';
import type { SettingsStore } from '../../engine/settings-store.ts';
import { defaultSections, isSetting } from '../settings/known.ts';
import { printed, refused, STATUS } from '../output.ts';
import { failed } from './studio-command.ts';

/** What a line asks for; `value` undefined: what LVM does by itself. */
interface SettingLine {
  readonly path: string;
  readonly value: number | string | undefined;
}

export const isSettingLine = ([verb]: readonly string[]): boolean =>
  verb === 'set' || verb === 'unset';

export async function runSetting(
  args: readonly string[],
  store: SettingsStore,
): Promise<CommandResult> {
  const line = readSetting(args);
  if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
  const { path, value } = line.value;
  const kept = await store.set(path, value);
  if (!kept.ok) return failed('lab', kept.error);
  return printed(value === undefined ? [`${path} is what LVM has`] : [settingWords(path, value)]);
}

/** The error is a clause. @param args with the verb */
export function readSetting([verb, ...args]: readonly string[]): Result<SettingLine, string> {
  const words = args.filter((word) => word !== '--');
  const [path = '', text = '', ...surplus] = words;
  if (words.length !== (verb === 'set' ? 2 : 1) || surplus.length > 0) {
    return err(verb === 'set' ? 'lab set SECTION/SETTING VALUE' : 'lab unset SECTION/SETTING');
  }
  if (!isSetting(path)) return err(`lab ${verb}: LVM has no setting ${path}`);
  if (verb === 'unset') return ok({ path, value: undefined });
  const usual = defaultOf(path);
  if (usual?.startsWith('[')) return err(`lab set: ${path} is a list: use --config`);
  const isNumber = /^-?\d{1,15}$/.test(text);
  if (usual !== undefined && !usual.startsWith('"') && !isNumber) {
    return err(`lab set: ${path} is a number (LVM has ${usual})`);
  }
  const isWord = usual?.startsWith('"') === true || !isNumber;
  return ok({ path, value: isWord ? text : Number(text) });
}

/** As lvm.conf has it. */
function defaultOf(path: string): string | undefined {
  const [section, name] = path.split('/');
  return defaultSections()
    .find((one) => one.name === section)
    ?.lines.find((one) => one.name === name)?.value;
}

/** `activation/monitoring=0`, as lvm.conf has it. */
const settingWords = (path: string, value: number | string): string =>
  `${path}=${typeof value === 'number' ? value : `"${value}"`}`;

export const settingLines = (settings: LabSettings): readonly string[] =>
  Object.entries(settings).map(([path, value]) => settingWords(path, value));
