/** A request as the LVM command line that makes it: for the window, the log and the metadata. */
import type { Sectors } from '../base/units.ts';
import type {
  LvcreateRequest,
  LvextendRequest,
  PvCreation,
  Request,
  SizeSpec,
  VgcreateRequest,
} from '../contract/requests.ts';
import { unreachable } from '../base/assert.ts';
import { joinWords } from './words.ts';

/** `lvcreate -n home -L 12m vg`. Parsing the line gives the same request again. */
export function renderCommandLine(request: Request): string {
  return joinWords(commandWords(request));
}

/** The same as words, the command first. */
export function commandWords(request: Request): string[] {
  const [options, positional] = wordsOf(request);
  const guarded = positional.some((word) => word.startsWith('-'))
    ? ['--', ...positional]
    : positional;
  return [request.verb, ...options, ...guarded];
}

type Words = readonly [options: string[], positional: readonly string[]];

function wordsOf(request: Request): Words {
  switch (request.verb) {
    case 'pvcreate':
      return [[...force(request.force ?? 0), ...pvCreation(request)], request.devices];
    case 'vgcreate':
      return [vgcreateOptions(request), [request.vg, ...request.devices]];
    case 'vgextend':
      return [pvCreation(request), [request.vg, ...request.devices]];
    case 'vgremove':
      return [force(request.force === true ? 1 : 0), [request.vg]];
    case 'lvcreate':
      return [lvcreateOptions(request), [request.vg, ...(request.pvs ?? [])]];
    case 'lvextend':
      return [lvextendOptions(request), [`${request.vg}/${request.lv}`, ...(request.pvs ?? [])]];
    case 'lvremove':
      return [force(request.force === true ? 1 : 0), [`${request.vg}/${request.lv}`]];
    case 'lvrename':
      return [[], [request.vg, request.from, request.to]];
    default:
      return unreachable(request);
  }
}

const force = (times: number): string[] => (times === 0 ? [] : [`-${'f'.repeat(times)}`]);

function pvCreation(request: PvCreation): string[] {
  return [
    ...value('--pvmetadatacopies', request.metadataCopies),
    ...size('--metadatasize', request.metadataSize),
    ...size('--dataalignment', request.dataAlignment),
  ];
}

function vgcreateOptions(request: VgcreateRequest): string[] {
  return [
    ...size('-s', request.extentSize),
    ...value('--alloc', request.allocation),
    ...value('-l', request.maxLv),
    ...value('-p', request.maxPv),
    ...tags(request.tags),
    ...pvCreation(request),
  ];
}

function lvcreateOptions(request: LvcreateRequest): string[] {
  return [
    ...value('-n', request.name),
    ...amount(request.size),
    ...stripes(request),
    ...value('--alloc', request.allocation),
    ...tags(request.tags),
    ...yesNo('-a', request.activate),
    ...yesNo('-Z', request.zero),
  ];
}

function lvextendOptions(request: LvextendRequest): string[] {
  return [...amount(request.size), ...stripes(request), ...value('--alloc', request.allocation)];
}

function stripes(request: Pick<LvcreateRequest, 'stripes' | 'stripeSize'>): string[] {
  return [...value('-i', request.stripes), ...size('-I', request.stripeSize)];
}

function tags(names: readonly string[] | undefined): string[] {
  return (names ?? []).flatMap((name) => ['--addtag', name]);
}

function value(option: string, content: string | number | undefined): string[] {
  return content === undefined ? [] : [option, String(content)];
}

function size(option: string, content: Sectors | undefined): string[] {
  return content === undefined ? [] : [option, sizeWord(content)];
}

function yesNo(option: string, content: boolean | undefined): string[] {
  return content === undefined ? [] : [`${option}${content ? 'y' : 'n'}`];
}

function amount(spec: SizeSpec): string[] {
  const sign = spec.sign ?? '';
  if (spec.by === 'size') return ['-L', sign + sizeWord(spec.sectors)];
  if (spec.by === 'extents') return ['-l', `${sign}${spec.extents}`];
  return ['-l', `${sign}${spec.percent}%${spec.of}`];
}

const UNITS: readonly (readonly [letter: string, sectors: number])[] = [
  ['t', 2 ** 31],
  ['g', 2 ** 21],
  ['m', 2 ** 11],
  ['k', 2],
  ['s', 1],
];

/** In the largest unit that says it exactly: `12m`, `1g`, `3s`. */
export function sizeWord(count: Sectors): string {
  const [letter, unit] = UNITS.find(([, each]) => count !== 0 && count % each === 0) ?? ['s', 1];
  return `${count / unit}${letter}`;
}
