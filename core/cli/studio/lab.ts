/** `lab`: which disks a lab has, and how their images are opened. No command of LVM's. */
import { err, ok, type Result } from '../../base/result.ts';
import type { CommandOptions, CommandResult, Preview, Refusal } from '../../contract/api.ts';
import type { Question, VolumeError } from '../../contract/errors.ts';
import type { OutputLine } from '../../contract/events.ts';
import type { DiskMode, DiskState, LossPolicy } from '../../contract/state.ts';
import { isFaultChange, type DiskChange } from '../../engine/disk-keeper.ts';
import type { SettingsStore } from '../../engine/settings-store.ts';
import { partitionNamed } from '../../engine/partitioned-disks.ts';
import type { CommandEngine } from '../../engine/types.ts';
import { hasAreas, type LogicalVolume } from '../../lvm/format/model.ts';
import { looksLikeAddress } from '../../nbd/client/address.ts';
import { errorLines } from '../../report/errors.ts';
import { allFaultWords } from '../../report/fault-words.ts';
import { heldWords, labTable } from '../../report/lab-table.ts';
import { questionText } from '../../report/notices.ts';
import { sizeWords } from '../../report/size-text.ts';
import { flag, parseOptions, valued, type OptionSpec } from '../getopt.ts';
import { LineReader } from '../line-reader.ts';
import { printed, refused, STATUS, statusOf } from '../output.ts';
import { joinWords } from '../../base/words.ts';
import { BREAK_OPTIONS, MEND_OPTIONS, parseBreak, parseMend } from './faults.ts';
import { isSettingLine, readSetting, runSetting } from './settings.ts';
import { previewOf, type StudioCommand } from './studio-command.ts';

/** The disks of a lab, with or without an engine above them. */
export interface DiskDoor {
  /** Without a look at any of them. */
  readonly disks: readonly DiskState[];
  look(): Promise<{
    readonly disks: readonly DiskState[];
    /** Those with extents on a disk (`/dev/sda`) or its partitions: `vg/home`. */
    volumesOn(device: string): readonly string[];
  }>;
  changeDisks(change: DiskChange): Promise<Result<readonly DiskState[], VolumeError>>;
  /** What the lab says of LVM's settings. */
  readonly settings: SettingsStore;
  /** Whether an address is that of an export of this lab; default: it has none. */
  isOwnExport?(address: string): boolean;
}

function diskDoor(engine: CommandEngine): DiskDoor {
  return {
    get disks() {
      return engine.blockDevices().disks;
    },
    async look() {
      const { disks, scan } = await engine.source();
      const volumesOn = (device: string): readonly string[] =>
        scan.vgs.flatMap(({ vg, devices }) => {
          const ids = [...devices].flatMap(([id, { path }]) =>
            path === device || wholeOf(disks, path) === device ? id : [],
          );
          const on = vg.lvs.filter((lv) => ids.some((id) => usesPv(lv, id)));
          return on.map(({ name }) => `${vg.name}/${name}`);
        });
      return { disks, volumesOn };
    },
    changeDisks: (change) => engine.changeDisks(change),
    settings: engine.settings,
    isOwnExport: (address) => engine.exports.isOwn(address),
  };
}

export const lab: StudioCommand = {
  name: 'lab',
  run: (args, engine, options) => runLab(args, diskDoor(engine), options),
  preview: (argv, engine) => previewLab(argv, diskDoor(engine)),
};

/** The disk that a partition is on. */
const wholeOf = (disks: readonly DiskState[], device: string): string | undefined =>
  disks.find(({ path }) => path === device)?.partitionOf?.disk;

const usesPv = ({ segments }: LogicalVolume, id: string): boolean =>
  segments.some(
    (segment) =>
      hasAreas(segment) && segment.areas.some((area) => area.on === 'pv' && area.pvId === id),
  );

const OPTIONS = [
  flag('yes', 'y'),
  flag('take-over'),
  flag('force', 'f'),
  valued('mode', undefined, 'Mode'),
  valued('name', undefined, 'Name'),
  valued('on-loss', undefined, 'Policy'),
];

const MODES: readonly DiskMode[] = ['read-only', 'sandbox', 'live'];
const POLICIES: readonly LossPolicy[] = ['queue', 'fail'];

/** What a line asks for. Nothing to change: the disks are shown. */
interface LabLine {
  readonly changes: readonly DiskChange[];
  readonly yes: boolean;
}

type Parse = (line: LineReader) => Result<readonly DiskChange[], string>;

/** Options of verbs that have their own. */
const OWN_OPTIONS: Readonly<Record<string, readonly OptionSpec[]>> = {
  break: BREAK_OPTIONS,
  mend: MEND_OPTIONS,
};

const VERBS: Readonly<Record<string, Parse>> = {
  show: () => ok([]),
  attach: parseAttach,
  detach: forEachDisk('detach'),
  mode: parseMode,
  apply: forEachDisk('apply'),
  discard: forEachDisk('discard'),
  break: parseBreak,
  mend: parseMend,
};

export async function runLab(
  args: readonly string[],
  door: DiskDoor,
  options: CommandOptions = {},
): Promise<CommandResult> {
  if (isSettingLine(args)) return runSetting(args, door.settings);
  const line = readLab(args);
  if (!line.ok) return refused(STATUS.usage, [`  ${line.error}`]);
  const { changes } = line.value;
  const disks = await disksFor(changes, door);
  if (changes.length === 0) return printed(labTable(disks));
  const question = line.value.yes ? undefined : await openQuestion(changes, door, options);
  if (question && options.ask === true) {
    return { status: STATUS.failed, output: [], questions: [{ ...asked(question), object: 0 }] };
  }
  if (question) {
    const left = errorLines({ code: 'declined', question }).map((text) => `  ${text}`);
    return refused(STATUS.failed, [`${questionText(question)}[n]`, ...left]);
  }
  const named = changes.flatMap((change) => ('device' in change ? [change.device] : []));
  const own = changes
    .flatMap((change) => (change.kind === 'attach' ? change.files : []))
    .find((file) => door.isOwnExport?.(file));
  if (own !== undefined) return refused(STATUS.failed, [`  ${own} is a volume of this lab.`]);
  const absent = named.find((name) => !disks.some(({ path }) => path === pathOf(name)));
  if (absent !== undefined) return refused(STATUS.failed, [`  There is no disk ${absent}.`]);
  const part = named.flatMap((name) => partitionNamed(disks, name) ?? [])[0];
  if (part) return refused(STATUS.failed, [`  ${errorLines(part).join(' ')}`]);
  return runChanges(changes, door);
}

/** What is broken or mended need not answer. */
async function disksFor(
  changes: readonly DiskChange[],
  door: DiskDoor,
): Promise<readonly DiskState[]> {
  return changes.some(isFaultChange) ? door.disks : (await door.look()).disks;
}

/** Why a line cannot be understood, in a clause; undefined when it can. */
export function labUsage(args: readonly string[]): string | undefined {
  const line = isSettingLine(args) ? readSetting(args) : readLab(args);
  return line.ok ? undefined : line.error;
}

/** What the line would do, for a window: its question, or why it cannot be understood. */
async function previewLab(
  argv: readonly string[],
  door: DiskDoor,
): Promise<Result<Preview, Refusal>> {
  const words = argv.slice(1);
  if (isSettingLine(words)) return previewOf(argv, readSetting(words));
  const line = readLab(words);
  if (!line.ok) return previewOf(argv, line);
  const disks = await disksFor(line.value.changes, door);
  const refused = line.value.changes.flatMap((change) => refusalOf(change, disks) ?? []);
  if (refused.length > 0) {
    const error = { code: 'usage', command: 'lab', why: refused.join('; ') } as const;
    return err({ error, messages: refused });
  }
  const question = await questionOf(line.value.changes, door);
  return previewOf(argv, line, question ? [questionText(question)] : []);
}

function refusalOf(change: DiskChange, disks: readonly DiskState[]): string | undefined {
  const part = 'device' in change ? partitionNamed(disks, change.device) : undefined;
  return part ? errorLines(part).join(' ') : leavesChanges(change, disks);
}

/** What a change of mode would leave behind. */
function leavesChanges(change: DiskChange, disks: readonly DiskState[]): string | undefined {
  if (change.kind !== 'mode' || change.mode === 'sandbox') return undefined;
  const disk = disks.find(({ path }) => path === pathOf(change.device));
  const held = disk?.sandbox && heldWords(disk.sandbox.changed);
  return disk && held !== undefined ? `${disk.image}: ${held}` : undefined;
}

const asked = (question: Question) => ({ question, text: questionText(question) });

function readLab([verb = '', ...rest]: readonly string[]): Result<LabLine, string> {
  const parse = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!parse) return err(`lab has no command "${verb}": ${Object.keys(VERBS).join(', ')}`);
  const options = parseOptions(rest, OWN_OPTIONS[verb] ?? OPTIONS);
  if (!options.ok) return err(`lab ${verb}: ${options.error.why}`);
  const line = new LineReader(options.value, joinWords(['lab', verb, ...rest]));
  const changes = parse(line);
  return changes.ok ? ok({ changes: changes.value, yes: line.has('yes') }) : changes;
}

function parseAttach(line: LineReader): ReturnType<Parse> {
  const files = line.words;
  if (files.length === 0) return err('lab attach needs a FILE or an address');
  const mode = modeOf(line.text('mode') ?? 'read-only');
  if (!mode.ok) return mode;
  const name = line.text('name');
  if (name !== undefined && files.length > 1) return err('--name is for one FILE');
  const policy = policyOf(line);
  if (!policy.ok) return policy;
  if (policy.value.onLoss !== undefined && !files.some(looksLikeAddress)) {
    return err('--on-loss is for exports: nbd://..., nbd+unix://...');
  }
  const takeOver = line.has('take-over');
  const change = { kind: 'attach', files, mode: mode.value, takeOver, ...policy.value } as const;
  return ok([name === undefined ? change : { ...change, name }]);
}

function parseMode(line: LineReader): ReturnType<Parse> {
  const devices = line.words.slice(0, -1);
  const word = line.words.at(-1) ?? '';
  if (devices.length === 0) return err('lab mode needs a DISK and read-only, sandbox or live');
  const mode = modeOf(word);
  if (!mode.ok) return mode;
  const policy = policyOf(line);
  if (!policy.ok) return policy;
  const [takeOver, force] = [line.has('take-over'), line.has('force')];
  const rest = { mode: mode.value, takeOver, force, ...policy.value };
  return ok(devices.map((device) => ({ kind: 'mode', device, ...rest }) as const));
}

function policyOf(line: LineReader): Result<{ readonly onLoss?: LossPolicy }, string> {
  const word = line.text('on-loss');
  if (word === undefined) return ok({});
  const onLoss = POLICIES.find((one) => one === word);
  return onLoss ? ok({ onLoss }) : err(`--on-loss ${word}: queue or fail`);
}

function modeOf(word: string): Result<DiskMode, string> {
  const mode = MODES.find((one) => one === word);
  return mode ? ok(mode) : err(`mode ${word}: read-only, sandbox or live`);
}

function forEachDisk(kind: 'detach' | 'apply' | 'discard'): Parse {
  return (line) => {
    if (line.words.length === 0) return err(`lab ${kind} needs a DISK`);
    return ok(line.words.map((device) => ({ kind, device })));
  };
}

async function openQuestion(
  changes: readonly DiskChange[],
  door: DiskDoor,
  { yes, agreed }: CommandOptions,
): Promise<Question | undefined> {
  const question = yes === true ? undefined : await questionOf(changes, door);
  return question && agreed?.includes(questionText(question)) ? undefined : question;
}

/** Before something is overwritten or lost. All disks of the line in one question. */
async function questionOf(
  changes: readonly DiskChange[],
  door: DiskDoor,
): Promise<Question | undefined> {
  const kind = changes[0]?.kind;
  if (kind !== 'apply' && kind !== 'discard') return undefined;
  const lab = await door.look();
  const named = changes.flatMap((change) => ('device' in change ? change.device : []));
  const meant = lab.disks.filter(({ path }) => named.some((name) => pathOf(name) === path));
  // One whose sandbox cannot be opened has nothing to say, and may hold much.
  const held = meant.filter(({ sandbox, mode }) => mode === 'sandbox' && sandbox?.changed !== 0);
  if (held.length === 0) return undefined;
  const volumes = new Set(held.flatMap(({ path }) => lab.volumesOn(path)));
  return {
    code: kind === 'apply' ? 'apply-sandbox' : 'discard-sandbox',
    disks: held.map(({ path, sandbox }) => ({
      device: path,
      ...(sandbox && { changed: sandbox.changed }),
    })),
    volumes: [...volumes],
  };
}

const pathOf = (device: string): string => (device.startsWith('/') ? device : `/dev/${device}`);

/** One after the other, up to the first that fails. */
async function runChanges(changes: readonly DiskChange[], door: DiskDoor): Promise<CommandResult> {
  const output: OutputLine[] = [];
  for (const change of changes) {
    const disks = await disksFor([change], door);
    const before = disks.find(({ path }) => 'device' in change && path === pathOf(change.device));
    const done = await door.changeDisks(change);
    if (!done.ok) {
      const lines = errorLines(done.error).map((text) => ({ stream: 'stderr', text: `  ${text}` }));
      return { status: statusOf(done.error), output: [...output, ...(lines as OutputLine[])] };
    }
    for (const text of sentences(change, before, done.value)) {
      output.push({ stream: 'stdout', text });
    }
  }
  return { status: STATUS.done, output };
}

function sentences(
  change: DiskChange,
  before: DiskState | undefined,
  after: readonly DiskState[],
): readonly string[] {
  const changed =
    before?.sandbox && before.sandbox.changed > 0 ? before.sandbox.changed : undefined;
  const wholes = after.filter(({ partitionOf }) => !partitionOf);
  const size = changed === undefined ? 'Nothing' : `${sizeWords(changed)} of changes`;
  switch (change.kind) {
    case 'attach':
      return wholes.flatMap((disk, index) => [
        `${disk.path} is ${change.files[index] ?? disk.image} (${modeWords(disk)})`,
        ...partitionWords(disk, after),
        ...(disk.note === undefined ? [] : [disk.note]),
      ]);
    case 'mode':
      return wholes.map((disk) => `${disk.path} is ${disk.image} (${modeWords(disk)})`);
    case 'detach':
      return before && changed !== undefined ? [`${size} stay in ${sandboxOf(before)}`] : [];
    case 'apply':
      return [`${size} written to ${before?.image}`];
    case 'discard':
      return [`${size} discarded from the sandbox of ${before?.image}`];
    case 'break':
    case 'mend':
      return wholes.map(({ path, faults = [] }) =>
        faults.length === 0 ? `${path} is whole` : `${path} is broken: ${allFaultWords(faults)}`,
      );
  }
}

function modeWords({ mode, sandbox, onLoss }: DiskState): string {
  const changed = sandbox && sandbox.changed > 0 ? `, ${sizeWords(sandbox.changed)} changed` : '';
  return `${mode}${changed}${onLoss ? `, ${LOSS_WORDS[onLoss]}` : ''}`;
}

/** Name of the file: that of an export lies in the lab's folder. */
const sandboxOf = ({ path, image, onLoss }: DiskState): string =>
  onLoss ? `${path.replace('/dev/', '')}.nbd.sandbox` : `${image}.sandbox`;

const LOSS_WORDS: Readonly<Record<LossPolicy, string>> = {
  queue: 'I/O waits while it is away',
  fail: 'I/O fails while it is away',
};

function partitionWords({ path, table }: DiskState, all: readonly DiskState[]): readonly string[] {
  const parts = all.filter(({ partitionOf }) => partitionOf?.disk === path);
  if (!table || parts.length === 0) return [];
  return [
    `${path} has partitions (${table.toUpperCase()}): ${parts.map((one) => one.path).join(', ')}`,
  ];
}
