/** Answers to a browser's HTTP requests: the ticket, then the files of the page. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageFile, PageFiles } from '../page-files.ts';
import type { Admission } from './admission.ts';

export interface PageRequestOptions {
  readonly admission: Admission;
  readonly files: PageFiles;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called after a ticket was exchanged. */
  readonly admitted: () => void;
}

/** Sentences for a person who sees them in a browser. */
const NOT_OURS = 'This address is not one of LV Studio.\n';
const NO_TICKET = `LV Studio opens for the browser that has its ticket.
Each printed address works once: take a new one from the terminal where LV Studio runs.
`;

export async function answerPageRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: PageRequestOptions,
): Promise<void> {
  const { admission, files } = options;
  const answer = (
    status: number,
    body: string | Buffer,
    more: Record<string, string> = {},
  ): void => {
    const type = { 'Content-Type': 'text/plain; charset=utf-8' };
    const length = { 'Content-Length': String(Buffer.byteLength(body)) };
    response.writeHead(status, { ...type, ...options.headers, ...more, ...length });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (!admission.isOurHost(request.headers.host)) return answer(421, NOT_OURS);
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  // Looking whether an address exists must not use the ticket up: HEAD is for that.
  const ticket = request.method === 'GET' && path === '/' ? ticketOf(query) : undefined;
  if (ticket !== undefined) {
    const cookie = admission.redeem(ticket);
    // Back on a used address, the browser that used it is let in.
    if (cookie === undefined && !admission.knows(request.headers.cookie)) {
      return answer(403, NO_TICKET);
    }
    answer(303, '', { Location: '/', ...(cookie !== undefined && { 'Set-Cookie': cookie }) });
    if (cookie !== undefined) options.admitted();
    return;
  }
  if (!admission.knows(request.headers.cookie)) return answer(403, NO_TICKET);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answer(405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' });
  }
  const file = files.get(path);
  const content = file && (await read(file));
  if (content === undefined) return answer(404, 'There is no such file.\n');
  answer(200, content, { 'Content-Type': file?.type ?? '' });
}

function ticketOf(query: string): string | undefined {
  return new URLSearchParams(query).get('ticket') ?? undefined;
}

/** A build replaces the files: one that is gone is no failure of this program. */
async function read(file: PageFile): Promise<Buffer | undefined> {
  try {
    return await readFile(file.path);
  } catch {
    return undefined;
  }
}
