import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { mirrorKey, rateOf } from '../state/copy-rates.ts';
import { volumeOfDevice } from '../state/mirrors.ts';
import { useStudio } from '../state/store.ts';
import { lvSubject } from '../state/subjects.ts';
import { JobButtons } from './JobButtons.tsx';
import { paceWords } from './mirror-words.ts';

interface Props {
  readonly lab: LabState;
  readonly mirror: MirrorState;
  readonly name: string;
  /** Regions that are copied behind those of this mirror, where that is said with its job. */
  readonly beyond?: number;
}

/** How fast a mirror is copied, how fast it may be, and how long that takes. */
export function CopyPace({ lab, mirror, name, beyond }: Props): ReactElement | null {
  const { copySamples, timeMicros, select, openAction } = useStudio();
  const found = volumeOfDevice(lab, mirror.device);
  const job = lab.jobs.find(
    ({ volume, endedMicros }) => volume === name && endedMicros === undefined,
  );
  if (mirror.inSync >= mirror.regions || mirror.held > 0) return null;
  return (
    <p className="pace">
      <span>{paceWords(mirror, rateOf(copySamples, mirrorKey(mirror), timeMicros), beyond)}</span>
      {found && !mirror.waits && (found.lv.visible || found.lv.attr.startsWith('p')) && (
        <Button
          className="quiet"
          aria-label={`Throttle ${name}`}
          onPress={() => {
            select(lvSubject(lab, found.vg, found.lv));
            openAction('throttle-mirror');
          }}
        >
          Throttle…
        </Button>
      )}
      {job && beyond === undefined && <JobButtons job={job} />}
    </p>
  );
}
