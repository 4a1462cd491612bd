/** Where volumes of a lab are reached by other programs. */
import { resolve } from 'node:path';
import { ok } from '../base/result.ts';
import type { ExportHost, WantedPlace } from '../engine/exports.ts';
import { exportSocket } from './lab-socket.ts';
import { listenNbd, type NbdPlace } from './nbd-listen.ts';

/** @param directory of the lab: absolute, without symbolic links */
export function labExports(directory: string): ExportHost {
  return {
    async listen(name, wanted, accept) {
      const listening = await listenNbd(await placeFor(directory, name, wanted), accept);
      if (!listening.ok) return listening;
      const { place } = listening.value;
      return ok({
        place: 'path' in place ? { kind: 'unix', path: place.path } : { kind: 'tcp', ...place },
        close: () => listening.value.close(),
      });
    },
  };
}

async function placeFor(directory: string, name: string, wanted: WantedPlace): Promise<NbdPlace> {
  switch (wanted.kind) {
    case 'usual':
      return { path: await exportSocket(directory, name) };
    case 'unix':
      return { path: resolve(directory, wanted.path) };
    case 'tcp':
      return wanted;
  }
}
