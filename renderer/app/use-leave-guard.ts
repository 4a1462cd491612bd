import { useEffect } from 'react';
import { useStudio } from '../state/store.ts';

/**
 * Closing the window closes the lab; where programs use its volumes, the browser asks first. In a
 * tab it asks nothing: the engine stays.
 */
export function useLeaveGuard(): void {
  const used = useStudio(({ lab }) => lab?.exports.some(({ clients }) => clients.length > 0));
  useEffect(() => {
    if (used !== true || !ownsLab()) return undefined;
    const ask = (event: BeforeUnloadEvent): void => {
      event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      window.removeEventListener('beforeunload', ask);
    };
  }, [used]);
}

/** A window of its own, in Electron or as an app of a browser. */
const ownsLab = (): boolean =>
  'lvstudio' in window || window.matchMedia('(display-mode: standalone)').matches;
