import { err, ok } from '../../base/result.ts';
import type { Conversion, LvconvertRequest } from '../../lvm/ops/lvconvert.ts';
import {
  ALLOC,
  defined,
  FORCE,
  lvOf,
  syntax,
  unwantedOption,
  unwantedWord,
  type ChangeCommand,
  type Parsed,
} from '../command.ts';
import { overriddenText } from '../config-option.ts';
import { flag, valued } from '../getopt.ts';
import type { LineReader } from '../line-reader.ts';
import {
  CORE_LOG,
  logAsked,
  mayMirrorLogs,
  mirrorsAreMirrors,
  MIRROR_LOG,
  MIRRORS,
  REGION_SIZE,
  regionSetting,
  regionSize,
  unwantedLog,
} from '../mirror-options.ts';
import { segmentType } from '../segment-types.ts';
import { notYet } from '../later-options.ts';
import { asksForSnapshots, OF_SNAPSHOTS, snapshotRequests, waiting } from '../merge-options.ts';

export const lvconvert: ChangeCommand = {
  name: 'lvconvert',
  waits: true,
  about: 'Change logical volume layout',
  forms: [
    '--type linear LV',
    '--type mirror -m|--mirrors [+|-]Number LV [ PV ... ]',
    '-m|--mirrors [+|-]Number LV [ PV ... ]',
    '--mirrorlog core|disk LV [ PV ... ]',
    '--splitmirrors Number -n|--name LV_new LV [ PV ... ]',
    '--repair LV [ PV ... ]',
    '--startpoll LV',
    '--merge VG|LV|Tag ...',
    '--mergesnapshot LV ...',
    '--splitsnapshot LV',
    '-s|--snapshot LV LV',
    '--type snapshot LV LV',
    'LV',
  ],
  options: [
    valued('type', undefined, 'linear|mirror|snapshot'),
    MIRRORS,
    MIRROR_LOG,
    CORE_LOG,
    REGION_SIZE,
    valued('stripes', undefined, 'Number'),
    valued('stripesize', 'I', 'Size[k|UNIT]'),
    ALLOC,
    FORCE,
    valued('splitmirrors', undefined, 'Number'),
    valued('name', 'n', 'String'),
    flag('repair'),
    flag('usepolicies'),
    flag('background', 'b'),
    valued('interval', 'i', 'Number'),
    flag('startpoll'),
    ...OF_SNAPSHOTS,
  ],
  parse(line, known) {
    const [target, ...pvs] = line.words;
    const snapshots = asksForSnapshots(line) ? snapshotRequests(line, known) : undefined;
    if (snapshots) return snapshots.ok ? line.requests(snapshots.value) : line.refuse(snapshots);
    const to = conversion(line);
    if (!to.ok) return line.refuse(to);
    if (target === undefined) return line.refuse(syntax());
    const path = lvOf(target);
    if (!path.ok) return line.refuse(path);
    const odd = to.value.kind === 'poll' ? besidesPolling(line, pvs) : undefined;
    if (odd) return line.refuse(odd);
    const rest = defined({
      ...waiting(line),
      pvs: pvs.length > 0 ? pvs : undefined,
      allocation: line.policy(),
    });
    const request: LvconvertRequest = { verb: 'lvconvert', ...path.value, to: to.value, ...rest };
    return line.requests([request]);
  },
};

/** Options without which LVM takes a line with nothing but a volume. */
const BESIDES = ['background', 'interval', 'yes', 'force', 'alloc', 'name'];

/** A line that only waits for what was begun takes next to nothing else. */
function besidesPolling(line: LineReader, [pv]: readonly string[]): Parsed<never> | undefined {
  if (!line.has('startpoll')) {
    if (BESIDES.some((option) => line.has(option))) return syntax();
  } else if (line.has('interval')) {
    return unwantedOption('interval', line.text('interval') ?? '');
  }
  return pv === undefined ? undefined : unwantedWord(pv);
}

const SIGNS = ['+', '-'] as const;

const SHAPE = ['stripes', 'stripesize'];
const OF_OTHERS = ['mirrors', 'splitmirrors', 'type', 'regionsize', ...SHAPE];

/** The option that LVM finds too many in a line that asks for several things. */
function tooMany(line: LineReader, type: string | undefined): string | undefined {
  const first = (...options: readonly string[]) => options.find((one) => line.has(one));
  if (line.has('repair')) return first(...OF_OTHERS) ? 'repair' : first('name');
  if (line.has('splitmirrors')) {
    if (type !== undefined || !line.has('name')) return first('type', 'mirrors') && 'splitmirrors';
    return first('mirrors', 'regionsize', ...SHAPE);
  }
  if (line.has('startpoll')) return first('mirrors', 'mirrorlog') && 'startpoll';
  if (type === 'linear' || type === 'striped') return first('regionsize', ...SHAPE);
  if (type !== undefined) return undefined;
  if (line.has('mirrors')) return first(...SHAPE, 'name');
  if (!line.has('mirrorlog')) return undefined;
  return first('regionsize', ...SHAPE) ? 'mirrorlog' : first('name');
}

/** What a line asks for; one thing at a time, but for images and their log. */
function conversion(line: LineReader): Parsed<Conversion> {
  const type = line.read('type', segmentType);
  const asked = logAsked(line, '--mirrorlog and --corelog are incompatible.');
  if (!asked.ok) return asked;
  const log = asked.value;
  const mirroredLogs = mayMirrorLogs(line) ? ('allowed' as const) : undefined;
  const region = line.read('regionsize', regionSize);
  const images = line.read('mirrors', (text) => {
    const [, word, count] = /^([+-]?)(\d{1,9})$/.exec(text) ?? [];
    const sign = SIGNS.find((one) => one === word);
    return count === undefined ? err(undefined) : ok({ sign, count: Number(count) });
  });
  if (type !== undefined && type !== 'linear' && type !== 'striped' && type !== 'mirror') {
    return notYet(type);
  }
  const surplus = tooMany(line, type);
  if (surplus !== undefined) return unwantedOption(surplus, line.text(surplus));
  if (line.has('repair')) return log ? unwantedOption('repair') : ok(repairOf(line));
  if (line.has('splitmirrors')) {
    if (log) return unwantedLog(line);
    const count = line.count('splitmirrors');
    const name = line.text('name');
    if (count === undefined || name === undefined) return syntax();
    return ok({ kind: 'split', images: count, name: name.slice(name.lastIndexOf('/') + 1) });
  }
  if (type === 'linear' || type === 'striped') {
    if (images) return unwantedOption('mirrors', `${images.sign ?? ''}${images.count}`);
    return log ? unwantedLog(line) : ok({ kind: 'linear' });
  }
  if (images) {
    const { sign, count } = images;
    const isMirror = type === 'mirror' || mirrorsAreMirrors(line);
    const fromLinear = isMirror ? (true as const) : undefined;
    const { stripes, stripeSize } = line.striping();
    const rest = defined({
      ...{ sign, fromLinear, log, mirroredLogs, regionSize: region ?? regionSetting(line) },
      ...{ stripes, stripeSize },
    });
    return ok({ kind: 'images', count, ...rest });
  }
  if (type === 'mirror') return ok({ kind: 'images-unsaid' });
  if (log) return ok({ kind: 'log', log, ...defined({ mirroredLogs }) });
  if (line.has('startpoll')) return ok({ kind: 'poll', strict: true });
  if (['regionsize', ...SHAPE].some((one) => line.has(one))) return ok({ kind: 'shape' });
  return ok({ kind: 'poll' });
}

/** What is lost is put back by policy, or where somebody says so. */
function repairOf(line: LineReader): Conversion {
  if (line.has('usepolicies')) {
    const policy = (what: string, usual: string): 'replace' | 'drop' => {
      const path = `activation/mirror_${what}_fault_policy`;
      const word = overriddenText(line.settings, path) ?? usual;
      return word === 'remove' ? 'drop' : 'replace';
    };
    const [images, log] = [policy('image', 'remove'), policy('log', 'allocate')];
    return { kind: 'repair', images, log, byPolicy: true };
  }
  if (line.has('force')) return { kind: 'repair', images: 'drop', log: 'drop' };
  return { kind: 'repair', images: 'replace', log: 'replace', asks: true };
}
