/** The legs of a mirror and its log: where they lie, how they are, what was read from them. */
import type { ReactElement } from 'react';
import type { MirrorLegState, MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState } from '../../core/contract/state.ts';
import { belowOf } from '../state/mirrors.ts';
import { useStudio } from '../state/store.ts';
import { hasFailed } from '../viz/region-cells.ts';
import { healthWords, legWords } from './mirror-words.ts';
import { SubjectLink } from './SubjectLink.tsx';

interface Props {
  readonly lab: LabState;
  readonly mirror: MirrorState;
  readonly name: string;
}

export function MirrorLegs({ lab, mirror, name }: Props): ReactElement {
  const { legs, log, primary } = mirror;
  return (
    <ul className="legs" aria-label={`Legs and log of ${name}`}>
      {legs.map((leg, index) => (
        <Part
          key={leg.devno}
          lab={lab}
          devno={leg.devno}
          title={index === primary ? `leg ${index} ★ primary` : `leg ${index}`}
          failed={hasFailed(leg.health)}
          health={legWords(leg)}
          reads={readWords(
            leg,
            mirror.lastRead?.leg === index ? mirror.lastRead.region : undefined,
          )}
        />
      ))}
      {log.kind === 'disk' ? (
        <Part
          lab={lab}
          devno={log.devno}
          title="log"
          failed={hasFailed(log.health)}
          health={healthWords(log.health)}
          reads=""
        />
      ) : (
        <li>
          <span className="title">log</span>
          <span className="where">core: in memory only</span>
        </li>
      )}
    </ul>
  );
}

/** `132 reads, the last of region 7`. */
function readWords({ reads }: MirrorLegState, last: number | undefined): string {
  const count = reads === 1 ? '1 read' : `${reads.toLocaleString('en')} reads`;
  return last === undefined ? count : `${count}, the last of region ${last.toLocaleString('en')}`;
}

interface PartProps {
  readonly lab: LabState;
  readonly devno: MirrorLegState['devno'];
  readonly title: string;
  readonly failed: boolean;
  readonly health: string;
  readonly reads: string;
}

function Part({ lab, devno, title, failed, health, reads }: PartProps): ReactElement {
  const { device, subject, pvs } = belowOf(lab, devno);
  const hover = useStudio((studio) => studio.hover);
  const isPv = pvs.length === 1 && pvs[0] === device;
  return (
    <li
      className={failed ? 'ailing' : ''}
      onMouseEnter={() => {
        hover(subject);
      }}
      onMouseLeave={() => {
        hover(undefined);
      }}
    >
      <span className="title">{title}</span>
      <span className="where">
        <SubjectLink subject={subject}>{device}</SubjectLink>
        {!isPv && pvs.length > 0 && ' on '}
        {!isPv && pvs.length > 0 && <PvNames pvs={pvs} />}
      </span>
      <span className="health">
        {failed && <span aria-hidden="true">✕ </span>}
        {health}
      </span>
      <span className="reads">{reads}</span>
    </li>
  );
}

const LOST = '[unknown]';

/** What no disk carries is said, or a leg of errors would look like any other. */
function PvNames({ pvs }: { readonly pvs: readonly string[] }): ReactElement {
  const there = pvs.filter((pv) => pv !== LOST);
  return (
    <>
      {there.join(', ')}
      {there.length > 0 && there.length < pvs.length && ', '}
      {there.length < pvs.length && <span className="missing">✕ a missing PV</span>}
    </>
  );
}
