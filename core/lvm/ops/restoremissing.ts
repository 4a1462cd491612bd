import type { Notice } from '../../contract/errors.ts';
import { isMissing } from '../format/model.ts';
import type { ScannedPv } from '../scan-types.ts';
import type { Operation } from './context.ts';
import { vgToChange } from './find.ts';
import { planChange } from './plan-change.ts';

/** Takes PVs back that were written off as missing and are there again. */
export interface RestoremissingRequest {
  readonly verb: 'restoremissing';
  readonly vg: string;
  readonly devices: readonly string[];
}

export const planRestoremissing: Operation<RestoremissingRequest> = (request, context) => {
  const scanned = vgToChange(context, request.vg, { missing: true });
  if (!scanned.ok) return scanned;
  const { vg, devices } = scanned.value;
  // One that nothing lies on counts as present as soon as it is; that is said here all the same.
  const returned = scanned.value.notices.flatMap((one) =>
    one.code === 'pv-returned' ? one.device : [],
  );
  const back: ScannedPv[] = [];
  const notices: Notice[] = [];
  for (const device of request.devices) {
    const found = [...devices.values()].find(({ path }) => path === device);
    const entry = vg.pvs.find(({ id }) => id === found?.label.pvId);
    if (found && entry && (isMissing(entry) || returned.includes(device))) back.push(found);
    else {
      const why = entry ? 'not-missing' : 'not-found';
      notices.push({ code: 'not-restored', vg: vg.name, device, why });
    }
  }
  const title = `Take ${request.devices.join(', ')} back into ${vg.name}`;
  if (back.length === 0) {
    const short = { code: 'none-restored' } as const;
    const nothing = { steps: [], commitAt: -1, questions: [], done: [] };
    return { ok: true, value: { title, ...nothing, warnings: notices, short } };
  }
  const ids = back.map(({ label }) => label.pvId);
  const without = (words: readonly string[]): readonly string[] =>
    words.filter((word) => word !== 'MISSING');
  const pvs = vg.pvs.map((pv) =>
    ids.includes(pv.id) ? { ...pv, flags: without(pv.flags), status: without(pv.status) } : pv,
  );
  return planChange(context, scanned.value, {
    title,
    next: { ...vg, pvs },
    first: notices,
    done: [{ code: 'vg-extended', vg: vg.name }],
  });
};
