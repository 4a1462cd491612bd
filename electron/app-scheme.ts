/** The page's own scheme: files of the build under `app://studio/`, and nothing else. */
import { readFile } from 'node:fs/promises';
import type { PageFiles } from './page-files.ts';
import { pageHeaders } from './page-policy.ts';

export const SCHEME = 'app';
const HOST = 'studio';
export const PAGE_URL = `${SCHEME}://${HOST}/`;

/** Whether an address is of our page. */
export function isPageUrl(address: string): boolean {
  const url = parse(address);
  return url?.protocol === `${SCHEME}:` && url.host === HOST && url.username === '';
}

/** The answer to one request. Paths are looked up in a list, never in the file system. */
export async function answerAppRequest(
  request: { readonly url: string; readonly method: string },
  files: PageFiles,
): Promise<Response> {
  const headers = { ...pageHeaders([]), 'Content-Type': 'text/plain; charset=utf-8' };
  const refuse = (status: number, text: string): Response =>
    new Response(text, { status, headers });
  if (!isPageUrl(request.url)) return refuse(403, 'This address is not one of LV Studio.\n');
  if (request.method !== 'GET') return refuse(405, 'Only GET.\n');
  const file = files.get(parse(request.url)?.pathname ?? '');
  if (file === undefined) return refuse(404, 'There is no such file.\n');
  try {
    const content = new Uint8Array(await readFile(file.path));
    return new Response(content, { headers: { ...headers, 'Content-Type': file.type } });
  } catch {
    return refuse(404, 'The file is gone: LV Studio was built anew. Start it again.\n');
  }
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}
