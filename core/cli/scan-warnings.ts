/** What a look at the disks found odd, as far as a command has to do with it. */
import type { Notice } from '../contract/errors.ts';
import type { OutputLine } from '../contract/events.ts';
import { allGroups } from '../lvm/access.ts';
import { areasOf } from '../lvm/format/segtypes/index.ts';
import { findVg } from '../lvm/ops/find.ts';
import type { Request } from '../lvm/ops/index.ts';
import { inLvmOrder } from '../lvm/scan-order.ts';
import type { Scan, ScannedVg } from '../lvm/scan-types.ts';
import { lvRealDevice } from '../report/active.ts';
import type { ReportSource } from '../report/source.ts';
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
  source: ReportSource,
  ofPvs: boolean,
  names: readonly string[],
): readonly OutputLine[] {
  const { scan } = source;
  const read = ofPvs ? groupsOfPvs(scan, names) : groupsNamed(scan, names);
  const groups = read === 'all' ? inLvmOrder(scan) : read;
  return onStderr([...noticesOf(scan, read), ...groups.flatMap((vg) => runsOnLost(source, vg))]);
}

/** Volumes whose devices still use disks on which their PVs are no longer found. */
function runsOnLost(source: ReportSource, scanned: ScannedVg): readonly Notice[] {
  const { vg, devices } = scanned;
  if (vg.pvs.every(({ id }) => devices.has(id))) return [];
  const numbers = new Map(source.disks.map(({ path, devno }) => [path, devno]));
  const disks = new Set<string>(numbers.values());
  return vg.lvs.flatMap((lv) => {
    const pvs = lv.segments
      .flatMap((segment) => areasOf(vg, segment))
      .flatMap((area) => (area.on === 'pv' ? [devices.get(area.pvId)] : []));
    if (pvs.every((pv) => pv !== undefined)) return [];
    const found = new Set<string>(pvs.flatMap((pv) => (pv && numbers.get(pv.path)) ?? []));
    const used = (lvRealDevice(source, scanned, lv)?.live ?? []).flatMap(({ ranges }) => ranges);
    const isOnLost = used.some(({ devno }) => disks.has(devno) && !found.has(devno));
    return isOnLost ? [{ code: 'lv-on-lost-disk', vg: vg.name, lv: lv.name } as const] : [];
  });
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
