/** When: every event of the engine, the newest first. */
import type { ReactElement } from 'react';
import type { EngineEvent } from '../../core/contract/events.ts';
import type { DiskState } from '../../core/contract/state.ts';
import { useStudio } from '../state/store.ts';
import { allFaultWords } from './disk-words.ts';

export function EventLog(): ReactElement {
  const events = useStudio((studio) => studio.events);
  return (
    <div className="event-log" tabIndex={0} role="region" aria-label="Events">
      {events.length === 0 && (
        <p className="empty">Nothing has happened since the window opened.</p>
      )}
      <ol reversed>
        {events.toReversed().map((event) => (
          <li key={event.seq} className={event.body.kind}>
            <time>{(event.timeMicros / 1e6).toFixed(3)}</time>
            <span className="kind">{event.body.kind}</span>
            <span>{sentence(event)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function sentence({ body }: EngineEvent): string {
  switch (body.kind) {
    case 'step': {
      const reason = body.reason === undefined ? body.step.why : body.reason;
      return `${body.index + 1}/${body.of} ${body.phase}: ${body.step.what}. ${reason}`;
    }
    case 'metadata':
      return `${body.vg} seqno ${body.seqno}: ${body.phase} on ${body.device}`;
    case 'command':
      return `${body.line} (status ${body.status})`;
    case 'device': {
      const { name, suspended, inactive, live } = body.device;
      const tables = [live ? 'live table' : '', inactive ? 'inactive table' : ''];
      const state = suspended ? 'suspended' : 'active';
      return `${name} ${state}, ${tables.filter(Boolean).join(' and ') || 'no table'}`;
    }
    case 'io':
      return body.counts.map(({ name, inFlight }) => `${name}: ${inFlight} in flight`).join(', ');
    case 'settings':
      return `settings of the lab: ${Object.keys(body.settings.lvm).join(', ') || 'LVM’s own'}`;
    case 'device-removed':
      return `${body.name} removed`;
    case 'vg':
      return `${body.vg.name} is now at seqno ${body.vg.seqno}, ${body.vg.freeCount} extents free`;
    case 'vg-removed':
      return `${body.vg} removed`;
    case 'orphans':
      return `${body.pvs.length} PVs belong to no group`;
    case 'problems':
      return `${body.problems.length} problems that are no group's own`;
    case 'disk':
      return diskText(body.disk);
    case 'disk-detached':
      return `${body.path} detached`;
    case 'exports': {
      const clients = body.exports.reduce((sum, one) => sum + one.clients.length, 0);
      return `${body.exports.length} volumes exported, to ${clients} programs`;
    }
    case 'jobs':
      return `${body.jobs.length} jobs`;
    case 'mirrors':
      return `${body.mirrors.length} mirrors`;
    case 'snapshots':
      return `${body.snapshots.length} snapshots`;
    case 'said':
      return body.output.at(-1)?.text.trim() ?? '';
    case 'monitor':
      return body.message;
    case 'io-error':
      return `${body.op} on ${body.device} failed: ${body.reason}`;
  }
}

const diskText = ({ path, mode, faults }: DiskState): string =>
  faults ? `${path} is broken: ${allFaultWords(faults)}` : `${path} is there, ${mode}`;
