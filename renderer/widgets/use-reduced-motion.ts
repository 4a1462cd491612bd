import { useSyncExternalStore } from 'react';

const query = (): MediaQueryList => window.matchMedia('(prefers-reduced-motion: reduce)');

/** Whether the system asks for pictures that stand still. */
export const useReducedMotion = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      const asked = query();
      asked.addEventListener('change', changed);
      return () => {
        asked.removeEventListener('change', changed);
      };
    },
    () => query().matches,
  );
