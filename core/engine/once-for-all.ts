/**
 * A piece of work that many may ask for before its turn comes; it is done once for all of them.
 * @param later runs what it is given some time later, when its turn has come
 * @returns what asks for it: who asks once it has begun is served by the next one
 */
export function onceForAll(
  later: (work: () => Promise<unknown>) => void,
  work: () => Promise<unknown>,
): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    later(() => {
      asked = false;
      return work();
    });
  };
}
