/** What lvcreate does to make a snapshot of a mirror, and dmeventd to repair one. */
import { assert } from '../../base/assert.ts';
import type { MirrorState } from '../../contract/mirrors.ts';
import type { SuspendHow } from '../../dm/target.ts';
import type { FileSystem } from './file-system.ts';
import { COW, REAL, SIZE, SNAP, VOLUME, type Ground } from './ground.ts';

const FREEZE: SuspendHow = { inFlight: 'drain', freeze: true };
const HOLD: SuspendHow = { inFlight: 'hold', freeze: false };

/** Where the legs of the mirror lie. */
const LEGS = ['8:0', '8:16'];

/**
 * The steps of the post: preload, suspend with flush and with the file system frozen, swap, resume.
 * @param suspended told once nothing is under way any more: what is there now is in the snapshot
 */
export async function takeSnapshot(
  ground: Ground,
  files: FileSystem,
  suspended: () => void,
): Promise<void> {
  const { design } = ground;
  if (design.lock === 'all') await ground.lock('snapshot');
  const moved = design.lock === 'suspend' ? '' : await preload(ground);
  ground.story.push('snapshot freezes the file system');
  ground.isStopped = true;
  const droppedBefore = hasDropped(ground);
  await files.freeze();
  if (design.lock === 'suspend') await ground.lock('snapshot');
  const live = design.lock === 'suspend' ? await preload(ground) : moved;
  await ground.pause(2);
  await ground.suspend('snapshot', VOLUME, FREEZE);
  ground.keptGoing ||= !droppedBefore && hasDropped(ground);
  const isSame = design.layer || ground.tableOf(VOLUME) === live;
  if (!isSame) ground.race('snapshot', 'the table that was preloaded is out of date');
  suspended();
  await ground.pause(2);
  if (!design.layer) await started(ground, REAL);
  await started(ground, SNAP);
  await ground.resume('snapshot', VOLUME);
  ground.isStopped = false;
  ground.unlock();
  files.thaw();
}

const hasDropped = ({ dm }: Ground): boolean =>
  dm.mirrors().some(({ legs }) => legs.some(({ dropped }) => dropped));

/** @returns the table of the volume that goes to the device below */
async function preload(ground: Ground): Promise<string> {
  const table = ground.tableOf(VOLUME);
  await ground.make(COW, ground.storeTable);
  if (!ground.design.layer) await ground.preload(REAL, ground.movedTable(VOLUME));
  await ground.preload(SNAP, ground.snapshotTable());
  await ground.pause(2);
  await ground.load('snapshot', VOLUME, ground.above('snapshot-origin'));
  return table;
}

async function started(ground: Ground, name: string): Promise<void> {
  assert((await ground.dm.resume(name)).ok, `${name} is resumed`);
}

/** Looks after the mirror until it is told that it is over. */
export async function monitor(ground: Ground, isOver: () => boolean): Promise<void> {
  const { design } = ground;
  if (design.repairsItself) return;
  while (!isOver()) {
    const name = design.layer ? REAL : holder(ground);
    const failed = name !== undefined && broken(ground, name);
    if (name === undefined || !failed) {
      await ground.news();
      continue;
    }
    await repair(ground, name);
  }
}

const mirrorOf = (ground: Ground, name: string): MirrorState | undefined =>
  ground.dm.mirrors(name)[0];

/** The device that has the mirror. */
const holder = (ground: Ground): string | undefined =>
  [VOLUME, REAL].find((name) => mirrorOf(ground, name) !== undefined);

const broken = (ground: Ground, name: string): boolean =>
  mirrorOf(ground, name)?.legs.some(({ health }) => health !== 'A') === true;

/** The leg that works takes the place of the mirror; no I/O that is under way may fail. */
async function repair(ground: Ground, seen: string): Promise<void> {
  const { design } = ground;
  await ground.lock('repair');
  // Whoever had the lock may have moved it.
  const name = design.lock === 'none' ? seen : (holder(ground) ?? seen);
  const good = mirrorOf(ground, name)?.legs.findIndex(({ health }) => health === 'A') ?? -1;
  if (good >= 0) {
    await ground.pause(2);
    const before = ground.tableOf(name);
    await ground.load('repair', name, `0 ${SIZE} linear ${LEGS[good] ?? ''} 0`);
    await ground.pause(2);
    await ground.suspend('repair', name, HOLD);
    if (ground.tableOf(name) !== before) {
      ground.race('repair', `${name} is no longer the mirror that was to be repaired`);
    }
    await ground.pause(2);
    await ground.resume('repair', name);
    ground.keptGoing ||= ground.isStopped;
  }
  ground.unlock();
}
