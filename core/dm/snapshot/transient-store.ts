/** Exceptions in memory alone: they last as long as the table (reference 5.5, `N`). */
import { ok, type Result } from '../../base/result.ts';
import { sectors, type Sectors } from '../../base/units.ts';
import type { Refusal, TargetDevice } from '../target.ts';
import type { ExceptionStore, StoreUsage } from './store.ts';

export class TransientStore implements ExceptionStore {
  readonly kind = 'N';
  private nextFree = 0;

  constructor(
    private readonly device: TargetDevice,
    readonly chunkSize: Sectors,
  ) {}

  load(): Promise<Result<'valid' | 'invalid', Refusal>> {
    return Promise.resolve(ok('valid'));
  }

  allocate(most: number): { readonly newChunk: number; readonly count: number } | undefined {
    const left = Math.floor(this.device.size / this.chunkSize) - this.nextFree;
    const count = Math.min(most, left);
    if (count <= 0) return undefined;
    const newChunk = this.nextFree;
    this.nextFree += count;
    return { newChunk, count };
  }

  commit(_run: unknown, copied: boolean): Promise<boolean> {
    return Promise.resolve(copied);
  }

  invalidate(): Promise<void> {
    return Promise.resolve();
  }

  usage(): StoreUsage {
    const allocated = sectors(this.nextFree * this.chunkSize);
    return { allocated, total: this.device.size, metadata: sectors(0) };
  }
}
