/** Many lines of text of which only those in sight are made. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

interface Props {
  readonly label: string;
  readonly count: number;
  /** Comes into sight when it changes. */
  readonly at?: number | undefined;
  readonly line: (index: number) => ReactNode;
  readonly className?: string;
}

/** Pixels of a line, in CSS as well. */
const LINE = 18;
/** Before the place has been measured. */
const FIRST = { width: 800, height: 600 };

export function VirtualLines({ label, count, at, line, className }: Props): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => LINE,
    overscan: 20,
    initialRect: FIRST,
  });
  useEffect(() => {
    if (at !== undefined && at < count) virtual.scrollToIndex(at, { align: 'center' });
  }, [at, count, virtual]);
  const rows = virtual.getVirtualItems();
  return (
    <div
      className={['virtual-lines', className].filter(Boolean).join(' ')}
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <div className="paper" style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
          {rows.map(({ index }) => (
            <div key={index} className="line">
              {line(index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
