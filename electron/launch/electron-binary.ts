/**
 * Is Electron's program here? Told by looking at its files. Loading the package in plain Node
 * would start a download and block everything until it ends.
 */
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type ElectronPlace =
  | { readonly kind: 'found'; readonly binary: string }
  /** The package is here, the program it fetches is not. */
  | { readonly kind: 'no-binary'; readonly folder: string; readonly version: string }
  | { readonly kind: 'no-package' };

/** Folder of the package `electron`, seen from a folder; undefined if there is none. */
export function electronFolder(from: string): string | undefined {
  try {
    return dirname(createRequire(join(from, 'from-here')).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}

/**
 * @param folder of the package
 * @param override ELECTRON_OVERRIDE_DIST_PATH: a folder with a program built elsewhere
 */
export function locateElectron(
  folder: string | undefined,
  override: string | undefined,
): ElectronPlace {
  if (folder === undefined) return { kind: 'no-package' };
  // Written by the package's installer when it is done: the program's path inside `dist`.
  const name = readText(join(folder, 'path.txt'));
  const binary =
    override !== undefined && override !== ''
      ? join(override, name ?? 'electron')
      : name && join(folder, 'dist', name);
  if (binary !== undefined && binary !== '' && isProgram(binary)) return { kind: 'found', binary };
  return { kind: 'no-binary', folder, version: versionOf(folder) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(folder: string): string {
  const manifest = JSON.parse(readText(join(folder, 'package.json')) ?? '{}') as unknown;
  const version = (manifest as { version?: unknown }).version;
  return typeof version === 'string' ? version : 'unknown';
}
