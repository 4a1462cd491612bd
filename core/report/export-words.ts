/** Exports for people: their addresses, and the commands of other programs that use them. */
import { quoteWord } from '../base/words.ts';
import type { ExportPlace, ExportUse } from '../contract/exports.ts';

/** The port that is NBD's own and goes unsaid. */
const USUAL_PORT = 10_809;

/** Names of volumes need no escaping in an address; paths of sockets may. */
export function exportUri(volume: string, place: ExportPlace): string {
  if (place.kind === 'unix') {
    return `nbd+unix:///${volume}?socket=${escaped(place.path)}`;
  }
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  const port = place.port === USUAL_PORT ? '' : `:${place.port}`;
  return `nbd://${host}${port}/${volume}`;
}

const escaped = (path: string): string =>
  path.replace(/[^A-Za-z0-9/._~-]/gu, (character) => encodeURIComponent(character));

export function exportUses(volume: string, place: ExportPlace): readonly ExportUse[] {
  const lv = volume.slice(volume.indexOf('/') + 1);
  const uri = quoteWord(exportUri(volume, place));
  const folder = quoteWord(lv);
  const server =
    place.kind === 'unix' ? `-unix ${quoteWord(place.path)}` : `${place.host} ${place.port}`;
  const file = quoteWord(`${lv}/nbd`);
  return [
    { what: 'See what it offers', lines: [`nbdinfo ${uri}`] },
    {
      what: 'Use it as a file, without root',
      lines: [`mkdir -p ${folder}`, `nbdfuse ${folder} ${uri}`],
    },
    {
      what: 'Mount the file system in that file, as root',
      lines: [`mount -o loop ${file} /mnt`],
    },
    {
      what: 'Use it as a block device, as root',
      lines: [`modprobe nbd`, `nbd-client ${server} /dev/nbd0 -name ${volume}`],
    },
    {
      what: 'Give it to a virtual machine',
      lines: [`qemu-system-x86_64 -m 1G -drive file=${uri},format=raw,if=virtio`],
    },
    { what: 'Copy it', lines: [`nbdcopy ${uri} ${quoteWord(`${lv}.img`)}`] },
  ];
}

/** For a terminal. */
export const usesText = (uses: readonly ExportUse[]): string =>
  uses.map(({ what, lines }) => `${what}:\n${lines.map((one) => `  ${one}\n`).join('')}`).join('');
