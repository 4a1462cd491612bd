import { ok } from '../../base/result.ts';
import {
  policy,
  read,
  sizeOf,
  splitLvPath,
  stripingOf,
  usage,
  valued,
  type ChangeCommand,
} from '../command.ts';

export const lvextend: ChangeCommand = {
  name: 'lvextend',
  options: [
    valued('size', 'L'),
    valued('extents', 'l'),
    valued('stripes', 'i'),
    valued('stripesize', 'I'),
    valued('alloc'),
  ],
  parse(line) {
    const [target, ...pvs] = line.positionals;
    const path = target === undefined ? undefined : splitLvPath(target);
    if (!path) return usage('Please provide a logical volume');
    const size = sizeOf(line);
    if (!size.ok) return size;
    const striping = stripingOf(line);
    if (!striping.ok) return striping;
    const allocation = read(line, 'alloc', policy);
    if (!allocation.ok) return allocation;
    return ok([
      {
        verb: 'lvextend',
        ...path,
        size: size.value,
        ...striping.value,
        ...(allocation.value === undefined ? {} : { allocation: allocation.value }),
        ...(pvs.length === 0 ? {} : { pvs }),
      },
    ]);
  },
};
