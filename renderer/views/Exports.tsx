/** Which volumes other programs use, who they are, and how one begins to. */
import type { ReactElement } from 'react';
import { Button } from 'react-aria-components';
import type { ExportClient, ExportState } from '../../core/contract/exports.ts';
import { useStudio } from '../state/store.ts';
import { volumeSubject } from '../state/subjects.ts';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { bytesText } from '../widgets/size-text.ts';

export function Exports(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  if (lab.exports.length === 0) {
    return (
      <p className="empty">
        No volume is exported. Select an active volume and choose “NBD export of volume”.
      </p>
    );
  }
  return (
    <div className="exports" tabIndex={0} role="region" aria-label="Exports">
      {lab.exports.map((one) => (
        <Export key={one.volume} exported={one} />
      ))}
    </div>
  );
}

function Export({ exported }: { exported: ExportState }): ReactElement {
  const { lab, select, openAction } = useStudio();
  const { volume, lvId, uri, readOnly, clients, uses } = exported;
  const subject = lab && lvId !== undefined ? volumeSubject(lab, lvId) : undefined;
  return (
    <section aria-label={`Export of ${volume}`}>
      <header>
        <h3>{volume}</h3>
        <span className="mode">{readOnly ? 'READ-ONLY' : 'WRITABLE'}</span>
        <code>{uri}</code>
        <CopyButton title="Copy address" what={`The address of ${volume}`} text={() => uri} />
        <Button
          className="quiet"
          isDisabled={!subject}
          onPress={() => {
            select(subject);
            openAction('end-export');
          }}
        >
          End export…
        </Button>
      </header>
      <Clients volume={volume} clients={clients} />
      <details>
        <summary>Commands to use it</summary>
        <dl>
          {uses.map(({ what, lines }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                <pre>{lines.join('\n')}</pre>
                <CopyButton
                  title="Copy"
                  what={`“${what}”`}
                  text={() => lines.map((line) => `${line}\n`).join('')}
                />
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

function Clients(props: { volume: string; clients: readonly ExportClient[] }): ReactElement {
  const { volume, clients } = props;
  if (clients.length === 0) return <p className="quiet-text">No program is connected.</p>;
  return (
    <table aria-label={`Programs that use ${volume}`}>
      <thead>
        <tr>
          <th scope="col">Program</th>
          <th scope="col">From</th>
          <th scope="col">Reads</th>
          <th scope="col">Read</th>
          <th scope="col">Writes</th>
          <th scope="col">Written</th>
        </tr>
      </thead>
      <tbody>
        {clients.map((client) => (
          <tr key={client.id}>
            <td>{client.id}</td>
            <td>{client.name}</td>
            <td>{client.readRequests.toLocaleString('en')}</td>
            <td>{bytesText(client.read)}</td>
            <td>{client.writeRequests.toLocaleString('en')}</td>
            <td>{bytesText(client.written)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
