/** EVMS's snapshots in the power-cut loop; this scenario alone can choose them. */
import { sectors } from '../../base/units.ts';
import type { BlockDevice } from '../../block/device.ts';
import { layoutOf } from '../../historic/evms/layout.ts';
import { EvmsSnapshot } from '../../historic/evms/snapshot.ts';
import type { AfterCrash, NoSnapshot } from '../../historic/evms/types.ts';
import { must } from '../../base/assert.ts';
import type { Disks, Machine, Missing, Mode, Sizes } from './types.ts';

/** In the order of the table. */
export const EVMS_MODES: readonly Mode[] = [
  evms('EVMS, asynchronous', 'disabled', 'disabled'),
  evms('EVMS, asynchronous, opened all the same', 'lost', 'opened all the same'),
  evms('EVMS, synchronous', 'kept', 'disabled'),
];

function evms(name: string, afterCrash: Mode['afterCrash'], policy: AfterCrash): Mode {
  const asynchronous = afterCrash !== 'kept';
  return {
    name,
    afterCrash,
    merges: false,
    storeSize,
    machine: (disks, sizes) => Promise.resolve(new EvmsMachine(disks, sizes, asynchronous)),
    reopen: async ({ origin, store }) => {
      const opened = await EvmsSnapshot.open(origin, store, policy);
      if (!opened.ok) return { original: origin, snapshot: missing(opened.error) };
      return opened.value;
    },
    pointOf: (io, sizes) => {
      const start = io.op === 'flush' ? 0 : io.start;
      const { tableStart, dataStart } = layout(storeSize(sizes), sizes);
      return start < tableStart ? 'header' : start < dataStart ? 'table' : 'copy';
    },
  };
}

/** The smallest one. */
function storeSize({ chunkSize, room }: Sizes): number {
  let size = room * chunkSize;
  while ((layoutOf(sectors(size), sectors(chunkSize))?.chunks ?? 0) < room) size++;
  return size;
}

const layout = (size: number, { chunkSize }: Sizes) =>
  must(layoutOf(sectors(size), sectors(chunkSize)), 'a store with room');

function missing(why: NoSnapshot | { readonly code: string }): Missing {
  if (why.code === 'crashed') return 'disabled';
  return why.code === 'full' ? 'full' : 'none';
}

class EvmsMachine implements Machine {
  private current: EvmsSnapshot | undefined;

  constructor(
    private readonly disks: Disks,
    private readonly sizes: Sizes,
    private readonly asynchronous: boolean,
  ) {}

  get original(): BlockDevice {
    return this.current?.original ?? this.disks.origin;
  }

  get snapshot(): BlockDevice | undefined {
    return this.current?.snapshot;
  }

  async act(stage: Parameters<Machine['act']>[0]): Promise<boolean> {
    const { origin, store } = this.disks;
    if (stage === 'shutdown') return (await this.running.shutDown()).ok;
    if (stage === 'creation' || stage === 'start') {
      const chunkSize = sectors(this.sizes.chunkSize);
      const done = await (stage === 'creation'
        ? EvmsSnapshot.create(origin, store, { chunkSize, asynchronous: this.asynchronous })
        : EvmsSnapshot.open(origin, store, 'disabled'));
      if (done.ok) this.current = done.value;
      return done.ok;
    }
    const removed = await this.running.remove();
    if (removed.ok) this.current = undefined;
    return removed.ok;
  }

  private get running(): EvmsSnapshot {
    return must(this.current, 'a snapshot');
  }
}
