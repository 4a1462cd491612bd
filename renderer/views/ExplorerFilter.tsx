/** The field that leaves only rows of some name; `/` leads into it from everywhere. */
import { useCallback, useRef, type ReactElement } from 'react';
import { Button, Input, SearchField } from 'react-aria-components';
import { useKey } from '../widgets/use-key.ts';
import type { Filtered } from './explorer-rows.ts';

interface Props {
  readonly wanted: string;
  readonly found: Filtered;
  readonly onChange: (wanted: string) => void;
  /** Down from the field: to the rows. */
  readonly onLeave: () => void;
}

export function ExplorerFilter({ wanted, found, onChange, onLeave }: Props): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  useKey(
    '/',
    useCallback(() => {
      input.current?.select();
      input.current?.focus();
    }, []),
  );
  return (
    <SearchField
      className="filter"
      aria-label="Filter"
      value={wanted}
      onChange={onChange}
      onKeyDown={(event) => {
        const emptyEscape = event.key === 'Escape' && wanted === '';
        if (event.key === 'ArrowDown' || event.key === 'Enter' || emptyEscape) onLeave();
        else event.continuePropagation();
      }}
    >
      <Input ref={input} placeholder="Filter by name" aria-keyshortcuts="/" />
      <span className="count" aria-live="polite" aria-atomic="true">
        {wanted === '' ? '' : countText(found)}
      </span>
      {wanted === '' ? (
        <kbd aria-hidden="true">/</kbd>
      ) : (
        <Button aria-label="Clear the filter">×</Button>
      )}
    </SearchField>
  );
}

const countText = ({ matches, of }: Filtered): string =>
  `${matches} of ${of} ${matches === 1 ? 'matches' : 'match'}`;
