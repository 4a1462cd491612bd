import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import { useStudio } from '../state/store.ts';
import { copyText } from './copy-text.ts';

interface Props {
  /** On the button. */
  readonly title: string;
  /** For the announcement: `The text of vg`. */
  readonly what: string;
  /** Made when it is wanted. */
  readonly text: () => string;
}

export function CopyButton({ title, what, text }: Props): ReactElement {
  const announce = useStudio((studio) => studio.announce);
  return (
    <Button
      className="quiet"
      onPress={() => {
        void copyText(text()).then((copied) => {
          announce(copied ? `${what} is in the clipboard.` : `${what} could not be copied.`);
        });
      }}
    >
      {title}
    </Button>
  );
}
