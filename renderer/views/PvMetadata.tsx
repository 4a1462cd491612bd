/** What a disk holds of metadata: label and headers field by field, areas text by text. */
import type { ReactElement } from 'react';
import type { MetadataAreaState, StructureState } from '../../core/contract/metadata.ts';
import { useAnswer } from '../widgets/use-answer.ts';
import { AreaMap } from './AreaMap.tsx';
import { Failure } from './Metadata.tsx';

const TITLES: Readonly<Record<StructureState['kind'], string>> = {
  label: 'Label',
  'pv-header': 'PV header',
  'pv-extension': 'PV header extension',
  'mda-header': 'Metadata area header',
};

export function PvMetadataView({ device }: { device: string }): ReactElement {
  const { value, failure } = useAnswer('pvMetadata', [device]);
  if (!value) return <Failure lines={failure} />;
  return (
    <div className="pv-metadata" role="region" aria-label={`Metadata of ${device}`} tabIndex={0}>
      {value.problem !== undefined && <p className="warning">{value.problem}</p>}
      {value.areas.map((area, index) => (
        <Area key={area.start} area={area} number={index + 1} device={device} />
      ))}
      {value.structures.length > 0 && value.areas.length === 0 && (
        <p className="empty">It has no metadata area: another PV of its group knows its volumes.</p>
      )}
      {value.structures.map((structure) => (
        <Structure key={structure.kind} structure={structure} />
      ))}
    </div>
  );
}

interface AreaProps {
  readonly area: MetadataAreaState;
  readonly number: number;
  readonly device: string;
}

function Area({ area, number, device }: AreaProps): ReactElement {
  const size = `${(area.size / 1024).toLocaleString('en')} KiB from byte ${area.start}`;
  return (
    <section aria-label={`Metadata area ${number}`}>
      <h3>
        Metadata area {number} <small>{size}</small>
        {area.ignored && <small className="missing"> ignored: it holds no valid text</small>}
      </h3>
      {area.problem !== undefined && <p className="warning">{area.problem}</p>}
      <AreaMap area={area} name={`metadata area ${number} of ${device}`} />
      {area.searched < area.size && (
        <p className="empty">
          Older texts were looked for in its first {(area.searched / 2 ** 20).toFixed(0)} MiB.
        </p>
      )}
      {area.header && <Structure structure={area.header} />}
    </section>
  );
}

function Structure({ structure }: { structure: StructureState }): ReactElement {
  const first = structure.fields[0]?.offset ?? 0;
  return (
    <table className="structure">
      <caption>
        {TITLES[structure.kind]} <small>at byte {first}</small>
      </caption>
      <thead>
        <tr>
          <th scope="col" className="number">
            Byte
          </th>
          <th scope="col">Field</th>
          <th scope="col">Value</th>
          <th scope="col">On the disk</th>
        </tr>
      </thead>
      <tbody>
        {structure.fields.map(({ name, offset, hex, value, fault }) => (
          <tr key={`${offset} ${name}`} className={fault === undefined ? '' : 'fault'}>
            <td className="number">{offset}</td>
            <td>{name}</td>
            <td className="value">
              {value}
              {fault !== undefined && <strong className="fault"> ✗ {fault}</strong>}
            </td>
            <td className="hex">{hex}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
