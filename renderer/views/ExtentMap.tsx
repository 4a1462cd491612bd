/** Where everything is: a to-scale strip per PV, and the same runs as a table. */
import { memo, useMemo, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { PvState, VgState } from '../../core/contract/state.ts';
import { aBoolean } from '../state/remember.ts';
import { useMoves } from '../state/moves.ts';
import { useStudio } from '../state/store.ts';
import { isLost, nameOf, pvSubject, vgSubject } from '../state/subjects.ts';
import { layoutExtents } from '../viz/layout-extents.ts';
import { movesOf } from '../viz/moves.ts';
import { sizeText } from '../widgets/size-text.ts';
import { useReducedMotion } from '../widgets/use-reduced-motion.ts';
import { useRemembered } from '../widgets/use-remembered.ts';
import { useWidth } from '../widgets/use-width.ts';
import { ExtentStrip } from './ExtentStrip.tsx';
import { MoveLayer } from './MoveLayer.tsx';
import { MoveStatus } from './MoveStatus.tsx';
import { MoveTools } from './MoveTools.tsx';
import { RunTable } from './RunTable.tsx';

const PADDING = 32;
const NARROWEST = 200;

export function ExtentMap(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const [box, width] = useWidth();
  return (
    <div className="extent-map" ref={box}>
      {!lab?.vgs.length && <p className="empty">No volume group. Make one: vgcreate.</p>}
      {lab?.vgs.map((vg) => (
        <Group
          key={vg.id}
          vg={vg}
          name={nameOf(lab, vgSubject(lab, vg))}
          width={Math.max(NARROWEST, width - PADDING)}
        />
      ))}
    </div>
  );
}

interface GroupProps {
  readonly vg: VgState;
  /** Tells it from another one that is named alike. */
  readonly name: string;
  readonly width: number;
}

/** Drawn anew only where the group itself has changed, whatever else happens in the lab. */
const Group = memo(function Group({ vg, name, width }: GroupProps): ReactElement {
  const strips = useMemo(() => layoutExtents(vg, width), [vg, width]);
  const moves = movesOf(vg);
  const [motion, setMotion] = useRemembered('map.moves', aBoolean, true);
  const reduced = useReducedMotion();
  return (
    <section aria-label={`Extents of ${name}`}>
      <h3>
        {name}{' '}
        <small>
          {vg.extentCount} PE of {sizeText(vg.extentSize)} · {vg.freeCount} free
        </small>
      </h3>
      {moves.map((move) => (
        <MoveStatus key={move.layer} vg={vg} move={move} />
      ))}
      <div className="strips">
        {strips.map((strip) => (
          <figure key={strip.pv.id} className="strip">
            <figcaption>
              <span className="path">{strip.pv.device}</span>
              <span>
                {strip.pv.extentCount} PE · {sizeText(strip.pv.extentCount * vg.extentSize)} ·{' '}
                {strip.pv.freeCount} free
              </span>
              {strip.pv.missing && <Missing pv={strip.pv} />}
              <MarkedRun pvId={strip.pv.id} />
              {strip.small > 0 && <span>{strip.small} runs narrower than a pixel</span>}
            </figcaption>
            <ExtentStrip vg={vg} strip={strip} strips={strips} />
          </figure>
        ))}
        {moves.map((move) => (
          <MoveLayer key={move.layer} {...{ vg, move, strips }} moves={motion && !reduced} />
        ))}
      </div>
      {moves.length > 0 && <MoveTools motion={motion} onMotion={setMotion} />}
      <RunTable vg={vg} />
    </section>
  );
});

/** Moves what is marked on this PV: what a drag does, by a button. */
function MarkedRun({ pvId }: { readonly pvId: string }): ReactElement | null {
  const marked = useMoves(({ marked: run }) => (run?.pvId === pvId ? run : undefined));
  const propose = useMoves(({ propose: open }) => open);
  if (!marked) return null;
  const { device, first, count } = marked;
  return (
    <Button
      className="quiet"
      onPress={() => {
        propose({ kind: 'run', device, first, count, to: { device: '' } });
      }}
    >
      Move PE {first}-{first + count - 1}…
    </Button>
  );
}

/** What can be done about it, in its place. */
function Missing({ pv }: { pv: PvState }): ReactElement {
  const { select, openAction } = useStudio();
  const open = (action: string): void => {
    select(pvSubject(pv));
    openAction(action);
  };
  return (
    <>
      <span className="missing">missing</span>
      {!isLost(pv) && (
        <Button
          className="quiet"
          onPress={() => {
            open('restore-pv');
          }}
        >
          Take back…
        </Button>
      )}
      <Button
        className="quiet"
        onPress={() => {
          open('give-up-pv');
        }}
      >
        Give up…
      </Button>
    </>
  );
}
