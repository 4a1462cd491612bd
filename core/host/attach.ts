/** Which disk an image becomes in a lab: its name, its number, and how its file is remembered. */
import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { VolumeError } from '../contract/errors.ts';
import type { DiskChange } from '../engine/disk-keeper.ts';
import { looksLikeAddress, parseAddress, printAddress } from '../nbd/client/address.ts';
import { DISK_COUNT_LIMIT, diskNumber, freeDiskName, isDiskName } from './disk-names.ts';
import { exportOfSandbox } from './export-source.ts';
import { inspectImage } from './image-file.ts';
import { labError } from './lab-error.ts';
import { LAB_FILE } from './lab-file.ts';
import type { LabDisk } from './lab-file.ts';
import { imagePath } from './lab-folder.ts';
import { imageOfSandbox } from './sandbox-disk.ts';

/**
 * The new disks for some files, all of them or none.
 * @param root of the lab: absolute, without symbolic links
 * @param present what the lab has
 */
export async function planAttach(
  root: string,
  present: readonly LabDisk[],
  { files, mode, name, onLoss = 'queue' }: Extract<DiskChange, { readonly kind: 'attach' }>,
): Promise<Result<readonly LabDisk[], VolumeError>> {
  const disks = [...present];
  const owners = await imageOwners(root, disks);
  for (const file of files) {
    const place = await resolvePlace(root, file);
    if (!place.ok) return labError(root, place.error);
    const { identity, entry } = place.value;
    const owner = owners.get(identity);
    if (owner !== undefined) return labError(root, `${file} is disk ${owner} already`);
    const chosen = chooseName(disks, name);
    if (!chosen.ok) return labError(root, chosen.error);
    owners.set(identity, chosen.value);
    const common = { name: chosen.value, devno: diskNumber(chosen.value) };
    const remote = 'address' in entry ? { ...entry, onLoss } : entry;
    disks.push({ ...common, ...remote, mode });
  }
  return ok(disks.slice(present.length));
}

/** Where a disk is, as the lab remembers it, and what tells that two of them are the same. */
interface PlaceOfDisk {
  readonly entry: { readonly image: string } | { readonly address: string };
  readonly identity: string;
}

async function resolvePlace(root: string, word: string): Promise<Result<PlaceOfDisk, string>> {
  if (!looksLikeAddress(word)) return resolveImage(root, resolve(root, word));
  const parsed = parseAddress(word);
  if (!parsed.ok) return err(`${word} ${parsed.error}`);
  const plain = parsed.value;
  const address = printAddress(
    plain.kind === 'unix' ? { ...plain, socket: resolve(plain.socket) } : plain,
  );
  return ok({ entry: { address }, identity: address });
}

/** A link is followed here, once, and what it names is what the lab remembers. */
async function resolveImage(root: string, file: string): Promise<Result<PlaceOfDisk, string>> {
  const path = await realpath(resolve(file)).catch(() => resolve(file));
  const own = await ownFile(path);
  if (own !== undefined) return err(`${file} is ${own}, not an image`);
  const facts = await inspectImage(path);
  return facts.ok
    ? ok({ entry: { image: storedPath(root, path) }, identity: facts.value.identity })
    : err(`${file} ${is(facts.error.why)}`);
}

/** What a lab could not be opened without any more, once it was written to as a disk. */
export async function ownFile(path: string): Promise<string | undefined> {
  const name = basename(path);
  if (name === LAB_FILE) return 'the list of the disks of a lab';
  if (name.startsWith('.') && name.endsWith('.lvstudio')) return 'a claim';
  const remote = exportOfSandbox(path);
  if (remote !== undefined && isDiskName(remote)) return `the sandbox of ${remote}`;
  const image = imageOfSandbox(path);
  const under = image !== undefined && (await stat(image).catch(() => undefined))?.isFile();
  return under ? `the sandbox of ${basename(image)}` : undefined;
}

const is = (why: string): string => (why.startsWith('is ') ? why : `cannot be used: ${why}`);

function chooseName(disks: readonly LabDisk[], wanted?: string): Result<string, string> {
  const used = new Set(disks.map(({ name }) => name));
  const numbers = new Set<string>(disks.map(({ devno }) => devno));
  if (wanted === undefined) {
    // A number somebody set by hand may be that of a free name.
    for (let name = freeDiskName(used); isDiskName(name); name = freeDiskName(used)) {
      if (!numbers.has(diskNumber(name))) return ok(name);
      used.add(name);
    }
    return err(`a lab has at most ${DISK_COUNT_LIMIT} disks`);
  }
  if (!isDiskName(wanted)) return err(`${wanted} is not the name of a disk (sda, sdb, ...)`);
  if (used.has(wanted)) return err(`there is a disk ${wanted} already`);
  const number = diskNumber(wanted);
  return numbers.has(number) ? err(`number ${number} of ${wanted} is taken`) : ok(wanted);
}

/** Which disk has which file. Images that are gone have none. */
export async function imageOwners(
  root: string,
  disks: readonly LabDisk[],
): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const disk of disks) {
    if ('address' in disk) {
      owners.set(disk.address, disk.name);
      continue;
    }
    const facts = await inspectImage(imagePath(root, disk));
    if (facts.ok) owners.set(facts.value.identity, disk.name);
  }
  return owners;
}

/** Relative inside the lab, so that the folder can be moved. */
function storedPath(root: string, path: string): string {
  const inside = relative(root, path);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? path : inside.split(sep).join('/');
}
