import { useEffect } from 'react';
import type { LabState } from '../../core/contract/state.ts';
import { useMoves } from '../state/moves.ts';
import { useStudio } from '../state/store.ts';

/**
 * Closing the window closes the lab; where programs use its volumes, or jobs run, the browser asks
 * first. In a tab it asks nothing: the engine stays.
 */
export function useLeaveGuard(): void {
  const isMoving = useMoves(({ running }) => running !== undefined && !running.failure);
  const busy = useStudio(({ lab }) => lab !== undefined && isBusy(lab)) || isMoving;
  useEffect(() => {
    if (!busy || !ownsLab()) return undefined;
    const ask = (event: BeforeUnloadEvent): void => {
      event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      window.removeEventListener('beforeunload', ask);
    };
  }, [busy]);
}

const isBusy = ({ exports, jobs }: LabState): boolean =>
  exports.some(({ clients }) => clients.length > 0) ||
  jobs.some(({ phase }) => phase === 'running');

/** A window of its own, in Electron or as an app of a browser. */
const ownsLab = (): boolean =>
  'lvstudio' in window || window.matchMedia('(display-mode: standalone)').matches;
