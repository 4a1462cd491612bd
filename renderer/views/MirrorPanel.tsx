/** What a mirror is made of, how it is, and what happened to it: for the inspector. */
import { useMemo, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { JobState } from '../../core/contract/jobs.ts';
import type { LabState, LvState, VgState } from '../../core/contract/state.ts';
import { mirrorStory, type StoryItem } from '../state/mirror-story.ts';
import { mirrorName, mirrorsAbout, pvsOf, topVolume } from '../state/mirrors.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { lvSubject, vgOf } from '../state/subjects.ts';
import { isMirror, legsOf, partName, partsOf } from '../viz/mirror-parts.ts';
import { heldWords, sizeWords } from './mirror-words.ts';
import { MirrorLegs } from './MirrorLegs.tsx';
import { SyncBar } from './SyncBar.tsx';

const STORY_SHOWN = 12;

interface Props {
  readonly lab: LabState;
  readonly selected: Subject | undefined;
}

/** Of a mirror, or of a part of one; nothing else has it. */
export function MirrorPanel({ lab, selected }: Props): ReactElement | null {
  const vg = vgOf(lab, selected);
  const top = topVolume(lab, selected);
  if (!vg || !top || selected?.kind === 'pv' || selected?.kind === 'vg') return null;
  const mirrors = mirrorsAbout(lab, selected);
  if (!isMirror(top) && mirrors.length === 0) return null;
  return (
    <div className="mirror-panel">
      <Above lab={lab} vg={vg} top={top} selected={selected} />
      {mirrors.map((mirror) => {
        const name = mirrorName(lab, mirror);
        const held = heldWords(mirror);
        return (
          <div key={`${mirror.device} ${mirror.start}`}>
            <h4>
              {mirrors.length > 1 ? name : 'Legs and log'}
              {held !== '' && <strong className="held">{held}</strong>}
            </h4>
            <SyncBar mirror={mirror} name={name} />
            <MirrorLegs lab={lab} mirror={mirror} name={name} />
            <small>{sizeWords(mirror)}</small>
          </div>
        );
      })}
      {mirrors.length === 0 && <AtRest lab={lab} vg={vg} top={top} />}
      <Work jobs={lab.jobs.filter(({ volume }) => volume === `${vg.name}/${top.name}`)} />
      <Story lab={lab} vg={vg} top={top} />
    </div>
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
  const { select, showView } = useStudio();
  const own = selected && vg.lvs.find((lv) => lvSubject(lab, vg, lv).id === selected.id);
  const part = own && partsOf(vg).get(own.name);
  const place = part?.as === 'leg' ? ` ${part.index}` : '';
  return (
    <div className="above">
      {part && (
        <p>
          {AS[part.as]}
          {place} of{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              select(lvSubject(lab, vg, top));
            }}
          >
            {vg.name}/{top.name}
          </button>
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
  const { select } = useStudio();
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
              <button
                type="button"
                className="link"
                onClick={() => {
                  select(lvSubject(lab, vg, lv));
                }}
              >
                {lv.name}
              </button>{' '}
              on {pvsOf(vg, lv).join(', ')}
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

/** The repair or the conversion as it goes on; the Jobs view can end it. */
function Work({ jobs }: { jobs: readonly JobState[] }): ReactElement | null {
  const running = jobs.filter(({ endedMicros }) => endedMicros === undefined);
  if (running.length === 0) return null;
  return (
    <>
      <h4>Under way</h4>
      <ul className="story">
        {running.map(({ id, title, done, total }) => (
          <li key={id}>
            <strong>{title}</strong>
            <p>{total === 0 ? 'running' : `${Math.floor((100 * done) / total)} %`}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

function Story({ lab, vg, top }: TopProps): ReactElement | null {
  const events = useStudio((studio) => studio.events);
  const story = useMemo(() => mirrorStory(lab, vg, top, events), [lab, vg, top, events]);
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
