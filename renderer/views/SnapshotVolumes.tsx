/** Which volume is what to a snapshot: its origin, itself, and its store. */
import type { ReactElement } from 'react';
import type { SnapshotState } from '../../core/contract/snapshots.ts';
import type { LabState } from '../../core/contract/state.ts';
import { volumeOfDevice, type Below } from '../state/mirrors.ts';
import { placesOf } from '../state/snapshots.ts';
import type { Subject } from '../state/store.ts';
import { SubjectLink } from './SubjectLink.tsx';

interface Props {
  readonly lab: LabState;
  readonly snapshot: SnapshotState;
}

export function SnapshotVolumes({ lab, snapshot }: Props): ReactElement {
  const { name, origin, originName, store } = placesOf(lab, snapshot);
  const merges = snapshot.role === 'merge';
  const access = volumeOfDevice(lab, store.device)?.lv.attr[1] === 'r' ? ', read-only' : '';
  return (
    <ul className="legs" aria-label={`Volumes of snapshot ${name}`}>
      <Volume title="origin" below={origin}>
        {originName}
        {merges ? ': takes back what the store has' : ': as it is now'}
      </Volume>
      {!merges && (
        <Volume title="snapshot" below={{ ...store, device: snapshot.device, pvs: [] }}>
          {name}: the origin as it was{access}
        </Volume>
      )}
      <Volume title="store" below={store} subject={{ kind: 'device', id: store.device }}>
        what was there before writes
      </Volume>
    </ul>
  );
}

interface VolumeProps {
  readonly title: string;
  readonly below: Below;
  readonly subject?: Subject;
  readonly children: React.ReactNode;
}

function Volume({ title, below, subject, children }: VolumeProps): ReactElement {
  const { device, pvs } = below;
  return (
    <li>
      <span className="title">{title}</span>
      <span className="where">
        <SubjectLink subject={subject ?? below.subject}>{device}</SubjectLink>
        {pvs.length > 0 && ` on ${pvs.join(', ')}`}
      </span>
      <span className="what">{children}</span>
    </li>
  );
}
