import { lvExtentCount } from '../format/model.ts';
import type { Operation } from './context.ts';
import { ownLv, vgToChange } from './find.ts';
import { planLvextend, type LvextendRequest } from './lvextend.ts';
import { planLvreduce } from './lvreduce.ts';
import { roomIn, sizeBase, type Room } from './place.ts';
import { resolveSize } from './size.ts';
import { shareOf } from './snapshot/resize.ts';

/** Grows or cuts a volume, whichever the size means. */
export interface LvresizeRequest extends Omit<LvextendRequest, 'verb'> {
  readonly verb: 'lvresize';
  /** Cuts without asking. */
  readonly force?: boolean;
}

export const planLvresize: Operation<LvresizeRequest> = (request, context) => {
  const { vg, lv: name, size } = request;
  const fs = request.resizeFs ? { resizeFs: true as const } : {};
  const reduce = { verb: 'lvreduce', vg, lv: name, size, ...fs } as const;
  const forced = request.force === undefined ? {} : { force: request.force };
  if (size.sign === '-') return planLvreduce({ ...reduce, ...forced }, context);
  const scanned = vgToChange(context, vg);
  if (!scanned.ok) return scanned;
  const lv = ownLv(scanned.value.vg, name, 'lvresize');
  if (!lv.ok) return lv;
  const room = roomIn(scanned.value, request.pvs);
  const present = lvExtentCount(lv.value);
  const base = (of: Room) => ({
    ...sizeBase(of, present),
    ...shareOf(scanned.value.vg, lv.value),
  });
  const total = room.ok ? resolveSize(size, base(room.value), 'lvresize') : room;
  const shrinks = total.ok && total.value.total < present;
  if (shrinks) return planLvreduce({ ...reduce, ...forced }, context);
  return planLvextend({ ...request, verb: 'lvextend' }, context);
};
