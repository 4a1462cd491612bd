/**
 * A volume group as vgcfgbackup keeps it in a file (reference 3, 15.1): the header first, the group
 * indented by tabs, with comments for people. What is read is the same as on disk.
 */
import { ByteText } from '../../base/byte-text.ts';
import { printedLvs, printHeader, vgParts, type PrintedLvs } from './export.ts';
import { Indenter } from './indent.ts';
import { withChange, type LvsText } from './lvs-text.ts';
import type { MetadataHeader, VolumeGroup } from './model.ts';
import { changeOf, PerVersion } from './per-version.ts';

/** How deep volumes lie in the text: in the group, in `logical_volumes`. */
const LV_DEPTH = 2;

/** It ends in a newline. */
export function backupText(vg: VolumeGroup, header: MetadataHeader): ByteText {
  const { before, after } = vgParts(vg);
  const depth = vg.lvs.length > 0 ? LV_DEPTH : 1;
  const around = new Indenter(vg.extentSize);
  const [head, tail] = [around.indent(before, 0).text, around.indent(after, depth).text];
  return ByteText.of(printHeader(header), head, indented.of(vg).text, tail);
}

interface IndentedLvs extends LvsText {
  readonly printed: PrintedLvs;
}

const indented = new PerVersion<IndentedLvs>({
  whole(vg) {
    const printed = printedLvs(vg);
    return {
      printed,
      ...new Indenter(vg.extentSize).indent(printed.text.toString(), LV_DEPTH, printed.ends),
    };
  },
  next(known, vg, before) {
    const printed = printedLvs(vg);
    const was = known.printed;
    const alike = was.names === printed.names && was.locked === printed.locked;
    if (!alike || before.extentSize !== vg.extentSize) return undefined;
    const change = changeOf(was.order, printed.order);
    const indenter = new Indenter(vg.extentSize);
    const text = withChange(known, change, ({ length }) => {
      const ends = printed.ends.subarray(change.at, change.at + length);
      const start = printed.ends[change.at - 1] ?? 0;
      const own = printed.text.slice(start, ends.at(-1) ?? start);
      return indenter.indent(
        own.toString(),
        LV_DEPTH,
        ends.map((end) => end - start),
      );
    });
    return { printed, ...text };
  },
});
