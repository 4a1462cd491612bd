/** What a verb of dmsetup is here, and the run of one line of it. */
import { printable } from '../../base/printable.ts';
import type { DmErrorData, VolumeError } from '../../contract/errors.ts';
import type { OutputLine } from '../../contract/events.ts';
import type { Plan } from '../../contract/plan.ts';
import type { DmDeviceState } from '../../contract/state.ts';
import type { DmRef, DmRequest } from '../../engine/dm-request.ts';
import { whichOf } from '../../engine/plan-dm.ts';
import { accepted } from '../../engine/run-plan.ts';
import type { CommandEngine } from '../../engine/types.ts';
import { unmangle } from '../../report/dm-names.ts';
import type { BlockDevices } from '../../report/dmsetup.ts';
import type { DmRow } from '../../report/dmsetup-fields.ts';
import { infoLines, noNode } from '../../report/dmsetup.ts';
import { errorLines, ioctlError } from '../../report/errors.ts';
import type { LineReader } from '../line-reader.ts';

export interface Verb {
  readonly name: string;
  /** As the usage shows it behind the name; what has more lines goes on in the next. */
  readonly help: readonly string[];
  /** How many words it takes, at least and at most. */
  readonly words: readonly [least: number, most: number];
  /** Runs once for each word; without words once, with none. */
  readonly repeats?: true;
  /** `-S` chooses among the devices; elsewhere only a report looks at it. */
  readonly selects?: true;
  /** It changes nothing, and waits for nothing. */
  readonly onlyReads?: true;
  /** Whether this line takes something from the standard input. */
  readsInput?(line: LineReader, words: readonly string[]): boolean;
  /** @returns whether it went well; what did not was said */
  run(call: Call, words: readonly string[]): Promise<boolean> | boolean;
}

/** Any number of words. */
export const MANY = Number.MAX_SAFE_INTEGER;

type Which = Partial<Pick<DmErrorData, 'device' | 'uuid' | 'devno'>>;

export interface CallOptions {
  readonly engine: CommandEngine;
  readonly line: LineReader;
  /** The standard input. */
  readonly input: string;
  /** Several devices are shown: their names stand in front. */
  readonly many: boolean;
  /** Plans only: nothing is changed. */
  readonly preview: boolean;
}

export class Call {
  readonly output: OutputLine[] = [];
  readonly plans: Plan[] = [];
  /** Of a report, printed at the end. */
  readonly rows: DmRow[] = [];
  /** Entries of a concise table, printed as one line at the end. */
  readonly concise: string[] = [];
  readonly line: LineReader;
  readonly many: boolean;
  readonly preview: boolean;

  constructor(private readonly options: CallOptions) {
    this.line = options.line;
    this.many = options.many;
    this.preview = options.preview;
  }

  say(...lines: readonly string[]): true {
    this.output.push(...lines.map((text) => ({ stream: 'stdout' as const, text })));
    return true;
  }

  complain(...lines: readonly string[]): false {
    this.output.push(...lines.map((text) => ({ stream: 'stderr' as const, text })));
    return false;
  }

  get verbose(): boolean {
    return this.line.has('verbose');
  }

  get engine(): CommandEngine {
    return this.options.engine;
  }

  /** With the names that are shown: as they were before they were mangled. */
  world(): BlockDevices {
    const { devices, disks } = this.engine.blockDevices();
    const plain = (text: string): string =>
      printable(this.mangling === 'none' ? text : unmangle(text));
    const shown = (device: DmDeviceState): DmDeviceState => ({
      ...device,
      name: plain(device.name),
      uuid: plain(device.uuid),
    });
    return { devices: devices.map(shown), disks };
  }

  get mangling(): 'none' | 'hex' | 'auto' {
    const mode = this.line.text('manglename')?.toLowerCase();
    return mode === 'none' || mode === 'hex' ? mode : 'auto';
  }

  get input(): string {
    return this.options.input;
  }

  /** Undefined when it went well; what did not is not said yet. */
  async change(request: DmRequest): Promise<VolumeError | undefined> {
    const { engine, line } = this.options;
    const typed = line.asGiven;
    if (!this.preview) return (await engine.change(request, typed, accepted)).failure;
    const plan = await engine.plan(request, typed);
    if (!plan.ok) return plan.error;
    this.plans.push(plan.value);
    return undefined;
  }

  /** The same, with what went wrong said as dmsetup says it. */
  async do(request: DmRequest, ref: DmRef): Promise<boolean> {
    const failure = await this.change(request);
    return failure ? this.failed(failure, whichOf(ref)) : true;
  }

  /** @param which the device as it was asked for, which is not always as it was found */
  failed(error: VolumeError, which: Which): false {
    if (error.code !== 'dm') return this.complain(...errorLines(error));
    const { code, op, errno, reason } = error;
    // A wait that was broken off says nothing.
    if (errno === 'EINTR') return false;
    this.complain(ioctlError({ code, op, errno, reason, device: '', ...which }));
    if (this.verbose) this.complain(`device-mapper: ${reason}`);
    return false;
  }

  /** What an ioctl says that does not find the device. */
  missing(op: DmErrorData['op'], ref: DmRef): false {
    const reason = 'Device does not exist.';
    return this.failed({ code: 'dm', op, errno: 'ENXIO', device: '', reason }, whichOf(ref));
  }

  /** What -v adds to a verb that changes something. */
  shown(ref: DmRef): true {
    const device = this.preview ? undefined : this.device(ref);
    if (device && this.verbose) this.info(device);
    return true;
  }

  info(device: DmDeviceState): void {
    this.say(...infoLines(device, this.line.has('inactive')));
    if (device.live || device.inactive) return;
    // Nothing was ever loaded into it: there is no node whose read-ahead could be asked.
    this.complain(noNode(device.name));
  }

  device(ref: DmRef): DmDeviceState | undefined {
    const { devices } = this.engine.blockDevices();
    const at = devices.findIndex((one) =>
      'name' in ref
        ? one.name === ref.name
        : 'uuid' in ref
          ? one.uuid === ref.uuid
          : one.devno === ref.devno,
    );
    return at < 0 ? undefined : this.world().devices[at];
  }
}
