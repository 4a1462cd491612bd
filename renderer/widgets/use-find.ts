import { useEffect, type RefObject } from 'react';

/**
 * Ctrl+F leads into a view's own search: what is not in sight is not in the page either, and the
 * browser would not find it.
 */
export function useFind(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const wanted = event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey);
      if (!wanted || document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      input.current?.select();
      input.current?.focus();
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
    };
  }, [input]);
}
