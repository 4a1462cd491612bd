/** Ctrl+K: every action, view and object by name. */
import { useEffect, useState, type ReactElement } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { ACTIONS } from '../actions/index.ts';
import { useStudio } from '../state/store.ts';
import { keyOf, nameOf, subjectOf } from '../state/subjects.ts';
import { DOCK_VIEWS, STAGE_VIEWS } from '../views/index.ts';
import { rowsOf } from '../views/explorer-rows.ts';

interface Entry {
  readonly id: string;
  readonly text: string;
  choose(): void;
}

/** A group has thousands of volumes; nobody looks through so many lines. */
const MOST_SHOWN = 50;

export function Palette(): ReactElement {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((now) => !now);
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
    };
  }, []);
  return (
    <ModalOverlay className="overlay" isDismissable isOpen={open} onOpenChange={setOpen}>
      <Modal className="modal palette">
        <Dialog aria-label="Command palette">
          <Search
            close={() => {
              setOpen(false);
            }}
          />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Begins anew whenever the palette opens. */
function Search({ close }: { readonly close: () => void }): ReactElement {
  const [words, setWords] = useState('');
  const { contains } = useFilter({ sensitivity: 'base' });
  const entries = useEntries();
  const found = entries.filter(({ text }) => contains(text, words));
  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    close();
    entry.choose();
  };
  return (
    <>
      <Autocomplete inputValue={words} onInputChange={setWords}>
        <SearchField
          autoFocus
          aria-label="Command or object"
          onKeyDown={(event) => {
            // Who types fast is done before the list has chosen its first entry by itself.
            const chosen = (event.target as Element).getAttribute('aria-activedescendant');
            if (event.key === 'Enter' && chosen === null) run(found[0]);
            else event.continuePropagation();
          }}
        >
          <Input placeholder="A command or an object" />
        </SearchField>
        <Menu
          aria-label="Commands"
          items={found.slice(0, MOST_SHOWN)}
          renderEmptyState={() => 'Nothing has these words in its name.'}
          onAction={(key) => {
            run(found.find(({ id }) => id === key));
          }}
        >
          {(entry) => <MenuItem>{entry.text}</MenuItem>}
        </Menu>
      </Autocomplete>
      {found.length > MOST_SHOWN && (
        <p className="palette-more">{found.length - MOST_SHOWN} more: type on.</p>
      )}
    </>
  );
}

const VIEWS = [
  ...STAGE_VIEWS.map((view) => ['Stage', view] as const),
  ...DOCK_VIEWS.map((view) => ['Console and log', view] as const),
];

function useEntries(): readonly Entry[] {
  const { lab, selected, select, openAction, showView } = useStudio();
  if (!lab) return [];
  const actions = ACTIONS.filter((action) => action.unavailable(lab, selected) === undefined);
  const subjects = rowsOf(lab)
    .flatMap((row) => [row, ...row.children])
    .map(({ key }) => subjectOf(key));
  return [
    ...actions.map((action) => ({
      id: action.id,
      text: action.title,
      choose: () => {
        openAction(action.id);
      },
    })),
    ...VIEWS.map(([place, { id, title }]) => ({
      id: `view:${id}`,
      text: `Show ${title}`,
      choose: () => {
        showView(place, id);
      },
    })),
    ...subjects.map((subject) => ({
      id: keyOf(subject),
      text: `Select ${nameOf(lab, subject)}`,
      choose: () => {
        select(subject);
      },
    })),
  ];
}
