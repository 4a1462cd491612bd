/** What the tables of a stack are built on, and what all of them share. */
import type { Scheduler } from '../env/scheduler.ts';
import type { TableGround } from './build-table.ts';
import type { DmChange } from './change.ts';
import { findLower, type Stack } from './find-lower.ts';
import { Kcopyd } from './kcopyd.ts';
import type { MappedDevice } from './mapped-device.ts';
import { RegionNews } from './region-news.ts';
import { Origins } from './snapshot/origins.ts';
import type { TargetType } from './target.ts';

export class Ground {
  private readonly types: ReadonlyMap<string, TargetType>;
  private readonly kcopyd = new Kcopyd();
  private readonly origins = new Origins();
  private readonly regions: RegionNews;
  private readonly chunks: RegionNews;

  constructor(
    private readonly stack: Stack,
    targets: readonly TargetType[],
    private readonly scheduler: Scheduler,
    private readonly emit: (change: DmChange) => void,
  ) {
    this.types = new Map(targets.map((type) => [type.name, type]));
    this.regions = new RegionNews(scheduler);
    this.chunks = new RegionNews(scheduler);
  }

  below(above: MappedDevice): TableGround {
    const { stack, types, scheduler, kcopyd, origins, emit } = this;
    const told = (kind: 'regions' | 'chunks') => () => {
      this[kind].changed(above, () => {
        if (!above.isRemoved) emit({ kind, name: above.name });
      });
    };
    return {
      find: (wanted) => findLower(stack, wanted, above),
      hold: (lower, readOnly) => above.held.hold(lower, readOnly),
      type: (name) => types.get(name),
      scheduler,
      kcopyd,
      origins,
      throttle: above.throttle,
      event: () => {
        if (above.hasTable('live')) above.events.happened();
        emit({ kind: 'event', name: above.name });
      },
      regionsChanged: told('regions'),
      snapshotChanged: told('chunks'),
      settled: () => above.settled(),
    };
  }
}
