/** What a mirror is made of, how it is, and what happened to it: for the inspector. */
import { useMemo, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { JobState } from '../../core/contract/jobs.ts';
import type { MirrorState } from '../../core/contract/mirrors.ts';
import type { LabState, LvState, VgState } from '../../core/contract/state.ts';
import { mirrorStory, type StoryItem } from '../state/mirror-story.ts';
import { mirrorName, mirrorsAbout, pvsOf, topVolume } from '../state/mirrors.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { lvSubject, vgOf } from '../state/subjects.ts';
import { isMirror, legsOf, partName, partsOf } from '../viz/mirror-parts.ts';
import { CopyPace } from './CopyPace.tsx';
import { JobHistory } from './JobHistory.tsx';
import { heldWords, sizeWords } from './mirror-words.ts';
import { MirrorLegs } from './MirrorLegs.tsx';
import { SubjectLink } from './SubjectLink.tsx';
import { SyncBar } from './SyncBar.tsx';

const STORY_SHOWN = 12;
/** Kinds of jobs that are about a mirror. */
const WORK: readonly JobState['kind'][] = ['convert', 'move', 'repair'];

interface Props {
  readonly lab: LabState;
  readonly selected: Subject | undefined;
}

/**
 * Of a mirror, of a part of one, and of what was one until it lost a leg; nothing else has it.
 */
export function MirrorPanel({ lab, selected }: Props): ReactElement | null {
  const events = useStudio((studio) => studio.events);
  const vg = vgOf(lab, selected);
  const top = topVolume(lab, selected);
  const story = useMemo(
    () => (vg && top ? mirrorStory(lab, vg, top, events) : []),
    [lab, vg, top, events],
  );
  if (!vg || !top) return null;
  const name = `${vg.name}/${top.name}`;
  const mirrors = mirrorsAbout(lab, selected);
  const jobs = lab.jobs.filter(({ kind, volume }) => WORK.includes(kind) && volume === name);
  const isOne = isMirror(top) || mirrors.length > 0;
  const wasOne = jobs.length > 0 || story.some(({ what }) => what.startsWith('lvconvert '));
  if (!isOne && !wasOne) return null;
  return (
    <div className="mirror-panel">
      {isOne && <Above lab={lab} vg={vg} top={top} selected={selected} />}
      {mirrors.map((mirror) => (
        <Running
          key={`${mirror.device} ${mirror.start}`}
          lab={lab}
          mirror={mirror}
          title={mirrors.length > 1 ? mirrorName(lab, mirror) : 'Legs and log'}
        />
      ))}
      {isOne && mirrors.length === 0 && <AtRest lab={lab} vg={vg} top={top} />}
      <JobHistory title="Conversion and repair" jobs={jobs} />
      <Story story={story} />
    </div>
  );
}

interface RunningProps {
  readonly lab: LabState;
  readonly mirror: MirrorState;
  readonly title: string;
}

function Running({ lab, mirror, title }: RunningProps): ReactElement {
  const name = mirrorName(lab, mirror);
  const held = heldWords(mirror);
  return (
    <>
      <h4>
        {title}
        {held !== '' && <strong className="held">{held}</strong>}
      </h4>
      <SyncBar mirror={mirror} name={name} />
      <CopyPace lab={lab} mirror={mirror} name={name} />
      <MirrorLegs lab={lab} mirror={mirror} name={name} />
      <small>{sizeWords(mirror)}</small>
    </>
  );
}

interface TopProps {
  readonly lab: LabState;
  readonly vg: VgState;
  /** The visible volume. */
  readonly top: LvState;
}

const AS = { leg: 'Leg', log: 'Log', layer: 'Layer' } as const;

/** From a part to the mirror, and from anything to the map. */
function Above({ lab, vg, top, selected }: TopProps & Pick<Props, 'selected'>): ReactElement {
  const showView = useStudio((studio) => studio.showView);
  const own = selected && vg.lvs.find((lv) => lvSubject(lab, vg, lv).id === selected.id);
  const part = own && partsOf(vg).get(own.name);
  const place = part?.as === 'leg' ? ` ${part.index}` : '';
  return (
    <div className="above">
      {part && (
        <p>
          {AS[part.as]}
          {place} of{' '}
          <SubjectLink subject={lvSubject(lab, vg, top)}>
            {vg.name}/{top.name}
          </SubjectLink>
          {part.of !== top.name && `, in ${part.of}`}
        </p>
      )}
      <Button
        className="quiet"
        onPress={() => {
          showView('Stage', 'regions');
        }}
      >
        Show its regions
      </Button>
    </div>
  );
}

/** What the metadata says of a mirror that is not active. */
function AtRest({ lab, vg, top }: TopProps): ReactElement {
  const names = [...legsOf(top), `${top.name}_mlog`];
  const parts = vg.lvs.filter(({ name }) => names.includes(name));
  return (
    <>
      <h4>Legs and log</h4>
      <p>
        <small>It is not active: what is in sync is not known.</small>
      </p>
      <ul className="legs">
        {parts.map((lv) => (
          <li key={lv.id}>
            <span className="title">{titleOf(vg, lv)}</span>
            <span className="where">
              <SubjectLink subject={lvSubject(lab, vg, lv)}>{lv.name}</SubjectLink> on{' '}
              {pvsOf(vg, lv).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function titleOf(vg: VgState, lv: LvState): string {
  const part = partsOf(vg).get(lv.name);
  return part ? partName(part) : '';
}

function Story({ story }: { story: readonly StoryItem[] }): ReactElement | null {
  if (story.length === 0) return null;
  return (
    <>
      <h4>What happened</h4>
      <ol className="story" reversed>
        {story.slice(0, STORY_SHOWN).map((item) => (
          <Item key={item.seq} item={item} />
        ))}
      </ol>
    </>
  );
}

const MARKS = { bad: '✕', good: '✓', plain: '·' } as const;
const secondsText = (micros: number): string => (micros / 1e6).toFixed(3);

function Item({ item }: { item: StoryItem }): ReactElement {
  const { timeMicros, tone, what, details } = item;
  return (
    <li className={tone}>
      <span aria-hidden="true">{MARKS[tone]}</span> <time>{secondsText(timeMicros)}</time>{' '}
      <strong>{what}</strong>
      {details.map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </li>
  );
}
