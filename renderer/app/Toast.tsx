import { useEffect, useState, type ReactElement } from 'react';
import { useStudio } from '../state/store.ts';

const SHOWN_MILLIS = 5000;

/**
 * The last result, for a moment, where the eyes are. For the eyes only: the status bar keeps it and
 * tells it to screen readers.
 */
export function Toast(): ReactElement | null {
  const announcement = useStudio((studio) => studio.announcement);
  const [over, setOver] = useState('');
  useEffect(() => {
    setOver('');
    const end = setTimeout(() => {
      setOver(announcement);
    }, SHOWN_MILLIS);
    return () => {
      clearTimeout(end);
    };
  }, [announcement]);
  if (announcement === '' || announcement === over) return null;
  return (
    <div className="toast" aria-hidden="true">
      {announcement}
    </div>
  );
}
