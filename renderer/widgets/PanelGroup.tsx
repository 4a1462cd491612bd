/** Panels beside or above each other, as wide or high as they were left. */
import { Fragment, useState, type ReactElement } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { recall, remember, sharesOf } from '../state/remember.ts';

export interface PanelSpec {
  readonly id: string;
  /** In percent; without it the panel takes what the others leave. */
  readonly share?: number;
  /** In percent. */
  readonly least: number;
  readonly content: ReactElement;
}

interface Props {
  /** Under which the sizes are remembered. */
  readonly name: string;
  readonly orientation: 'horizontal' | 'vertical';
  readonly panels: readonly PanelSpec[];
}

export function PanelGroup({ name, orientation, panels }: Props): ReactElement {
  const stored = `panels.${name}`;
  const [layout] = useState(() => recall(stored, sharesOf(panels.map(({ id }) => id))));
  return (
    <Group
      orientation={orientation}
      defaultLayout={layout}
      onLayoutChanged={(now, { isUserInteraction, requestedLayout }) => {
        // A window that is made smaller is not a wish for other panels.
        if (isUserInteraction) remember(stored, requestedLayout ?? now);
      }}
    >
      {panels.map(({ id, share, least, content }, index) => (
        <Fragment key={id}>
          {index > 0 && (
            <Separator
              className="separator"
              aria-label={`Size of ${panels[index - 1]?.id ?? ''}`}
            />
          )}
          <Panel
            id={id}
            minSize={`${least}%`}
            {...(share === undefined ? {} : { defaultSize: `${share}%` })}
          >
            {content}
          </Panel>
        </Fragment>
      ))}
    </Group>
  );
}
