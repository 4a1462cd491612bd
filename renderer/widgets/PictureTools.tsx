/** Above a picture that changes by itself: whether it moves, and whether it may change at all. */
import type { ReactElement } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useReducedMotion } from './use-reduced-motion.ts';

interface MotionProps {
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Who has told the system that nothing shall move is not asked again. */
export function MotionToggle({ on, onChange }: MotionProps): ReactElement {
  const reduced = useReducedMotion();
  return (
    <ToggleButton
      className="quiet toggle"
      isSelected={on && !reduced}
      isDisabled={reduced}
      onChange={onChange}
    >
      {reduced ? 'Motion off by the system' : 'Motion'}
    </ToggleButton>
  );
}

interface Props extends MotionProps {
  readonly label: string;
  readonly held: boolean;
  readonly onHold: (hold: boolean) => void;
}

export function PictureTools({ label, on, onChange, held, onHold }: Props): ReactElement {
  return (
    <div className="tools" role="toolbar" aria-label={label}>
      <MotionToggle on={on} onChange={onChange} />
      <ToggleButton className="quiet toggle" isSelected={held} onChange={onHold}>
        Hold the picture
      </ToggleButton>
    </div>
  );
}
