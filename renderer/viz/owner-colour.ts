/** Which of the owner colours of tokens.css a volume has: stable by its place in the group. */
import type { VgState } from '../../core/contract/state.ts';

const OWNER_COLOURS = 7;

/** `owner-0` .. `owner-6`, then from the start again; labels tell apart what colours cannot. */
export function ownerClass(vg: VgState, lv: string): string {
  const index = vg.lvs.findIndex((one) => `${one.vg}/${one.name}` === lv);
  return `owner-${Math.max(0, index) % OWNER_COLOURS}`;
}
