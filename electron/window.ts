/** A window of the studio. */
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { join } from 'node:path';
import { PAGE_URL } from './app-scheme.ts';
import { SAFE_PREFERENCES } from './hardening.ts';
import { DEFAULT_SIZE, SMALLEST_SIZE, placeFor, readPlace, savePlace } from './window-bounds.ts';

/** The page's own ground colours, so that a window does not flash before its page is drawn. */
const GROUND = { dark: '#14171c', light: '#f6f7f9' } as const;

export interface WindowOptions {
  /** Folder of the built programs. */
  readonly build: string;
  /** File in which the window's place is kept. */
  readonly placeFile: string;
  readonly title: string;
}

/** Appears once its page, which has yet to be loaded, can be seen. */
export async function createWindow(options: WindowOptions): Promise<BrowserWindow> {
  const displays = screen.getAllDisplays().map(({ workArea }) => workArea);
  const place = placeFor(await readPlace(options.placeFile), displays);
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...place.bounds,
    minWidth: SMALLEST_SIZE.width,
    minHeight: SMALLEST_SIZE.height,
    show: false,
    title: options.title,
    backgroundColor: groundColour(),
    webPreferences: { ...SAFE_PREFERENCES, preload: join(options.build, 'preload.cjs') },
  });
  followTheme(window);
  offerHelp(window);
  askBeforeClosing(window);
  // The page's own title says less than the lab's name.
  window.on('page-title-updated', (event) => event.preventDefault());
  window.once('ready-to-show', () => {
    if (place.maximized) window.maximize();
    window.show();
  });
  window.on('close', () => {
    const bounds = window.getNormalBounds();
    void savePlace(options.placeFile, { bounds, maximized: window.isMaximized() });
  });
  return window;
}

/** Shows the page. A page that cannot be loaded is told by the window itself. */
export async function loadPage(window: BrowserWindow): Promise<void> {
  await window.loadURL(PAGE_URL);
}

function groundColour(): string {
  return nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light;
}

function followTheme(window: BrowserWindow): void {
  const follow = (): void => window.setBackgroundColor(groundColour());
  nativeTheme.on('updated', follow);
  window.once('closed', () => nativeTheme.off('updated', follow));
}

/** The page wants to stay: its lab is in use (renderer/app/use-leave-guard.ts). */
function askBeforeClosing(window: BrowserWindow): void {
  window.webContents.on('will-prevent-unload', (event) => {
    const buttons = ['Keep it open', 'Close'];
    const choice = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'Programs use volumes of this lab, or jobs are running.',
      detail: 'Closing it finishes what programs have asked for and cuts them off; jobs end.',
      buttons,
      defaultId: 0,
      cancelId: 0,
    });
    if (choice === 1) event.preventDefault();
  });
}

/** The engine is in another process than the page: a page that dies takes nothing with it. */
function offerHelp(window: BrowserWindow): void {
  const ask = async (message: string, detail: string): Promise<void> => {
    const buttons = ['Reload', 'Wait'];
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      detail,
      buttons,
      defaultId: 0,
      cancelId: 1,
    });
    if (response === 0 && !window.isDestroyed()) window.reload();
  };
  const safe = 'The engine is not affected: running operations go on.';
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') void ask(`The window's page ended (${reason}).`, safe);
  });
  window.on('unresponsive', () => void ask("The window's page does not answer.", safe));
}
