/** Where volumes of a lab are reached by other programs. */
import { resolve } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { ExportHost, ServerThreads, WantedPlace } from '../engine/exports.ts';
import { exportSocket } from './lab-socket.ts';
import { listenNbd, type NbdPlace } from './nbd-listen.ts';

/**
 * @param directory of the lab: absolute, without symbolic links
 * @param threads absent: all clients are served in this one
 */
export function labExports(directory: string, threads?: ServerThreads): ExportHost {
  return {
    ...(threads && { threads }),
    async listen(name, wanted, accept) {
      const chosen = await placeFor(directory, name, wanted);
      if (!chosen) return err('there is no safe folder for its socket: name one with --socket');
      const listening = await listenNbd(chosen, accept);
      if (!listening.ok) return listening;
      const { place } = listening.value;
      return ok({
        place: 'path' in place ? { kind: 'unix', path: place.path } : { kind: 'tcp', ...place },
        close: () => listening.value.close(),
      });
    },
  };
}

async function placeFor(
  directory: string,
  name: string,
  wanted: WantedPlace,
): Promise<NbdPlace | undefined> {
  switch (wanted.kind) {
    case 'usual': {
      const path = await exportSocket(directory, name);
      return path === undefined ? undefined : { path };
    }
    case 'unix':
      return { path: resolve(directory, wanted.path) };
    case 'tcp':
      return wanted;
  }
}
