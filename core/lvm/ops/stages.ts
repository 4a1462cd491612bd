/** Commands that change a group in several versions, one after the other (reference 10). */
import { must } from '../../base/assert.ts';
import type { Notice, Question, VolumeError } from '../../contract/errors.ts';
import type { Copying, Plan, Step } from '../../contract/plan.ts';
import { activateSteps, deactivateSteps } from '../activate/steps.ts';
import { deviceTree, type DeviceNode } from '../activate/tree.ts';
import type { Kernel } from '../activate/kernel.ts';
import { isInSync } from '../activate/mirror-status.ts';
import { dmUuid } from '../activate/names.ts';
import { findLv, type LogicalVolume, type VolumeGroup } from '../format/model.ts';
import type { ScannedVg } from '../scan-types.ts';
import type { OpContext } from './context.ts';
import { realDeviceOf, surroundings } from './find.ts';
import { planChange, type ChangeParts } from './plan-change.ts';

/**
 * Each stage is planned on what the ones before leave behind: the group in their version, devices
 * as their steps will have made them. The first that cannot be planned ends it all.
 */
export class Stages {
  readonly kernel: Kernel;
  /** For the tables from now on: the legs of mirrors are the same (`nosync`). */
  inSync = false;
  /** Disks that do not take a version from now on are left out. */
  tolerant = false;
  private readonly plans: Plan[] = [];
  private now: ScannedVg;

  constructor(
    readonly context: OpContext,
    scanned: ScannedVg,
  ) {
    this.kernel = context.kernel();
    this.now = scanned;
  }

  get scanned(): ScannedVg {
    return this.now;
  }

  get vg(): VolumeGroup {
    return this.now.vg;
  }

  /** A volume as the last stage leaves it. */
  lv(name: string): LogicalVolume {
    return must(findLv(this.vg, name), `volume ${name}`);
  }

  isActive({ id }: LogicalVolume): boolean {
    return this.kernel.find(dmUuid(this.vg.id, id)) !== undefined;
  }

  /** Whether all images are the same, as far as its device says; false where it has none. */
  isSynced(lv: LogicalVolume): boolean {
    return isInSync(realDeviceOf(this.context, this.vg, lv));
  }

  /** The devices that a volume needs in a version; pieces that are missing are stood in for. */
  tree(vg: VolumeGroup, name: string): DeviceNode | VolumeError {
    const lv = must(findLv(vg, name), `volume ${name}`);
    const tree = deviceTree(vg, lv, surroundings(this.context, this.now), true, this.inSync);
    return tree.ok ? tree.value : tree.error;
  }

  activate(vg: VolumeGroup, name: string): readonly Step[] | VolumeError {
    const tree = this.tree(vg, name);
    return isRefusal(tree) ? tree : activateSteps(tree, this.kernel);
  }

  deactivate(vg: VolumeGroup, name: string): readonly Step[] | VolumeError {
    const tree = this.tree(vg, name);
    return isRefusal(tree) ? tree : deactivateSteps(tree, this.kernel);
  }

  /** @returns why it cannot be done; undefined: it is planned */
  change(parts: Omit<ChangeParts, 'done'>): VolumeError | undefined {
    const { tolerant } = this;
    const plan = planChange(this.context, this.now, { done: [], tolerant, ...parts });
    if (!plan.ok) return plan.error;
    this.plans.push(plan.value);
    this.now = committed(this.now, plan.value, parts.next);
    return undefined;
  }

  /** Steps without a version. */
  steps(title: string, steps: readonly Step[]): undefined {
    const none = { warnings: [], questions: [], done: [] };
    this.plans.push({ title, steps, commitAt: -1, ...none });
  }

  /** What the next version begins with; no version of its own. */
  leaveOut(vg: VolumeGroup): void {
    this.now = { ...this.now, vg: { ...vg, seqno: this.now.vg.seqno } };
  }

  /** One plan of all stages. @param parts said before the first and after the last */
  plan(parts: {
    readonly title: string;
    readonly warnings?: readonly Notice[];
    readonly questions?: readonly Question[];
    readonly done: readonly Notice[];
    readonly begins?: Copying;
    readonly log?: Plan['log'];
  }): Plan {
    const { title, warnings = [], questions = [], done, begins, log } = parts;
    const [first, ...others] = this.plans;
    const none = { title, steps: [], commitAt: -1, warnings: [], questions: [], done: [] };
    const chain = [first ?? none, ...others];
    const last = must(chain.at(-1), 'the last stage');
    const copying = begins ? { begins: [begins] } : {};
    const end: Plan = { ...last, done: [...last.done, ...done], ...copying };
    const all = [...chain.slice(0, -1), end];
    const whole = all.reduceRight((then, plan) => ({ ...plan, then }));
    return {
      ...whole,
      title,
      warnings: [...warnings, ...whole.warnings],
      questions,
      ...(log ? { log } : {}),
    };
  }
}

export const isRefusal = (found: object): found is VolumeError => 'code' in found;

/** What a look at the disks will find once the plan is done. */
function committed(scanned: ScannedVg, plan: Plan, { lvs }: VolumeGroup): ScannedVg {
  const written = plan.steps.flatMap(({ action }) =>
    action.kind === 'write-metadata' ? [action] : [],
  );
  const { group, areas: where } = must(written.at(-1), 'the metadata that a stage writes');
  // Volumes that are seen for a moment keep their place: only a reader finds them in front.
  const vg: VolumeGroup = { ...(group as VolumeGroup), lvs };
  const devices = [...scanned.devices].map(([id, pv]) => {
    const areas = pv.areas.map((area) => {
      const isWritten = where.some(
        ({ device, start }) => device === pv.path && start === area.range.start,
      );
      return isWritten ? { ...area, vg } : area;
    });
    return [id, { ...pv, areas }] as const;
  });
  return { ...scanned, vg, devices: new Map(devices) };
}
