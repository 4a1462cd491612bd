import { useCallback, useState, type ReactElement } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useKey } from '../widgets/use-key.ts';
import { SHORTCUTS } from './shortcuts.ts';

/** The list of keys, behind a button of the status bar and behind `?`. */
export function Shortcuts(): ReactElement {
  const [open, setOpen] = useState(false);
  useKey(
    '?',
    useCallback(() => {
      setOpen(true);
    }, []),
  );
  return (
    <>
      <Button
        className="quiet"
        onPress={() => {
          setOpen(true);
        }}
      >
        Shortcuts
      </Button>
      <ModalOverlay className="overlay" isDismissable isOpen={open} onOpenChange={setOpen}>
        <Modal className="modal shortcuts">
          <Dialog className="dialog">
            <Heading slot="title">Keyboard shortcuts</Heading>
            <dl>
              {SHORTCUTS.map(({ keys, does }) => (
                <div key={does}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
            <div className="buttons">
              <Button slot="close" className="primary" autoFocus>
                Close
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}
