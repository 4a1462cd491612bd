import { ok } from '../../base/result.ts';
import {
  last,
  policy,
  read,
  sizeOf,
  splitLvPath,
  stripingOf,
  usage,
  valued,
  yesNo,
  type ChangeCommand,
} from '../command.ts';

export const lvcreate: ChangeCommand = {
  name: 'lvcreate',
  options: [
    valued('name', 'n'),
    valued('size', 'L'),
    valued('extents', 'l'),
    valued('stripes', 'i'),
    valued('stripesize', 'I'),
    valued('alloc'),
    valued('contiguous', 'C'),
    valued('addtag'),
    valued('activate', 'a'),
    valued('zero', 'Z'),
    // Signatures inside a new volume are wiped by zeroing its start; there is nothing else to ask.
    valued('wipesignatures', 'W'),
    valued('type'),
  ],
  parse(line) {
    const [target, ...pvs] = line.positionals;
    if (target === undefined) return usage('Please provide a volume group name');
    const type = last(line, 'type');
    if (type !== undefined && type !== 'linear' && type !== 'striped') {
      return usage(`Volumes of type ${type} cannot be created here yet.`, false);
    }
    const size = sizeOf(line);
    if (!size.ok) return size;
    const striping = stripingOf(line);
    if (!striping.ok) return striping;
    const alloc = read(line, 'alloc', policy);
    if (!alloc.ok) return alloc;
    const contiguous = read(line, 'contiguous', yesNo);
    if (!contiguous.ok) return contiguous;
    const activate = read(line, 'activate', yesNo);
    if (!activate.ok) return activate;
    const zero = read(line, 'zero', yesNo);
    if (!zero.ok) return zero;
    const path = splitLvPath(target);
    const name = last(line, 'name') ?? path?.lv;
    const tags = line.values.get('addtag');
    const allocation = contiguous.value === true ? 'contiguous' : alloc.value;
    return ok([
      {
        verb: 'lvcreate',
        vg: path?.vg ?? target.replace(/^\/dev\//, ''),
        size: size.value,
        ...striping.value,
        ...(name === undefined ? {} : { name: splitLvPath(name)?.lv ?? name }),
        ...(allocation === undefined ? {} : { allocation }),
        ...(pvs.length === 0 ? {} : { pvs }),
        ...(tags === undefined ? {} : { tags }),
        ...(activate.value === undefined ? {} : { activate: activate.value }),
        ...(zero.value === undefined ? {} : { zero: zero.value }),
      },
    ]);
  },
};
