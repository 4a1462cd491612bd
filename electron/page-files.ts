/** The files of the page, listed once: what is not in the list does not exist. */
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface PageFile {
  /** Absolute. */
  readonly path: string;
  /** Value of the Content-Type header. */
  readonly type: string;
}

/** By the path in a URL, as it arrives: `/`, `/assets/index-1a2b.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/**
 * Regular files under `root` of the types that a page consists of. Links are left out, so that no
 * name leads out of the folder; nothing of a requested path ever reaches the file system.
 */
export async function listPageFiles(root: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  const walk = async (folder: string, url: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const type = TYPES[extname(entry.name)];
      if (entry.isDirectory()) await walk(path, `${url}${entry.name}/`);
      else if (entry.isFile() && type !== undefined) files.set(url + entry.name, { path, type });
    }
  };
  await walk(root, '/');
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
}
