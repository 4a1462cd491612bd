/** Which of the three ways the studio is shown, and why. */
import { locateElectron } from './electron-binary.ts';
import { fetchElectron, recallFailure, rememberFailure } from './electron-fetch.ts';
import { findBrowser, hasDisplay } from './browser.ts';

export type Shell = { readonly kind: 'electron'; readonly binary: string } | BrowserShell;

/** The two ways in which this process serves the page. */
export type BrowserShell =
  | { readonly kind: 'browser'; readonly program: string; readonly why: string }
  /** Only the address is printed. */
  | { readonly kind: 'none'; readonly why: string };

export interface ShellOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Folder of the package `electron`. */
  readonly electron: string | undefined;
  readonly dataDirectory: string;
  readonly interrupt: AbortSignal;
  /** Shows a line that is replaced by the next one. */
  readonly progress: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Replaced in tests. */
  readonly fetch?: typeof fetchElectron;
}

/** LVSTUDIO_SHELL (electron, browser or none) decides where it is set. */
export async function chooseShell(options: ShellOptions): Promise<Shell> {
  const { variables, platform } = options;
  const wanted = variables['LVSTUDIO_SHELL'] ?? '';
  if (wanted === 'none') return { kind: 'none', why: 'LVSTUDIO_SHELL is none' };
  if (!hasDisplay(variables, platform)) return { kind: 'none', why: 'there is no display' };
  const why = wanted === 'browser' ? 'LVSTUDIO_SHELL is browser' : await withoutElectron(options);
  return typeof why === 'string' ? withoutWindow(options, why) : why;
}

/** The way that is left when Electron cannot be used. */
export function withoutWindow(
  { variables, platform }: Pick<ShellOptions, 'variables' | 'platform'>,
  why: string,
): BrowserShell {
  const program = findBrowser(variables, platform);
  if (program !== undefined) return { kind: 'browser', program, why };
  return { kind: 'none', why: `${why}, and no Chromium, Chrome or Edge was found` };
}

/** Electron, or why it cannot be had. */
async function withoutElectron(options: ShellOptions): Promise<Shell | string> {
  const { variables, electron, dataDirectory, now } = options;
  const override = variables['ELECTRON_OVERRIDE_DIST_PATH'];
  const place = locateElectron(electron, override);
  if (place.kind === 'found') return { kind: 'electron', binary: place.binary };
  if (place.kind === 'no-package') return 'Electron is not installed';
  const insist = variables['LVSTUDIO_SHELL'] === 'electron';
  const failed = insist ? undefined : await recallFailure(dataDirectory, place.version, now);
  if (failed !== undefined) {
    return `Electron could not be fetched in the last 24 hours (${failed.why})`;
  }
  const { interrupt, progress } = options;
  progress(`fetching Electron ${place.version}`);
  const why = await (options.fetch ?? fetchElectron)({
    folder: place.folder,
    variables,
    interrupt,
    progress: (bytes) =>
      progress(`fetching Electron ${place.version}: ${Math.round(bytes / 2 ** 20)} MiB`),
  });
  progress('');
  const fetched = why === undefined ? locateElectron(electron, override) : place;
  if (fetched.kind === 'found') return { kind: 'electron', binary: fetched.binary };
  const reason = why ?? 'its installer left no program';
  if (!interrupt.aborted) {
    await rememberFailure(dataDirectory, { version: place.version, at: now, why: reason });
  }
  return `Electron could not be fetched (${reason})`;
}
