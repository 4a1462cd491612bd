/**
 * `pvscan --cache`, `--listvg`, `--listlvs`: what udev's rules ask when a disk appears. Here every
 * command looks at all disks, so nothing is kept between two of them: a group is complete when its
 * PVs are there.
 */
import type { CommandResult } from '../../contract/api.ts';
import type { OutputLine } from '../../contract/events.ts';
import { accepted } from '../../engine/run-plan.ts';
import type { CommandEngine } from '../../engine/types.ts';
import { comesUp } from '../../lvm/activate/auto.ts';
import { hasAreas, type LogicalVolume } from '../../lvm/format/model.ts';
import { seenLvs } from '../../lvm/format/shown.ts';
import { missingPvs } from '../../lvm/ops/missing.ts';
import type { ScannedPv, ScannedVg } from '../../lvm/scan-types.ts';
import { isLvActive } from '../../report/active.ts';
import { noticeLine } from '../../report/notices.ts';
import type { ReportSource } from '../../report/source.ts';
import type { CommandSyntax } from '../command.ts';
import { overriddenFlag, parseOverrides } from '../config-option.ts';
import type { LineReader } from '../line-reader.ts';
import { complaints, errorOutput, indented, STATUS } from '../output.ts';
import { usageRefusal } from '../usage.ts';

const said = (text: string): OutputLine => ({ stream: 'stdout', text: `  ${text}` });
const complained = (text: string): OutputLine => ({ stream: 'stderr', text: `  ${text}` });

/** The line asks for more than the list of PVs. */
export const isCacheScan = (line: LineReader): boolean =>
  ['cache', 'activate', 'autoactivation', ...HALVES, ...LISTS, ...OF_LISTS].some((option) =>
    line.has(option),
  );

const LISTS = ['listvg', 'listlvs'];
/** A disk by the two halves of its number. */
const HALVES = ['minor', 'major'];
const OF_LISTS = ['checkcomplete', 'vgonline', 'udevoutput'];

export async function scanCache(
  command: CommandSyntax,
  line: LineReader,
  engine: CommandEngine,
): Promise<CommandResult> {
  const unfit = unfitOptions(line);
  if (unfit.length > 0) {
    const lines = unfit.map((option) => `Command does not accept option: --${option}.`);
    return { status: STATUS.usage, output: complaints(lines) };
  }
  const [minor, major] = HALVES.map((half) => line.count(half));
  const numbers = line.requests([]);
  if (!numbers.ok) return usageRefusal(command, numbers.error);
  if ((major === undefined) !== (minor === undefined)) {
    const why = 'Both --major and --minor required to identify devices.';
    return usageRefusal(command, { kind: 'misuse', why });
  }
  const source = await engine.source();
  const scan = new CacheScan(line, engine, source);
  const named = [...line.words, ...(major === undefined ? [] : [`${major}:${minor ?? 0}`])];
  if ((line.text('autoactivation') ?? 'event') !== 'event') {
    return { status: STATUS.done, output: scan.skipped() };
  }
  const output = named.length > 0 ? await scan.named(named) : await scan.everything();
  return { status: STATUS.done, output };
}

/** LVM takes them only together with others. */
function unfitOptions(line: LineReader): readonly string[] {
  const list = LISTS.find((option) => line.has(option));
  const activate = line.text('activate');
  const cached = line.has('cache');
  const event = line.text('autoactivation');
  const unfit = [
    ...(event !== undefined && !(cached && activate === 'ay') ? [`autoactivation ${event}`] : []),
    ...(cached ? [] : HALVES.filter((half) => line.has(half))),
    ...(activate !== undefined && (activate !== 'ay' || !cached) ? [`activate ${activate}`] : []),
  ];
  if (unfit.length > 0) return unfit;
  if (line.has('listvg') && line.has('listlvs')) return ['listlvs'];
  if (list !== undefined && line.words.length !== 1) return [list];
  const alone = list === undefined ? OF_LISTS.find((option) => line.has(option)) : undefined;
  return alone === undefined ? [] : [alone];
}

class CacheScan {
  private readonly output: OutputLine[] = [];
  private readonly quiet: boolean;
  private readonly eventActivation: boolean;

  constructor(
    private readonly line: LineReader,
    private readonly engine: CommandEngine,
    private readonly source: ReportSource,
  ) {
    const config = parseOverrides(line.text('config'));
    const set = config.ok ? overriddenFlag(config.value, 'global/event_activation') : undefined;
    this.eventActivation = set ?? true;
    this.quiet = line.has('udevoutput');
  }

  /** All disks: which of them are PVs of groups, and with `-aay` what comes up. */
  async everything(): Promise<readonly OutputLine[]> {
    this.warn();
    const activates = this.line.has('activate');
    if (activates && !this.eventActivation) return this.output;
    const online = new Set<ScannedPv>();
    for (const pv of this.source.scan.pvs) {
      online.add(pv);
      const group = this.groupOf(pv);
      if (group && activates) this.sayComplete(pv, group, online);
      else this.sayPv(pv, group);
    }
    if (activates) for (const group of this.source.scan.vgs) await this.activate(group, true);
    return this.output;
  }

  skipped(): readonly OutputLine[] {
    this.tell('Skip pvscan for unknown autoactivation value.');
    return this.output;
  }

  /** Disks that the line names. */
  async named(words: readonly string[]): Promise<readonly OutputLine[]> {
    if (!this.eventActivation) return this.disabled();
    this.warn();
    const paths = words.flatMap((word) => this.pathOf(word) ?? []);
    const pvs = this.source.scan.pvs.filter(({ path }) => paths.includes(path));
    for (const path of paths.filter((one) => !pvs.some((pv) => pv.path === one))) {
      this.tell(`${path} not an lvm device.`);
    }
    for (const pv of pvs) await this.look(pv);
    return this.output;
  }

  private async look(pv: ScannedPv): Promise<void> {
    const { line } = this;
    const group = this.groupOf(pv);
    const lists = LISTS.some((option) => line.has(option));
    if (!group) return this.sayPv(pv, group);
    const completes = line.has('checkcomplete') || line.has('activate');
    if (completes) this.sayComplete(pv, group, new Set(this.source.scan.pvs));
    else if (!lists) this.sayPv(pv, group);
    if (lists) this.list(pv, group);
    if (line.has('activate')) await this.activate(group, false);
  }

  private list(pv: ScannedPv, group: ScannedVg): void {
    const { line } = this;
    const state = missingPvs(group).length > 0 ? 'incomplete' : 'complete';
    if (this.quiet) {
      const key = `LVM_VG_NAME_${state.toUpperCase()}`;
      const text = `${key}='${group.vg.name}'`;
      if (line.has('checkcomplete')) this.output.push({ stream: 'stdout', text });
      return;
    }
    const tail = line.has('checkcomplete') ? ` ${state}` : '';
    this.output.push(said(`VG ${group.vg.name}${tail}`));
    if (!line.has('listlvs')) return;
    for (const lv of seenLvs(group.vg).filter((one) => liesOn(one, pv.label.pvId))) {
      this.output.push(said(`LV ${group.vg.name}/${lv.name}${tail}`));
    }
  }

  /** @param always also where what comes up by itself is up */
  private async activate(group: ScannedVg, always: boolean): Promise<void> {
    if (missingPvs(group).length > 0) return;
    const { name } = group.vg;
    const wanted = seenLvs(group.vg).filter(comesUp(group.vg));
    const isUp = wanted.every((lv) => isLvActive(this.source, group, lv));
    if (isUp && !always) {
      this.tell(`VG ${name} skip autoactivation.`);
      return;
    }
    this.tell(`VG ${name} run autoactivation.`);
    const request = { verb: 'activation', vg: name, active: true, auto: true } as const;
    const done = await this.engine.change(request, this.line.asGiven, accepted);
    this.output.push(...done.said.map((notice) => indented(noticeLine(notice))));
    if (done.failure) this.output.push(...errorOutput(done.failure, 'pvscan'));
  }

  private sayPv(pv: ScannedPv, group: ScannedVg | undefined): void {
    this.tell(`PV ${pv.path} ${group ? 'online' : 'not used'}.`);
  }

  private sayComplete(pv: ScannedPv, group: ScannedVg, online: ReadonlySet<ScannedPv>): void {
    const there = [...online].filter((one) => this.groupOf(one) === group).length;
    const need = group.vg.pvs.length - there;
    const state = need > 0 ? `incomplete (need ${need})` : 'is complete';
    this.tell(`PV ${pv.path} online, VG ${group.vg.name} ${state}.`);
  }

  private disabled(): readonly OutputLine[] {
    if (!this.line.has('checkcomplete')) return [];
    if (this.quiet) return [{ stream: 'stdout', text: 'LVM_EVENT_ACTIVATION=0' }];
    this.tell('Ignoring pvscan with --checkcomplete because event_activation is disabled.');
    return this.output;
  }

  private pathOf(word: string): string | undefined {
    const { disks } = this.source;
    const named = disks.find(({ path, devno }) => path === word || devno === word);
    if (named) return named.path;
    if (word.startsWith('/')) {
      this.output.push(complained(`Cannot access device ${word} for 0:0.`));
      this.output.push(complained(`${this.head} No device set up for arg ${word} 0:0`));
    } else if (/^\d+:\d+$/.test(word)) {
      this.output.push(complained(`No device name found from ${word}.`));
      this.output.push(complained(`${this.head} No device set up for arg  ${word}`));
    } else {
      const why = `Failed to parse major:minor from ${word}, skipping.`;
      this.output.push(complained(`WARNING: ${why}`));
    }
    return undefined;
  }

  private groupOf(pv: ScannedPv): ScannedVg | undefined {
    return this.source.scan.vgs.find(({ devices }) => [...devices.values()].includes(pv));
  }

  private warn(): void {
    for (const notice of this.source.scan.notices) {
      this.output.push({ ...indented(noticeLine(notice)), stream: 'stderr' });
    }
  }

  private tell(text: string): void {
    if (!this.quiet) this.output.push(said(`${this.head} ${text}`));
  }

  private get head(): string {
    return `pvscan[${this.engine.processId}]`;
  }
}

const liesOn = ({ segments }: LogicalVolume, pvId: string): boolean =>
  segments.some(
    (segment) =>
      hasAreas(segment) && segment.areas.some((area) => area.on === 'pv' && area.pvId === pvId),
  );
