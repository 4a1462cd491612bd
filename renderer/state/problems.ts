/** All that is wrong or odd in the lab, and what each of it is about. */
import type { LabState } from '../../core/contract/state.ts';
import type { Subject } from './store.ts';
import { vgSubject } from './subjects.ts';

export interface Problem {
  /** Absent: several disks, or none that is there. */
  readonly subject?: Subject;
  /** What the subject is called. */
  readonly name: string;
  /** LVM's own, where LVM says it. */
  readonly sentence: string;
}

/** Images that cannot be used first, then the groups, then PVs and disks in none. */
export function problemsOf(lab: LabState): readonly Problem[] {
  const pvs = new Set([...lab.orphans, ...lab.vgs.flatMap((vg) => vg.pvs)].map((pv) => pv.device));
  const disk = (path: string): Pick<Problem, 'subject' | 'name'> => ({
    subject: { kind: pvs.has(path) ? 'pv' : 'disk', id: path },
    name: path,
  });
  // What is wrong with an image is said once, of the disk that it is.
  const wholes = lab.disks.filter(({ partitionOf }) => !partitionOf);
  const images = wholes.flatMap(({ path, problem, note }) =>
    [problem, note].flatMap((sentence) =>
      sentence === undefined ? [] : [{ ...disk(path), sentence }],
    ),
  );
  const groups = lab.vgs.flatMap((vg) =>
    vg.problems.map((sentence) => ({ subject: vgSubject(lab, vg), name: vg.name, sentence })),
  );
  const others = lab.problems.map(({ device, sentence }) => ({
    ...(device === undefined ? { name: 'disks' } : disk(device)),
    sentence,
  }));
  return [...images, ...groups, ...others];
}
