/** Moves whose devices are down: as in LVM they go on by the names of their sources alone. */
import type { VgState } from '../../../core/contract/state.ts';

const DOWN = '-';

/** Paths of the PVs that they leave. */
export function sourcesDown(vg: VgState): readonly string[] {
  const down = vg.lvs.filter(({ attr }) => attr.startsWith('p') && attr[4] === DOWN);
  return down.flatMap(({ name }) => sourceOf(vg, name) ?? []);
}

function sourceOf(vg: VgState, name: string): string | undefined {
  const [first] = vg.lvs.find((lv) => lv.name === name)?.segments ?? [];
  const from = first?.areas[0];
  if (from?.on === 'lv') return sourceOf(vg, from.device);
  return from?.device;
}
