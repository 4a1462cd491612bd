/** Where everything is: a to-scale strip per PV, and the same runs as a table. */
import type { ReactElement } from 'react';
import type { VgState } from '../../core/contract/state.ts';
import { same, useStudio, type Subject } from '../state/store.ts';
import { layoutExtents, type Run, type Strip } from '../viz/layout-extents.ts';
import { ownerClass } from '../viz/owner-colour.ts';
import { sizeText } from '../widgets/size-text.ts';
import { useWidth } from '../widgets/use-width.ts';

const STRIP_HEIGHT = 44;
/** Narrower runs carry no label: the table below has it. */
const LABEL_MIN = 44;
const CHARACTER = 7;

export function ExtentMap(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const [box, width] = useWidth();
  const groups = lab?.vgs ?? [];
  return (
    <div className="extent-map" ref={box}>
      {groups.length === 0 && <p className="empty">No volume group. Make one: vgcreate.</p>}
      {groups.map((vg) => (
        <section key={vg.id} aria-label={`Extents of ${vg.name}`}>
          <h3>
            {vg.name}{' '}
            <small>
              {vg.extentCount} PE of {sizeText(vg.extentSize)} · {vg.freeCount} free
            </small>
          </h3>
          {layoutExtents(vg, Math.max(200, width - 32)).map((strip) => (
            <StripView key={strip.pv.id} vg={vg} strip={strip} />
          ))}
          <RunTable vg={vg} />
        </section>
      ))}
    </div>
  );
}

function StripView({ vg, strip }: { vg: VgState; strip: Strip }): ReactElement {
  const { pv, runs, end } = strip;
  return (
    <figure className="strip">
      <figcaption>
        <span className="path">{pv.device}</span>
        <span>
          {pv.extentCount} PE · {sizeText(pv.extentCount * vg.extentSize)} · {pv.freeCount} free
        </span>
      </figcaption>
      <svg width={end} height={STRIP_HEIGHT + 16} aria-hidden="true">
        {runs.map((run) => (
          <RunView key={run.start} vg={vg} run={run} />
        ))}
        {pv.missing && (
          <text x={8} y={28} className="missing">
            missing
          </text>
        )}
        <text x={0} y={STRIP_HEIGHT + 13} className="ruler">
          0
        </text>
        <text x={end} y={STRIP_HEIGHT + 13} className="ruler end">
          {pv.extentCount}
        </text>
      </svg>
    </figure>
  );
}

const subjectOf = ({ owner, pv }: Pick<Run, 'owner' | 'pv'>): Subject =>
  owner ? { kind: 'lv', id: owner.lv } : { kind: 'pv', id: pv };

function RunView({ vg, run }: { vg: VgState; run: Run }): ReactElement {
  const studio = useStudio();
  const subject = subjectOf(run);
  const own = run.owner !== undefined;
  const state = [
    own && same(studio.selected, subject) ? 'selected' : '',
    own && same(studio.hovered, subject) ? 'hovered' : '',
  ].join(' ');
  const colour = run.owner ? ownerClass(vg, run.owner.lv) : 'free';
  const name = run.owner ? (run.owner.lv.split('/')[1] ?? '') : 'free';
  const fits = Math.floor((run.width - 10) / CHARACTER);
  const label = name.length <= fits ? name : `${name.slice(0, Math.max(1, fits - 1))}…`;
  const type = run.owner?.type === 'striped' ? 'striped' : '';
  return (
    <g
      className={`run ${colour} ${type} ${state}`}
      onClick={() => {
        studio.select(subject);
      }}
      onMouseEnter={() => {
        studio.hover(subject);
      }}
      onMouseLeave={() => {
        studio.hover(undefined);
      }}
    >
      <rect x={run.x + 0.5} y={1} width={Math.max(0, run.width - 1)} height={STRIP_HEIGHT - 2} />
      {type !== '' && <line x1={run.x + 1} x2={run.x + run.width - 1} y1={36} y2={36} />}
      {run.width >= LABEL_MIN && (
        <text x={run.x + 6} y={20}>
          {label}
        </text>
      )}
      {run.width >= LABEL_MIN + 20 && (
        <text x={run.x + 6} y={33} className="small">
          {run.count} PE
        </text>
      )}
      <title>
        {`${name}: ${run.pv} PE ${run.start}-${run.start + run.count - 1}, ${sizeText(
          run.count * vg.extentSize,
        )}`}
      </title>
    </g>
  );
}

/** The map for keyboards and screen readers: the same runs, the same selection. */
function RunTable({ vg }: { vg: VgState }): ReactElement {
  const selected = useStudio((studio) => studio.selected);
  const select = useStudio((studio) => studio.select);
  const runs = layoutExtents(vg, 1).flatMap((strip) => strip.runs);
  return (
    <table className="runs" aria-label={`Runs of ${vg.name}`}>
      <thead>
        <tr>
          <th scope="col">PV</th>
          <th scope="col">First PE</th>
          <th scope="col">Last PE</th>
          <th scope="col">Size</th>
          <th scope="col">Owner</th>
          <th scope="col">Type</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr
            key={`${run.pv} ${run.start}`}
            className={run.owner && same(selected, subjectOf(run)) ? 'selected' : ''}
          >
            <td>{run.pv}</td>
            <td className="number">{run.start}</td>
            <td className="number">{run.start + run.count - 1}</td>
            <td className="number">{sizeText(run.count * vg.extentSize)}</td>
            <td>
              {run.owner ? (
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    select(subjectOf(run));
                  }}
                >
                  {run.owner.lv}
                </button>
              ) : (
                'free'
              )}
            </td>
            <td>{run.owner?.type ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
