/**
 * Every plan that writes metadata archives the version that it replaces and backs the new one up
 * (reference 3). Said here once, for all operations.
 */
import { formatLvmId, type LvmId } from '../../base/ids.ts';
import type { Action, Plan, Step } from '../../contract/plan.ts';
import type { VolumeGroup } from '../format/model.ts';
import { allGroups } from '../access.ts';
import type { OpContext } from './context.ts';
import { isNameTaken, vgToRead } from './find.ts';

/**
 * Of a command that writes several versions every one is archived, and the last is backed up.
 * @param kept false: no files are made, and that is said (`-A n`).
 */
export function withBackups(plan: Plan, context: OpContext, kept = true): Plan {
  if (!plan.then) return withOwnBackups(plan, context, kept);
  if (!kept) return { ...plan, then: withBackups(plan.then, context, kept) };
  const own = withOwnBackups(plan, context, kept);
  const steps = own.steps.filter(({ action }) => action.kind !== 'backup-metadata');
  return { ...own, steps, then: withBackups(plan.then, context, kept) };
}

function withOwnBackups(plan: Plan, context: OpContext, kept: boolean): Plan {
  const written = names(plan, 'write-metadata');
  const erased = names(plan, 'erase-metadata');
  const exists = (vg: string): boolean => isNameTaken(context.scan, vg);
  // A group that gets another name is written under the new one.
  const renamed = plan.done.find((notice) => notice.code === 'vg-renamed');
  // One that is merged into another is written no more.
  const merged = plan.done.flatMap((notice) =>
    notice.code === 'vg-merged' || notice.code === 'vg-split' ? [notice.from] : [],
  );
  const before = renamed
    ? [renamed.from]
    : [...new Set([...written, ...erased, ...merged])].filter(exists);
  const emptied = removedWithLvs(plan, context);
  const gone = renamed
    ? [renamed.from]
    : erased.filter((vg) => !written.includes(vg) && !emptied.some(({ name }) => name === vg));
  if (written.length + erased.length === 0) return plan;
  if (!kept) return { ...plan, done: [{ code: 'not-backed-up' }, ...plan.done] };
  const first = plan.steps.findIndex(
    ({ action }) => action.kind === 'write-metadata' || action.kind === 'erase-metadata',
  );
  const wordOf = (vg: string): string => meant(vg, plan, context);
  const archives = before.map((vg) => archiveStep(wordOf(vg), context.commandLine));
  const backups = [
    ...written.map((vg) => backupStep(newWord(vg, plan, context), context.commandLine)),
    ...gone.map(dropStep),
    ...emptied.map((vg) => emptiedStep(vg, context.commandLine)),
  ];
  return {
    ...plan,
    steps: [...plan.steps.slice(0, first), ...archives, ...plan.steps.slice(first), ...backups],
    commitAt: plan.commitAt < 0 ? plan.commitAt : plan.commitAt + archives.length,
    ...(plan.fallbackUntil === undefined
      ? {}
      : { fallbackUntil: plan.fallbackUntil + archives.length }),
  };
}

/** Of a group that is removed LVM removes the volumes first, and keeps what it was then. */
function removedWithLvs(plan: Plan, context: OpContext): readonly VolumeGroup[] {
  const removed = plan.done.flatMap((notice) => (notice.code === 'vg-removed' ? [notice.vg] : []));
  return removed.flatMap((name) => {
    const found = vgToRead(context, name);
    return found.ok && found.value.vg.lvs.length > 0 ? [found.value.vg] : [];
  });
}

function emptiedStep(vg: VolumeGroup, line: string): Step {
  const step = backupStep(vg.name, line);
  const group = { ...vg, seqno: vg.seqno + 1, lvs: [] };
  return {
    ...step,
    why: 'Its disks can become a group again: vgcfgrestore takes what it was without volumes.',
    action: { ...step.action, group },
  };
}

/** A name that two groups share, as the identifier of the one that the plan writes. */
function meant(name: string, plan: Plan, { scan }: OpContext): string {
  const twins = allGroups(scan).filter(({ vg }) => vg.name === name);
  if (twins.length < 2) return name;
  const written = writtenIds(plan);
  const one = twins.find(({ vg }) => written.includes(vg.id));
  return one ? formatLvmId(one.vg.id) : name;
}

/** The same once the plan is done: a group that comes back may meet another one of its name. */
function newWord(name: string, plan: Plan, context: OpContext): string {
  const ids = writtenIds(plan, name);
  const [id] = ids;
  const meets = allGroups(context.scan).some(({ vg }) => vg.name === name && !ids.includes(vg.id));
  return meets && id !== undefined ? formatLvmId(id) : meant(name, plan, context);
}

/** @param name under which they are written; default: any. */
const writtenIds = (plan: Plan, name?: string): readonly LvmId[] =>
  plan.steps.flatMap(({ action }) =>
    action.kind === 'write-metadata' && action.vg === (name ?? action.vg)
      ? [(action.group as VolumeGroup).id]
      : [],
  );

function names(plan: Plan, kind: 'write-metadata' | 'erase-metadata'): readonly string[] {
  const found = plan.steps.flatMap(({ action }) => (action.kind === kind ? [action.vg] : []));
  return [...new Set(found)];
}

type Backup = Extract<Action, { readonly kind: 'backup-metadata' }>;

function archiveStep(vg: string, line: string): Step {
  const description = `Created *before* executing '${line}'`;
  return {
    what: `archive the metadata of ${vg}`,
    why: 'A way back: vgcfgrestore can make this version the valid one again.',
    action: { kind: 'archive-metadata', vg, description },
    undo: { kind: 'none', because: 'an archive too many is in nobody’s way' },
  };
}

function backupStep(vg: string, line: string): Step & { readonly action: Backup } {
  const description = `Created *after* executing '${line}'`;
  return {
    what: `back up the metadata of ${vg}`,
    why: 'Should every copy on the disks be lost, this file still knows where the volumes lie.',
    action: { kind: 'backup-metadata', vg, description },
    undo: { kind: 'none', because: 'the backup says what is on the disks' },
    otherwise: { code: 'not-backed-up' },
  };
}

function dropStep(vg: string): Step {
  return {
    what: `drop the backup of ${vg}`,
    why: 'A group that is gone has no present version; its archives stay.',
    action: { kind: 'drop-backup', vg },
    undo: { kind: 'none', because: 'the archive has the same version' },
    otherwise: { code: 'not-backed-up' },
  };
}
