import { err, ok } from '../../base/result.ts';
import type { Step } from '../../contract/plan.ts';
import type { Operation } from './context.ts';
import { diskToWrite, isUsed } from './pv-steps.ts';

/** Takes the label off a PV, so that it is a plain disk. A PV of a group needs `-ff`. */
export interface PvremoveRequest {
  readonly verb: 'pvremove';
  /** `/dev/sda`. */
  readonly device: string;
  readonly force?: number;
}

export const planPvremove: Operation<PvremoveRequest> = ({ device, force = 0 }, context) => {
  const disk = diskToWrite(context, device, 'pvremove');
  if (!disk.ok) return disk;
  const pv = context.scan.pvs.find(({ path }) => path === device);
  if (!pv) return err({ code: 'not-a-pv', device, command: 'pvremove' });
  const { vgName } = pv;
  if (force < 2) {
    if (vgName !== undefined)
      return err({ code: 'pv-of-vg', device, vg: vgName, command: 'pvremove' });
    if (isUsed(pv.label)) return err({ code: 'pv-used-unknown', device, command: 'pvremove' });
  }
  const vg = vgName ?? (isUsed(pv.label) ? '<unknown>' : undefined);
  const held = context.holderOf(disk.value.devno) !== undefined;
  return ok({
    title: `Remove physical volume ${device}`,
    steps: held ? [] : [wipeStep(device)],
    commitAt: -1,
    warnings: vg === undefined ? [] : [{ code: 'wiping-used-pv', device, vg }],
    questions: vg === undefined ? [] : [{ code: 'wipe-used-pv', device, vg }],
    done: [
      ...(vg === undefined ? [] : [{ code: 'wiping-label', device, vg } as const]),
      ...(held ? [] : [{ code: 'pv-removed', device } as const]),
    ],
    ...(held ? { short: { code: 'pv-held', device } } : {}),
  });
};

const wipeStep = (device: string): Step => ({
  what: `wipe the label of ${device}`,
  why: 'Without a label the disk is no PV; what lies behind it stays as it is.',
  action: { kind: 'wipe-label', device },
  undo: { kind: 'none', because: 'the label is one sector: it is there or it is not' },
});
