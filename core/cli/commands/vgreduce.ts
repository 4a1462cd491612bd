import {
  defined,
  FORCE,
  misuse,
  syntax,
  unwantedOption,
  unwantedWord,
  vgName,
  type ChangeCommand,
} from '../command.ts';
import { flag } from '../getopt.ts';

export const vgreduce: ChangeCommand = {
  name: 'vgreduce',
  about: 'Remove physical volume(s) from a volume group',
  forms: ['VG PV ...', '-a|--all VG', '--removemissing VG'],
  options: [FORCE, flag('all', 'a'), flag('removemissing'), flag('mirrorsonly')],
  parse(line, known) {
    const [first, ...named] = line.words;
    if (first === undefined) return line.refuse(syntax());
    const vg = vgName(first);
    if (line.has('removemissing')) {
      const surplusOption = line.has('mirrorsonly') ? 'all' : 'removemissing';
      if (line.has('all')) return line.refuse(unwantedOption(surplusOption));
      const [surplus] = named;
      if (surplus !== undefined) return line.refuse(unwantedWord(surplus));
      const force = defined({
        force: line.has('force') ? true : undefined,
        mirrorsOnly: line.has('mirrorsonly') ? (true as const) : undefined,
      });
      return line.requests([{ verb: 'removemissing', vg, ...force }]);
    }
    if (line.has('mirrorsonly') || line.has('all') === named.length > 0)
      return line.refuse(syntax());
    // A group that is not complete is refused as a whole: no PV of it is looked at.
    const all = known.isComplete(vg) ? known.pvsOf(vg) : undefined;
    const devices = line.has('all') ? (all ?? ['']) : named;
    // Devices that there are not come first, then PVs of the group in its order.
    const place = (device: string): number => {
      if (known.disk(device) === undefined) return -1;
      const at = all?.indexOf(device) ?? -1;
      return at < 0 ? (all?.length ?? 0) : at;
    };
    const inOrder = devices.toSorted((a, b) => place(a) - place(b));
    if (devices.length === 0) return line.refuse(misuse('Nothing to remove'));
    const [device = '', ...others] = [...new Set(inOrder)];
    if (!known.pvsOf(vg) && others.length > 0) {
      return line.requests([{ verb: 'vgreduce', vg, device, others }]);
    }
    return line.requests(inOrder.map((device) => ({ verb: 'vgreduce', vg, device })));
  },
};
