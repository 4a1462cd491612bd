/** Reads of a mirror: from any leg where all are the same, else from the one that is right. */
import type { IoResult } from '../../block/device.ts';
import type { LandedWrites } from '../../contract/mirrors.ts';
import type { Ending, TargetIo } from '../target.ts';
import type { MirrorOptions } from './args.ts';
import type { LegError, Legs } from './legs.ts';
import type { Regions } from './regions.ts';
import { noLegFailure, onLeg } from './write.ts';

type Read = Extract<TargetIo, { op: 'read' }>;

/** What the mirror says of itself. */
export interface Readable {
  readonly legs: Legs;
  readonly regions: Regions<unknown>;
  blame(leg: number, error: LegError): void;
}

export class Reader {
  /** Where the last read went. */
  last: { readonly leg: number; readonly region: number } | undefined;

  constructor(
    private readonly mirror: Readable,
    private readonly options: MirrorOptions,
    private readonly changed: () => void,
  ) {}

  read(io: Read, region: number): Promise<Ending> {
    return this.readFrom(io, region, undefined, undefined);
  }

  /** Somebody read the first leg past the mirror. */
  passed({ count, region }: LandedWrites): void {
    this.mirror.legs.at(0).reads += count;
    this.last = { leg: 0, region };
    this.changed();
  }

  private readFrom(
    io: Read,
    region: number,
    tried: ReadonlySet<number> | undefined,
    failure: IoResult | undefined,
  ): Promise<Ending> {
    const { legs } = this.mirror;
    const index = this.legFor(region, tried);
    if (index === undefined) return Promise.resolve(failure ?? noLegFailure(legs, 'read'));
    const leg = legs.at(index);
    leg.reads++;
    this.last = { leg: index, region };
    this.changed();
    return leg.place.device.submit(onLeg(leg, io)).then((done): Ending | Promise<Ending> => {
      if (done.ok) return done;
      this.mirror.blame(index, 'read');
      return this.readFrom(io, region, new Set([...(tried ?? []), index]), done);
    });
  }

  /** @param tried legs that failed this very read */
  private legFor(region: number, tried: ReadonlySet<number> | undefined): number | undefined {
    const { legs, regions } = this.mirror;
    if (regions.isInSync(region)) {
      if (this.options.handleErrors) return legs.inTurn(tried);
      return legs.steady(tried);
    }
    const { primary } = legs;
    // Rather no answer than one that may be out of date. What it missed and nobody was told of, for
    // it is held, is no loss.
    const { handleErrors, onFailure } = this.options;
    const isGood = legs.at(primary).takesWrites || !handleErrors || onFailure === 'hold';
    return tried?.has(primary) || !isGood ? undefined : primary;
  }
}
