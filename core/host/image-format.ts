/**
 * Images that are no raw disks: other programs keep a disk in them in a form of their own. They are
 * known by their magic and refused, for what reads them as a raw disk finds nothing, and what
 * writes to them destroys them. qemu-nbd serves them as disks.
 */
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join, basename } from 'node:path';
import { bytesToByteString, view } from '../base/bytes.ts';
import { SECTOR } from '../base/units.ts';
import { quoteWord } from '../base/words.ts';
import { findLabel, LABEL_SCAN } from '../lvm/format/label.ts';

interface Format {
  /** For people. */
  readonly name: string;
  /** What qemu calls it. */
  readonly qemu: string;
}

const QCOW2: Format = { name: 'qcow2', qemu: 'qcow2' };
const QCOW: Format = { name: 'qcow', qemu: 'qcow' };
const VMDK: Format = { name: 'VMDK', qemu: 'vmdk' };
const VHDX: Format = { name: 'VHDX', qemu: 'vhdx' };
const VHD: Format = { name: 'VHD', qemu: 'vpc' };
const VDI: Format = { name: 'VDI', qemu: 'vdi' };
const QED: Format = { name: 'QED', qemu: 'qed' };

const BY_MAGIC: readonly (readonly [magic: string, format: Format])[] = [
  ['QFI\xfb', QCOW2],
  ['KDMV', VMDK],
  ['COWD', VMDK],
  ['# Disk DescriptorFile', VMDK],
  ['vhdxfile', VHDX],
  ['conectix', VHD],
  ['QED\0', QED],
];

/** A VHD's last sector; one of a fixed size has nothing else that is not the disk itself. */
const FOOTER = 'conectix';
const FOOTER_SUM_AT = 64;
const VDI_MAGIC_AT = 0x40;
const VDI_MAGIC = 0xbeda107f;

/** A clause with the command that serves it; undefined for a raw disk. @param size in bytes */
export async function notRaw(
  path: string,
  handle: FileHandle,
  size: bigint,
): Promise<string | undefined> {
  const head = await readAt(handle, 0n, LABEL_SCAN * SECTOR);
  // A PV that is whole says more than a magic that may be left of what was there before.
  const label = findLabel(head, '');
  if (label.ok && label.value) return undefined;
  const format = formatOf(head) ?? (await formatOfEnd(handle, size));
  return format && refusal(path, format);
}

function formatOf(head: Uint8Array): Format | undefined {
  const text = bytesToByteString(head);
  const found = BY_MAGIC.find(([magic]) => text.startsWith(magic))?.[1];
  const data = view(head);
  if (found === QCOW2) return head.length >= 8 && data.getUint32(4) === 1 ? QCOW : QCOW2;
  const isVdi = head.length >= VDI_MAGIC_AT + 4 && data.getUint32(VDI_MAGIC_AT, true) === VDI_MAGIC;
  return found ?? (isVdi ? VDI : undefined);
}

async function formatOfEnd(handle: FileHandle, size: bigint): Promise<Format | undefined> {
  const sector = BigInt(SECTOR);
  if (size < sector || size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const end = await readAt(handle, size - sector, SECTOR);
  if (end.length < SECTOR || !bytesToByteString(end).startsWith(FOOTER)) return undefined;
  const sum = view(end).getUint32(FOOTER_SUM_AT);
  view(end).setUint32(FOOTER_SUM_AT, 0);
  const total = end.reduce((before, byte) => before + byte, 0);
  return ~total >>> 0 === sum ? VHD : undefined;
}

/** Up to so many bytes. */
async function readAt(handle: FileHandle, at: bigint, length: number): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  const { bytesRead } = await handle.read(data, 0, length, Number(at));
  return data.subarray(0, bytesRead);
}

/** Longer paths cannot be those of sockets. */
const SOCKET_LENGTH = 100;

function refusal(path: string, { name, qemu }: Format): string {
  const stem = basename(path, extname(path));
  const beside = join(dirname(path), `${stem}.sock`);
  const socket =
    Buffer.byteLength(beside) > SOCKET_LENGTH
      ? join(tmpdir(), `${stem.slice(0, 40)}.sock`)
      : beside;
  const command = `qemu-nbd -t -f ${qemu} -k ${quoteWord(socket)} ${quoteWord(path)}`;
  const address = `nbd+unix:///?socket=${encodeURI(socket).replace(/[&#?+]/g, encodeURIComponent)}`;
  return `is a ${name} image, not a raw disk: serve it with "${command}" and attach "${address}"`;
}
