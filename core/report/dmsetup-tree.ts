/** `dmsetup ls --tree` (reference 14.1). */
import type { DmDeviceState } from '../contract/state.ts';
import type { DevNo } from '../contract/units.ts';

/** One node: a mapped device, or a disk, which has no name there. */
interface Node {
  readonly label: string;
  readonly below: readonly Node[];
}

const GLYPHS = {
  ascii: { more: ' |-', last: ' `-', pass: ' | ' },
  utf: { more: ' ├─', last: ' └─', pass: ' │ ' },
} as const;

export type TreeGlyphs = keyof typeof GLYPHS;

export function treeLines(
  devices: readonly DmDeviceState[],
  glyphs: TreeGlyphs = 'ascii',
  inverted = false,
): readonly string[] {
  const roots = inverted ? fromDisks(devices) : fromTop(devices);
  return roots.flatMap((root) => [root.label, ...branches(root.below, '', GLYPHS[glyphs])]);
}

function branches(
  nodes: readonly Node[],
  prefix: string,
  glyphs: (typeof GLYPHS)[TreeGlyphs],
): readonly string[] {
  return nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1;
    const deeper = prefix + (last ? '   ' : glyphs.pass);
    const line = `${prefix}${last ? glyphs.last : glyphs.more}${node.label}`;
    return [line, ...branches(node.below, deeper, glyphs)];
  });
}

const disk = (devno: DevNo): Node => ({ label: ` (${devno})`, below: [] });

/** Devices that nothing else uses, with what they stand on, newest opened first. */
function fromTop(devices: readonly DmDeviceState[]): readonly Node[] {
  const used = new Set(devices.flatMap(({ deps }) => deps));
  const node = (device: DmDeviceState): Node => ({
    label: `${device.name} (${device.devno})`,
    below: device.deps.map((devno) => {
      const below = devices.find((one) => one.devno === devno);
      return below ? node(below) : disk(devno);
    }),
  });
  return devices.filter(({ devno }) => !used.has(devno)).map(node);
}

/** The same from the disks up: what stands on each. */
function fromDisks(devices: readonly DmDeviceState[]): readonly Node[] {
  const own = new Set(devices.map(({ devno }) => devno));
  const usersOf = (devno: DevNo): readonly Node[] =>
    devices
      .filter(({ deps }) => deps.includes(devno))
      .map((user) => ({ label: `${user.name} (${user.devno})`, below: usersOf(user.devno) }));
  const disks = [...new Set(devices.flatMap(({ deps }) => deps))].filter((no) => !own.has(no));
  return disks.toSorted(byNumber).map((no) => ({ label: ` (${no})`, below: usersOf(no) }));
}

function byNumber(a: DevNo, b: DevNo): number {
  const [majorA = 0, minorA = 0] = a.split(':').map(Number);
  const [majorB = 0, minorB = 0] = b.split(':').map(Number);
  return majorA - majorB || minorA - minorB;
}
