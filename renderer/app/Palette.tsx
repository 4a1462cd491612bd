/** Ctrl+K: every action and every object by name. */
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
import { useStudio, type Subject } from '../state/store.ts';
import { pvSubject } from '../state/subjects.ts';

interface Entry {
  readonly id: string;
  readonly text: string;
  choose(): void;
}

export function Palette(): ReactElement {
  const [open, setOpen] = useState(false);
  const { contains } = useFilter({ sensitivity: 'base' });
  const entries = useEntries();
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
          <Autocomplete filter={contains}>
            <SearchField autoFocus aria-label="Command or object">
              <Input placeholder="A command or an object" />
            </SearchField>
            <Menu
              aria-label="Commands"
              items={entries}
              onAction={(key) => {
                setOpen(false);
                entries.find(({ id }) => id === key)?.choose();
              }}
            >
              {(entry) => <MenuItem>{entry.text}</MenuItem>}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useEntries(): readonly Entry[] {
  const { lab, selected, select, openAction } = useStudio();
  if (!lab) return [];
  const actions = ACTIONS.filter((action) => action.unavailable(lab, selected) === undefined);
  const subjects: readonly Subject[] = lab.vgs.flatMap((vg) => [
    { kind: 'vg', id: vg.name },
    ...vg.lvs.map((lv): Subject => ({ kind: 'lv', id: `${lv.vg}/${lv.name}` })),
    ...vg.pvs.map(pvSubject),
  ]);
  return [
    ...actions.map((action) => ({
      id: action.id,
      text: action.title,
      choose: () => {
        openAction(action.id);
      },
    })),
    ...subjects.map((subject) => ({
      id: `${subject.kind}:${subject.id}`,
      text: `Select ${subject.id}`,
      choose: () => {
        select(subject);
      },
    })),
  ];
}
