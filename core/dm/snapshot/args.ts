/** The arguments of snapshots, refused in the kernel's words (reference 5.5). */
import { ok, type Result } from '../../base/result.ts';
import type { Sectors } from '../../base/units.ts';
import type { StoreKind } from '../../contract/snapshots.ts';
import type { DevNo } from '../../contract/units.ts';
import { invalid, parseSector, type Refusal, type TargetHost } from '../target.ts';
import { isChunkSize } from './persistent-store.ts';

export interface SnapshotArgs {
  readonly origin: DevNo;
  readonly store: DevNo;
  readonly kind: StoreKind;
  /** 0: as the store has it, or a default. */
  readonly chunkSize: Sectors;
  /** In the order in which the kernel prints them. */
  readonly features: readonly string[];
}

export const ZEROES_COW = 'discard_zeroes_cow';
export const PASSES_DOWN = 'discard_passdown_origin';
const FEATURES = [ZEROES_COW, PASSES_DOWN];

export function parseSnapshot(
  args: readonly string[],
  host: TargetHost,
): Result<SnapshotArgs, Refusal> {
  const [originWord, storeWord, kindWord = '', chunkWord, ...rest] = args;
  if (originWord === undefined || storeWord === undefined || chunkWord === undefined) {
    return invalid('requires 4 or more arguments');
  }
  const origin = opened(host, originWord, 'Cannot get origin device');
  if (!origin.ok) return origin;
  const store = opened(host, storeWord, 'Cannot get COW device');
  if (!store.ok) return store;
  if (store.value === origin.value) {
    return invalid('COW device cannot be the same as origin device');
  }
  const kind = parseKind(kindWord);
  const chunkSize = parseSector(chunkWord);
  if (!kind || chunkSize === undefined) return noStore();
  if (chunkSize !== 0 && !isChunkSize(chunkSize)) return noStore();
  const features = parseFeatures(rest);
  if (!features.ok) return features;
  return ok({
    ...{ origin: origin.value, store: store.value, kind, chunkSize },
    features: features.value,
  });
}

const noStore = (): { ok: false; error: Refusal } => invalid("Couldn't create exception store");

function opened(host: TargetHost, word: string, reason: string): Result<DevNo, Refusal> {
  const found = host.open(word);
  return found.ok ? found : { ok: false, error: { errno: found.error.errno, reason } };
}

/** Only the first two letters are looked at, and `N` has no second one. */
function parseKind(word: string): StoreKind | undefined {
  const [first, second] = word.toUpperCase();
  if (first === 'N') return 'N';
  if (first !== 'P') return undefined;
  if (second === undefined) return 'P';
  return second === 'O' ? 'PO' : undefined;
}

function parseFeatures([countWord, ...words]: readonly string[]): Result<
  readonly string[],
  Refusal
> {
  if (countWord === undefined) return ok([]);
  const count = parseSector(countWord);
  if (count === undefined || count > FEATURES.length || count > words.length) {
    return invalid('Invalid number of feature arguments');
  }
  const given = words.slice(0, count);
  if (!given.every((word) => FEATURES.includes(word))) {
    return invalid('Unrecognised feature requested');
  }
  if (given.includes(PASSES_DOWN) && !given.includes(ZEROES_COW)) {
    return invalid(`${PASSES_DOWN} feature depends on ${ZEROES_COW}`);
  }
  return ok(FEATURES.filter((word) => given.includes(word)));
}
