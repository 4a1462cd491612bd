/** The metadata of what is selected: the text of a group, or a PV's headers and buffers. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { LabState, VgState } from '../../core/contract/state.ts';
import { useStudio } from '../state/store.ts';
import { useAnswer } from '../widgets/use-answer.ts';
import { MetadataText } from './MetadataText.tsx';
import { PvMetadataView } from './PvMetadata.tsx';
import { isLost, pvOf, pvSubject, vgOf, vgSubject } from '../state/subjects.ts';

export function Metadata(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const selected = useStudio((studio) => studio.selected);
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  const pv = pvOf(lab, selected);
  const device = pv?.device ?? (selected?.kind === 'disk' ? selected.id : undefined);
  const vg = vgOf(lab, selected) ?? (device === undefined ? lab.vgs[0] : undefined);
  return (
    <div className="metadata">
      {vg && <Places lab={lab} vg={vg} device={device} />}
      {device !== undefined && pv && isLost(pv) && (
        <p className="empty">No disk carries this PV: there is nothing to read.</p>
      )}
      {device !== undefined && !(pv && isLost(pv)) && (
        <PvMetadataView key={device} device={device} />
      )}
      {device === undefined && vg && <VgText key={vg.id} vg={vg} />}
      {device === undefined && !vg && (
        <p className="empty">There is no volume group and no disk is selected.</p>
      )}
    </div>
  );
}

interface PlacesProps {
  readonly lab: LabState;
  readonly vg: VgState;
  readonly device: string | undefined;
}

/** The group and its PVs: where the same text may be looked at. */
function Places({ lab, vg, device }: PlacesProps): ReactElement {
  const select = useStudio((studio) => studio.select);
  return (
    <nav className="places" aria-label={`Metadata of ${vg.name}`}>
      <Button
        className="quiet"
        aria-current={device === undefined}
        onPress={() => {
          select(vgSubject(lab, vg));
        }}
      >
        Text of {vg.name}
      </Button>
      {vg.pvs.map((pv) => (
        <Button
          key={pv.id}
          className={pv.missing ? 'quiet missing' : 'quiet'}
          aria-current={device !== undefined && device === pv.device}
          onPress={() => {
            select(pvSubject(pv));
          }}
        >
          {pv.device}
          {pv.missing ? ' missing' : ''}
        </Button>
      ))}
    </nav>
  );
}

function VgText({ vg }: { vg: VgState }): ReactElement {
  const { value, failure } = useAnswer('vgMetadata', [vg.name]);
  if (!value) return <Failure lines={failure} />;
  const { seqno, device, offset } = value;
  const bytes = `${value.text.length.toLocaleString('en')} bytes`;
  return (
    <MetadataText
      label={`Metadata text of ${value.vg}`}
      text={value.text}
      about={`seqno ${seqno} · ${bytes} · read from ${device} at byte ${offset}`}
    />
  );
}

/** Empty while nothing has been answered yet. */
export const Failure = ({ lines }: { lines: readonly string[] }): ReactElement | null =>
  lines.length === 0 ? null : (
    <div role="alert" className="failed">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
