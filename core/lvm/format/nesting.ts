/** Volumes on volumes: a volume that lies on itself would be a device tree without an end. */
import { hasAreas, isPlain, type VolumeGroup } from './model.ts';
import { references } from './references.ts';

/** Deeper than anything LVM stacks; deeper trees exist only to exhaust a reader. */
const MAX_NESTING = 64;

/**
 * More devices than any volume is made of, each counted as often as something lies on it: a volume
 * that lies twice on one that lies twice on one more, and so on, would be built for ever.
 */
const MAX_DEVICES = 16_384;

/**
 * Follows areas of volumes, and the logs of mirrors: what becomes a device tree. References of
 * types that only pass through may go in circles: merging thin volumes do.
 */
export function findNesting(
  vg: VolumeGroup,
): { readonly lv: string; readonly why: string } | undefined {
  const stacked = vg.lvs.filter((lv) => !isPlain(lv));
  const below = new Map(
    stacked.map((lv) => {
      const names = lv.segments.filter(hasAreas).flatMap((one) => {
        const own = references(vg, one).map(({ lv: name }) => name);
        return one.kind === 'mirror' ? own : [...new Set(own)];
      });
      return [lv.name, names] as const;
    }),
  );
  const devices = new Map<string, number>();
  const height = new Map<string, number>();
  for (const { name: root } of stacked) {
    // Iterative depth first: `path` is the way down from the root.
    const path: { name: string; next: number; height: number }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string): void => {
      path.push({ name, next: 0, height: 0 });
      onPath.add(name);
    };
    if (!height.has(root)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const child = below.get(top.name)?.[top.next++];
      if (child === undefined) {
        if (top.height > MAX_NESTING) {
          return { lv: top.name, why: `it lies on more than ${MAX_NESTING} volumes` };
        }
        const all = below.get(top.name) ?? [];
        const made = all.reduce((sum, one) => sum + (devices.get(one) ?? 1), 1);
        if (made > MAX_DEVICES) {
          return { lv: top.name, why: `it is made of more than ${MAX_DEVICES} devices` };
        }
        devices.set(top.name, made);
        height.set(top.name, top.height);
        onPath.delete(top.name);
        path.pop();
        const parent = path.at(-1);
        if (parent) parent.height = Math.max(parent.height, top.height + 1);
      } else if (onPath.has(child)) {
        return { lv: child, why: 'it lies on itself' };
      } else {
        const done = height.get(child);
        if (done === undefined) enter(child);
        else top.height = Math.max(top.height, done + 1);
      }
    }
  }
  return undefined;
}
