import { useSyncExternalStore } from 'react';
import { useStudio } from '../state/store.ts';

const dark = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

/** The theme that is on the screen now, for what CSS does not paint. */
export function useShownTheme(): 'light' | 'dark' {
  const chosen = useStudio((studio) => studio.theme);
  const system = useSyncExternalStore(
    (changed) => {
      const query = dark();
      query.addEventListener('change', changed);
      return () => {
        query.removeEventListener('change', changed);
      };
    },
    () => dark().matches,
  );
  if (chosen !== 'system') return chosen;
  return system ? 'dark' : 'light';
}
