/** One PV of the extent map, painted on a canvas; arrows go from run to run. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import { lackingVolumes } from '../state/mirrors.ts';
import { useStudio } from '../state/store.ts';
import { drawStrip, STRIP_HEIGHT, type RunStyle } from '../viz/draw-strip.ts';
import { runAt, type PlacedRun, type Run, type Strip } from '../viz/layout-extents.ts';
import { partName, type Part } from '../viz/mirror-parts.ts';
import { ownerColours } from '../viz/owner-colour.ts';
import type { SnapshotRole } from '../viz/snapshot-links.ts';
import { usePainting, type Paint } from '../widgets/use-painting.ts';
import {
  covers,
  describeRun,
  subjectOf,
  useParts,
  useRelatedNames,
  useSnapshotRoles,
  useVgKey,
} from './run-text.ts';
import { StripMarks } from './StripMarks.tsx';
import { useRunChoice } from './use-run-choice.ts';
import { useStripDrag } from './use-strip-drag.ts';

interface Props {
  readonly vg: VgState;
  readonly strip: Strip;
  /** Of all PVs of the group. */
  readonly strips: readonly Strip[];
}

export function ExtentStrip({ vg, strip, strips }: Props): ReactElement {
  const hover = useStudio((studio) => studio.hover);
  const group = useVgKey(vg);
  const parts = useParts(vg);
  const styles = useStyles(vg, group, strip);
  const paint = useCallback<Paint>(
    (context, palette, ratio) => drawStrip(context, strip, styles, palette, ratio),
    [strip, styles],
  );
  const canvas = usePainting(strip.end, STRIP_HEIGHT, paint);
  const [pointed, setPointed] = useState<number>();
  const choice = useRunChoice(vg, strip, group);
  const { dragging, wasDropped, handlers } = useStripDrag(vg, strip, strips);
  const current = strip.runs[choice.at];
  const shown = pointed === undefined || dragging ? undefined : strip.runs[pointed];
  const point = (index: number | undefined): void => {
    setPointed(index);
    const run = index === undefined ? undefined : strip.runs[index];
    hover(run && subjectOf(run, group));
  };
  const snapshots = useSnapshotRoles(vg);
  const words = (run: Run): string => describeRun(run, vg.extentSize, { parts, snapshots });
  const under = (event: { clientX: number; currentTarget: Element }): number =>
    runAt(strip.runs, event.clientX - event.currentTarget.getBoundingClientRect().left);
  return (
    <div className="strip-canvas">
      <canvas
        ref={canvas}
        className={dragging ? 'dragging' : ''}
        data-strip={strip.pv.id}
        data-device={strip.pv.device}
        role="slider"
        tabIndex={0}
        aria-label={`Extents of ${strip.pv.device}`}
        aria-valuemin={0}
        aria-valuemax={strip.pv.extentCount}
        aria-valuenow={current?.start ?? 0}
        aria-valuetext={current ? words(current) : 'no extents'}
        {...handlers}
        onClick={(event) => {
          if (!wasDropped()) choice.click(under(event), event.shiftKey);
        }}
        onMouseMove={(event) => {
          point(under(event));
        }}
        onMouseLeave={() => {
          point(undefined);
        }}
        onBlur={() => {
          point(undefined);
        }}
        onKeyDown={(event) => {
          const next = choice.key(event);
          if (next !== undefined) point(next);
        }}
      />
      <StripMarks strip={strip} />
      {shown && <Tooltip run={shown} end={strip.end} words={words(shown)} />}
    </div>
  );
}

interface TooltipProps {
  readonly run: PlacedRun;
  /** Of the strip, in pixels from the left. */
  readonly end: number;
  readonly words: string;
}

function Tooltip({ run, end, words }: TooltipProps): ReactElement {
  const isLeft = run.x > end / 2;
  return (
    <div
      className={isLeft ? 'tooltip left' : 'tooltip'}
      style={{ left: isLeft ? run.x + run.width : run.x }}
      aria-hidden="true"
    >
      {words}
    </div>
  );
}

function useStyles(vg: VgState, group: string, strip: Strip): readonly RunStyle[] {
  const selected = useStudio((studio) => studio.selected);
  const hovered = useStudio((studio) => studio.hovered);
  const parts = useParts(vg);
  // As a text: mirrors are told of several times a second, and rarely is another leg out of sync.
  const lacking = useStudio(({ lab }) => (lab ? lackingVolumes(lab).join(' ') : ''));
  const snapshots = useSnapshotRoles(vg);
  const related = useRelatedNames(group);
  return useMemo(() => {
    const colours = ownerColours(vg);
    const out = new Set(lacking.split(' '));
    const devices = new Map(vg.lvs.map(({ name, dmName }) => [name, dmName]));
    return strip.runs.map((run): RunStyle => {
      const name = run.owner?.lv;
      // A PV is not its free extents: selecting it must not mark them.
      if (name === undefined) return { label: 'free', colour: -1, selected: false, hovered: false };
      const part = parts.get(name);
      const top = part?.top ?? name;
      const words = part ? partName(part) : snapshots.get(name)?.words;
      return {
        label: top,
        ...(words === undefined ? {} : { part: words }),
        ...textureOf(part, snapshots.get(top), out.has(devices.get(name) ?? '')),
        related: related.has(top),
        colour: colours.get(name) ?? 0,
        selected: covers(selected, run, group, parts),
        hovered: covers(hovered, run, group, parts),
      };
    });
  }, [vg, group, strip, parts, snapshots, related, lacking, selected, hovered]);
}

function textureOf(
  part: Part | undefined,
  snapshot: SnapshotRole | undefined,
  lacking: boolean,
): Pick<RunStyle, 'texture'> {
  if (part?.as === 'log') return { texture: 'log' };
  if (lacking) return { texture: 'lacking' };
  return snapshot ? { texture: snapshot.as } : {};
}
