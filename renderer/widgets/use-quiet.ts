import { useEffect, useState } from 'react';

/** Whether a value has been the same for so long, in milliseconds. */
export function useQuiet(value: number, millis: number): boolean {
  const [since, setSince] = useState<number>();
  useEffect(() => {
    const timer = setTimeout(() => {
      setSince(value);
    }, millis);
    return () => {
      clearTimeout(timer);
    };
  }, [value, millis]);
  return since === value;
}
