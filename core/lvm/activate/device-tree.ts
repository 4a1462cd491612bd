/**
 * The tree of devices that LVM builds for each part of a change, and the order in which libdm goes
 * through it (reference 8.3, 8.4). Which device comes first where several could decides nothing
 * about safety, but is what a log of Linux shows.
 */
import type { Step } from '../../contract/plan.ts';
import * as steps from './device-steps.ts';
import {
  isSameTable,
  wantedTable,
  type Kernel,
  type KernelDevice,
  type KnownTable,
} from './kernel.ts';
import { COW, REAL } from './names.ts';
import { bottomUp, topsOf, type DeviceNode } from './tree.ts';

/** How libdm of a time went about it. */
export interface Era {
  /**
   * When a table like the live one is dropped again once it is loaded. In 2008 none was left
   * waiting when a tree was suspended; in the part that resumes they were loaded all the same.
   */
  readonly suppresses: 'always' | 'before-suspend';
  /** Every suspended device that has parents goes on as soon as its table is loaded. */
  readonly resumesEarly: boolean;
  /**
   * When a device that left the tree gets the table that it is left with: with the others, before
   * its former parent goes on, or not at all, which lets two mirrors write through one log for a
   * moment (the mistake that "Update dm table of off-tree layer LV" mended).
   */
  readonly offTree: 'preloaded' | 'activated-first' | 'keeps-table';
  /**
   * What lies above a mirror: nothing, so that a snapshot suspends the mirror itself, or a device
   * that passes everything on and is suspended in its place (pass-through.ts).
   */
  readonly aboveMirrors: 'nothing' | 'pass-through';
  /** How its log looked. */
  readonly logs: 'present' | 'of-2008';
}

export const PRESENT: Era = {
  suppresses: 'always',
  resumesEarly: false,
  offTree: 'preloaded',
  aboveMirrors: 'nothing',
  logs: 'present',
};
/** As the mailing list's logs of 2008 show it, with that patch and without. */
export const OF_2008: Era = {
  suppresses: 'before-suspend',
  resumesEarly: true,
  offTree: 'activated-first',
  aboveMirrors: 'nothing',
  logs: 'of-2008',
};
export const BEFORE_PATCH: Era = { ...OF_2008, offTree: 'keeps-table' };
/** As a post of the list would have it, against races and deadlocks of snapshots of mirrors. */
export const WITH_PASS_THROUGH: Era = { ...PRESENT, aboveMirrors: 'pass-through' };

interface TreeNode {
  readonly uuid: string;
  /** What the metadata wants; absent: the kernel has it below another one. */
  wanted?: DeviceNode;
  /** Its size grew, or that of one below it. */
  grew: boolean;
  /** On its level the higher ones go on later. */
  readonly priority: number;
  readonly uses: TreeNode[];
  readonly usedBy: TreeNode[];
}

export class DeviceTree {
  private readonly nodes = new Map<string, TreeNode>();
  /** Those that nothing else uses, in the order found. */
  private readonly roots: readonly TreeNode[];
  /** By UUID what the metadata wants of a device. */
  private readonly wishes: ReadonlyMap<string, DeviceNode>;

  /** @param wanted by the metadata: devices of volumes with all that is below them */
  constructor(
    private readonly kernel: Kernel,
    private readonly wanted: readonly DeviceNode[],
    private readonly era: Era = PRESENT,
  ) {
    const tops = wanted.flatMap(topsOf);
    this.wishes = new Map(tops.flatMap(bottomUp).map((one) => [one.uuid, one]));
    // First what the kernel has, with its dependencies, then what the metadata adds to it.
    const visit = (node: DeviceNode): void => {
      if (kernel.find(node.uuid)) this.addExisting(node.uuid);
      node.children.forEach(visit);
    };
    tops.forEach(visit);
    // Layers that a volume no longer needs are its own all the same.
    for (const uuid of tops.flatMap(layersOf)) if (kernel.find(uuid)) this.addExisting(uuid);
    for (const one of tops) this.addWanted(one);
    this.roots = [...this.nodes.values()].filter(({ usedBy }) => usedBy.length === 0);
  }

  /** Children first: creates what is missing, loads what is wanted, lets grown devices go on. */
  preload(): readonly Step[] {
    return this.preloadBelow(this.roots, true);
  }

  /** Level by level from the top: a device once all that use it are suspended. */
  suspend(how: steps.Suspension): readonly Step[] {
    return this.suspendBelow(this.roots, how);
  }

  /** Loads what nobody loaded yet, then resumes, children first. */
  activate(): readonly Step[] {
    const isSuppressed = this.era.suppresses === 'always';
    return [...this.preloadBelow(this.roots, isSuppressed), ...this.resumeBelow(this.roots)];
  }

  /** Removes what was below an origin and nothing lies on any more. */
  clean(): readonly Step[] {
    const layers = this.wanted.map(({ uuid }) => `${uuid}-${REAL}`);
    return layers.flatMap((uuid) => {
      const device = this.kernel.find(uuid);
      if (!device || this.wishes.has(uuid) || this.isUsed(uuid)) return [];
      if (this.kernel.isOpen(uuid)) return [];
      this.kernel.remove(uuid);
      return [steps.removeDevice(device.name)];
    });
  }

  /** By a device of the kernel, as it is by now. */
  private isUsed(below: string): boolean {
    return [...this.nodes.keys()].some((uuid) => {
      const { live, inactive } = this.kernel.find(uuid) ?? {};
      return [live, inactive].some((table) => table?.below.includes(below) === true);
    });
  }

  /**
   * Removes devices from the top, each with all that only it uses.
   * @param stays is told of a device at the top that somebody has open; absent: none has
   */
  deactivate(stays?: (device: KernelDevice) => void): readonly Step[] {
    return this.roots.flatMap((root) => {
      const device = this.kernel.find(root.uuid);
      if (!device) return this.removeBelow(root.uses);
      if (!stays || !this.kernel.isOpen(root.uuid)) return this.removeBelow([root]);
      stays(device);
      return [];
    });
  }

  private addExisting(uuid: string): TreeNode {
    const known = this.nodes.get(uuid);
    if (known) return known;
    const node = this.add(uuid);
    for (const below of this.kernel.find(uuid)?.live?.below ?? []) {
      link(node, this.addExisting(below));
    }
    return node;
  }

  private addWanted(wanted: DeviceNode): TreeNode {
    const node = this.nodes.get(wanted.uuid) ?? this.add(wanted.uuid);
    node.wanted = wanted;
    for (const child of wanted.children.map((one) => this.addWanted(one))) link(node, child);
    return node;
  }

  private add(uuid: string): TreeNode {
    // A snapshot that merges waits for its origin only where it is there: libdm looks for it.
    const { priority = 0 } = this.wishes.get(uuid) ?? {};
    const isLast = priority > 1 && !this.kernel.find(uuid);
    const own = { uuid, grew: false, priority: isLast ? 0 : priority };
    const node: TreeNode = { ...own, uses: [], usedBy: [] };
    this.nodes.set(uuid, node);
    return node;
  }

  private preloadBelow(nodes: readonly TreeNode[], unlessSame: boolean): Step[] {
    const out: Step[] = [];
    for (const node of nodes) {
      out.push(...this.preloadBelow(node.uses, unlessSame), ...this.load(node, unlessSame));
      for (const parent of node.usedBy) parent.grew ||= node.grew;
      if (node.usedBy.length > 0 && this.goesOnEarly(node)) out.push(...this.resume(node));
    }
    return out;
  }

  /** A device has to be as large as the table above it needs before that is loaded. */
  private goesOnEarly(node: TreeNode): boolean {
    const device = this.kernel.find(node.uuid);
    if (!device) return false;
    if (this.era.resumesEarly && device.suspended) return true;
    if (this.isLate(node)) return false;
    return node.grew && (device.inactive !== undefined || device.suspended);
  }

  /** New, and to begin only with what lies on it. */
  private isLate({ uuid, usedBy }: TreeNode): boolean {
    if (this.kernel.find(uuid)?.live) return false;
    const when = this.wishes.get(uuid)?.startsLate;
    return when === 'always' || (when !== undefined && usedBy.some((one) => this.isRunning(one)));
  }

  private load(node: TreeNode, unlessSame: boolean): readonly Step[] {
    const { wanted } = node;
    if (!wanted) return [];
    const out: Step[] = [];
    if (!this.kernel.find(node.uuid)) {
      this.kernel.create(node.uuid, wanted.name);
      out.push(steps.create(wanted));
    }
    const device = this.kernel.find(node.uuid);
    if (!device) return out;
    const { live, inactive } = device;
    // One that would change nothing need not wait; it goes when it is loaded once more.
    const idle = inactive !== undefined && unlessSame && isSameTable(live, inactive);
    if (inactive !== undefined && !idle) return out;
    // Asked for once a pass: a device with two parents is visited twice.
    delete node.wanted;
    const table = tableOf(wanted, this.namesBelow(wanted));
    const same = unlessSame && isSameTable(device.live, table);
    const { lines } = table;
    out.push(
      steps.preload({ ...wanted, table: lines }, device.name, {
        same,
        unlessSame,
        late: this.isLate(node),
      }),
    );
    if (same) {
      device.inactive = undefined;
      return out;
    }
    // Of one that goes on late nothing above it may go on early: it would have no table below.
    if (table.size > (device.live?.size ?? 0) && !this.isLate(node)) node.grew = true;
    device.inactive = table;
    return out;
  }

  /** A device gets its new name only when it goes on: until then a table finds it by the old. */
  private namesBelow({ children }: DeviceNode): ReadonlyMap<string, string> {
    return new Map(children.map(({ name, uuid }) => [name, this.kernel.find(uuid)?.name ?? name]));
  }

  private suspendBelow(nodes: readonly TreeNode[], how: steps.Suspension): Step[] {
    const out: Step[] = [];
    for (const { uuid, usedBy } of nodes) {
      const device = this.kernel.find(uuid);
      if (!device || device.suspended) continue;
      if (usedBy.some((one) => this.isRunning(one))) continue;
      device.suspended = true;
      out.push(steps.suspend(device.name, how));
    }
    for (const { uses } of nodes) out.push(...this.suspendBelow(uses, how));
    return out;
  }

  private isRunning({ uuid }: TreeNode): boolean {
    const device = this.kernel.find(uuid);
    return device?.live !== undefined && !device.suspended;
  }

  private resumeBelow(nodes: readonly TreeNode[]): Step[] {
    const out = nodes.flatMap(({ uses }) => this.resumeBelow(uses));
    for (const node of nodes.toSorted((a, b) => a.priority - b.priority)) {
      const device = this.kernel.find(node.uuid);
      if (!device) continue;
      out.push(...this.rename(node, device));
      if (device.suspended || !device.live || this.waits(device)) out.push(...this.resume(node));
    }
    return out;
  }

  /** A table waits to go live; one like the live one was left waiting in 2008. */
  private waits({ live, inactive }: KernelDevice): boolean {
    if (inactive === undefined) return false;
    return this.era.suppresses === 'always' || !isSameTable(live, inactive);
  }

  /** A device whose name was changed by hand gets its own again. */
  private rename({ uuid }: TreeNode, device: KernelDevice): readonly Step[] {
    const name = this.wishes.get(uuid)?.name ?? device.name;
    if (name === device.name) return [];
    const renamed = steps.renameStep(device.name, name);
    device.name = name;
    return [renamed];
  }

  private resume({ uuid }: Pick<TreeNode, 'uuid'>): readonly Step[] {
    const device = this.kernel.find(uuid);
    if (!device) return [];
    const isNew = device.live === undefined;
    // What its new table lies on may be anybody's: a target that starts may have to wait for it.
    const below = (device.inactive ?? device.live)?.below ?? [];
    const first = below.filter((one) => this.kernel.find(one)?.suspended);
    const before = first.flatMap((one) => this.resume({ uuid: one }));
    this.kernel.resume(uuid);
    const readAhead = this.wishes.get(uuid)?.readAhead;
    return [...before, (isNew ? steps.start : steps.resume)(device.name, readAhead)];
  }

  private removeBelow(nodes: readonly TreeNode[]): Step[] {
    const out: Step[] = [];
    for (const { uuid, usedBy, uses } of nodes) {
      const device = this.kernel.find(uuid);
      const isUsed = usedBy.some((one) => this.kernel.find(one.uuid));
      if (isUsed || (device && usedBy.length > 0 && this.kernel.isOpen(uuid))) continue;
      if (device) {
        this.kernel.remove(uuid);
        out.push(steps.removeDevice(device.name));
      }
      out.push(...this.removeBelow(uses));
    }
    return out;
  }
}

const layersOf = ({ uuid }: DeviceNode): readonly string[] =>
  [REAL, COW].map((layer) => `${uuid}-${layer}`);

function link(parent: TreeNode, child: TreeNode): void {
  if (parent.uses.includes(child)) return;
  parent.uses.push(child);
  child.usedBy.push(parent);
}

/** @param names what the devices below are called now */
function tableOf(
  { table, readOnly, children, size }: DeviceNode,
  names: ReadonlyMap<string, string>,
): KnownTable {
  const lines = table.map((line) => {
    const words = line.trim().split(/\s+/);
    return words.map((word) => names.get(word) ?? word).join(' ');
  });
  const below = children.map(({ uuid }) => uuid);
  return wantedTable(lines, readOnly, below, size);
}
