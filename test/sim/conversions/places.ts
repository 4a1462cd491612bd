/** Which of many places a loop tries; with `LVSTUDIO_EVERY=1` every one, with 3 every third. */
export const EVERY = Number(process.env.LVSTUDIO_EVERY ?? 0);

/**
 * Spread over all of them, others for each loop.
 * @param wanted how many, where not every one is tried
 */
export function places(of: number, wanted: number, shift: number): readonly number[] {
  const step = EVERY > 0 ? EVERY : of / wanted;
  const first = step * ((shift * 0.618) % 1);
  return Array.from({ length: Math.ceil((of - first) / step) }, (_, at) =>
    Math.floor(first + at * step),
  );
}
