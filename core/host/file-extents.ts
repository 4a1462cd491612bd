/** Which parts of a file are stored, as its file system says. */
import type { FileHandle } from 'node:fs/promises';
import { statfs } from 'node:fs/promises';
import { SECTOR } from '../base/units.ts';
import type { FileRun } from './hole-map.ts';
import { openFilePath, type runTool } from './system-tool.ts';

/**
 * File systems whose count of blocks includes what is not on the disk yet, and that tell of such
 * data as of any other (FIEMAP) where `extents` says so. Others count late, as ZFS does, or speak
 * for a server. The numbers are those of statfs(2).
 */
const TRUSTED: ReadonlyMap<bigint, { readonly extents: boolean }> = new Map([
  // ext2, ext3 and ext4
  [0xef53n, { extents: true }],
  // XFS
  [0x58465342n, { extents: true }],
  // Btrfs
  [0x9123683en, { extents: true }],
  // F2FS
  [0xf2f52010n, { extents: true }],
  // tmpfs
  [0x01021994n, { extents: false }],
]);

/** What was stored at some time while this ran, sorted; undefined where it cannot be told. */
export async function storedRuns(
  handle: FileHandle,
  tool: typeof runTool,
): Promise<readonly FileRun[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const path = openFilePath(handle.fd);
    const { type } = await statfs(path, { bigint: true });
    const trusted = TRUSTED.get(type & 0xffffffffn);
    if (!trusted) return undefined;
    const { blocks, size } = await handle.stat({ bigint: true });
    if (blocks === 0n) return [];
    if (!trusted.extents) return undefined;
    // Synced first: what XFS copies on write shows up as a hole until it is on the disk.
    const said = await tool(`filefrag -s -e -b${SECTOR} ${path}`);
    return said === undefined ? undefined : parseExtents(said, size);
  } catch {
    return undefined;
  }
}

/**
 * The output of `filefrag -e -b512` (e2fsprogs). Every extent is data: one that was reserved and
 * reads as zeros may have been written to meanwhile.
 * @returns undefined for anything unexpected, or unfinished, or found without FIEMAP
 */
export function parseExtents(text: string, size: bigint): readonly FileRun[] | undefined {
  const [type, head = '', columns, ...lines] = text.trimEnd().split('\n');
  const [, bytes, unit] =
    /^File size of .* is (\d+) \(\d+ blocks? of (\d+) bytes\)$/.exec(head) ?? [];
  if (type?.startsWith('Filesystem type is:') !== true) return undefined;
  if (bytes !== String(size) || unit !== String(SECTOR)) return undefined;
  const found = lines.pop() ?? columns ?? '';
  if (!/: \d+ extents? found$/.test(found)) return undefined;
  const runs: { start: number; end: number }[] = [];
  for (const line of lines) {
    const run = parseExtent(line);
    const last = runs.at(-1);
    if (!run || run.start < (last?.end ?? 0)) return undefined;
    if (last?.end === run.start) last.end = run.end;
    else runs.push(run);
  }
  const complete = lines.length === 0 || /\blast\b/.test(lines.at(-1) ?? '');
  return complete ? runs : undefined;
}

const EXTENT = /^ *\d+: +(\d+)\.\. *(\d+): +\d+\.\. *\d+: +\d+: +(?:\d+:)? *([a-z0-9_,]*)$/;

function parseExtent(line: string): { start: number; end: number } | undefined {
  const [, first, last, flags] = EXTENT.exec(line) ?? [];
  // Blocks counted one by one, without FIEMAP, come merged; what is not on the disk is missing.
  if (first === undefined || last === undefined || flags?.split(',').includes('merged') === true) {
    return undefined;
  }
  const run = { start: Number(first), end: Number(last) + 1 };
  return Number.isSafeInteger(run.end) && run.start < run.end ? run : undefined;
}
