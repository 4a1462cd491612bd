import { volumesOf } from '../viz/metadata-lines.ts';

/** Volumes of one fate. */
export interface Fate {
  readonly title: string;
  readonly names: readonly string[];
}

/** What restoring means for each volume: lines of the version now, and of the kept one. */
export function restoredVolumes(
  before: readonly string[],
  after: readonly string[],
): readonly Fate[] {
  const [now, then] = [volumesOf(before), volumesOf(after)];
  const back = [...then.keys()].filter((name) => !now.has(name));
  const gone = [...now.keys()].filter((name) => !then.has(name));
  const changed = [...then].filter(([name, body]) => now.has(name) && now.get(name) !== body);
  return [
    { title: 'Come back', names: back },
    { title: 'Go', names: gone },
    { title: 'Change', names: changed.map(([name]) => name) },
  ].filter(({ names }) => names.length > 0);
}
