/** What a look at the disks found odd, as far as a command has to do with it. */
import type { Notice } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { findVg } from '../lvm/ops/find.ts';
import type { Request } from '../lvm/ops/index.ts';
import type { Scan, ScannedVg } from '../lvm/scan-types.ts';
import { strayNotices } from '../report/stray.ts';
import { noticeLine } from '../report/notices.ts';
import type { ChangeCommand } from './command.ts';
import { indented } from './output.ts';

/** Of disks, and of the groups that LVM reads: those that the names are about, or all. */
export function noticesOf(scan: Scan, groups: readonly ScannedVg[] | 'all'): readonly Notice[] {
  if (groups === 'all') return scan.notices;
  const others = scan.vgs.filter((one) => !groups.includes(one));
  const unread = new Set(others.flatMap(({ notices }) => notices));
  return scan.notices.filter((notice) => !unread.has(notice));
}

/** @param names of groups and volumes, or tags. */
export function groupsNamed(scan: Scan, names: readonly string[]): readonly ScannedVg[] | 'all' {
  if (names.length === 0 || names.some((name) => name.startsWith('@'))) return 'all';
  return names.flatMap((name) => findVg(scan, name.split('/')[0] ?? ''));
}

/** @param paths or tags. For one that is in no group, all groups are searched. */
function groupsOfPvs(scan: Scan, paths: readonly string[]): readonly ScannedVg[] | 'all' {
  const found = paths.map((path) =>
    scan.vgs.find(({ devices }) => [...devices.values()].some((pv) => pv.path === path)),
  );
  const groups = found.filter((one) => one !== undefined);
  return paths.length === 0 || groups.length < paths.length ? 'all' : groups;
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
): readonly OutputLine[] {
  if (warnsOf === 'nothing') return [];
  const read = warnsOf === 'devices' ? [] : groupsOf(scan, requests);
  const shown = noticesOf(scan, read).filter(({ code }) => !unsaid.includes(code));
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
