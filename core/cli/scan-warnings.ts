/** What a look at the disks found odd, as far as a command has to do with it. */
import type { Notice } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { allGroups } from '../lvm/access.ts';
import { findVg } from '../lvm/ops/find.ts';
import type { Request } from '../lvm/ops/index.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { Scan, ScannedVg } from '../lvm/scan-types.ts';
import { strayNotices } from '../report/stray.ts';
import { noticeLine } from '../report/notices.ts';
import type { ChangeCommand } from './command.ts';
import { indented } from './output.ts';

/** Of disks, and of the groups that LVM reads: those that the names are about, or all. */
export function noticesOf(scan: Scan, groups: readonly ScannedVg[] | 'all'): readonly Notice[] {
  if (groups === 'all') return scan.notices;
  const others = allGroups(scan).filter((one) => !groups.includes(one));
  const unread = new Set(others.flatMap(({ notices }) => notices));
  return scan.notices.filter((notice) => !unread.has(notice));
}

/** @param names of groups and volumes, or tags. */
export function groupsNamed(scan: Scan, names: readonly string[]): readonly ScannedVg[] | 'all' {
  if (names.length === 0 || names.some((name) => name.startsWith('@'))) return 'all';
  return names.flatMap((name) => findVg(scan, name.split('/')[0] ?? ''));
}

/**
 * LVM goes through the groups until it has come upon all PVs that are named.
 * @param paths or tags. For one that is in no group, all groups are searched.
 */
function groupsOfPvs(scan: Scan, paths: readonly string[]): readonly ScannedVg[] | 'all' {
  const left = new Set(paths);
  const read: ScannedVg[] = [];
  if (left.size === 0) return 'all';
  for (const group of inLvmOrder({ pvs: scan.pvs, vgs: allGroups(scan) })) {
    const own = [...group.devices.values()].filter(({ path }) => left.delete(path));
    // Of its PVs a clustered group says by itself what there is to say.
    if (own.length === 0 || !('why' in group) || group.why !== 'clustered') read.push(group);
    if (left.size === 0) return read;
  }
  return 'all';
}

/** Of what a report of these names reads, printed as the oddities of reports are. */
export function reportWarnings(
  scan: Scan,
  ofPvs: boolean,
  names: readonly string[],
): readonly OutputLine[] {
  const read = ofPvs ? groupsOfPvs(scan, names) : groupsNamed(scan, names);
  return onStderr(noticesOf(scan, read));
}

/** Also what is said on standard output elsewhere. */
export const onStderr = (notices: readonly Notice[]): readonly OutputLine[] =>
  notices.map((notice) => ({ ...indented(noticeLine(notice)), stream: 'stderr' }));

/** Said where LVM looks at PVs in no group: by pvs, and where disks join a group. */
export const strayLines = (scan: Scan): readonly OutputLine[] =>
  strayNotices(scan).map((notice) => indented(noticeLine(notice)));

export function scanWarnings(
  scan: Scan,
  { warnsOf = 'groups', unsaid = [] }: ChangeCommand,
  requests: readonly Request[],
  all: boolean,
): readonly OutputLine[] {
  if (warnsOf === 'nothing') return [];
  const read = warnsOf === 'devices' ? [] : all ? 'all' : groupsOf(scan, requests);
  // Who only makes PVs has no business with groups that are left alone.
  const makes = warnsOf === 'orphans' && requests.every((request) => 'vg' in request);
  const quiet = makes ? [...unsaid, 'vg-passed-over'] : unsaid;
  const shown = noticesOf(scan, read).filter(({ code }) => !quiet.includes(code));
  return [
    ...shown.map((notice) => indented(noticeLine(notice))),
    ...(warnsOf === 'orphans' ? strayLines(scan) : []),
  ];
}

function groupsOf(scan: Scan, requests: readonly Request[]): readonly ScannedVg[] | 'all' {
  const each = requests.map((request) => {
    if ('vg' in request) return groupsNamed(scan, [request.vg]);
    if ('from' in request) return groupsNamed(scan, [request.from, request.to]);
    return groupsOfPvs(scan, 'devices' in request ? request.devices : [request.device]);
  });
  const groups = each.filter((one) => one !== 'all');
  return groups.length < each.length ? 'all' : groups.flat();
}
