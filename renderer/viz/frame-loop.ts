/** The only caller of requestAnimationFrame: one frame for all that asked, each drawn once. */
const waiting = new Set<() => void>();

/** Draws before the next frame; asking twice draws once. Returns what takes the wish back. */
export function inNextFrame(draw: () => void): () => void {
  if (waiting.size === 0) requestAnimationFrame(run);
  waiting.add(draw);
  return () => {
    waiting.delete(draw);
  };
}

function run(): void {
  const draws = [...waiting];
  waiting.clear();
  for (const draw of draws) draw();
}
