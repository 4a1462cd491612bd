/** Lines of an accepted proposal while they run, or the one that ended them. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import { lineCount, useMoves } from '../state/moves.ts';

export function MoveBanner(): ReactElement | null {
  const { running, stop, dismiss } = useMoves();
  if (!running) return null;
  const { lines, at, failure, stopping } = running;
  const line = lines[at]?.text ?? '';
  const left = lines.length - at - 1;
  return (
    <section className="move-banner" aria-label="Moves of extents">
      <p role={failure ? 'alert' : 'status'}>
        {failure ? 'Failed at' : 'Running'} line {at + 1} of {lines.length}: <code>{line}</code>
        {failure && <strong> {failure.join(' ')}</strong>}
        {failure && left > 0 && ` ${lineCount(left)} behind it not run.`}
      </p>
      {failure ? (
        <Button onPress={dismiss}>Dismiss</Button>
      ) : (
        <Button isDisabled={stopping || left === 0} onPress={stop}>
          {stopping ? 'Stops after this line' : 'Stop after this line'}
        </Button>
      )}
    </section>
  );
}
