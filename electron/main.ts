/** Electron's main process: the engine, a window for each lab, and the doors between the two. */
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, shell } from 'electron';
import { join } from 'node:path';
import { createEngine } from '../core/cli/create-engine.ts';
import type { VolumeError } from '../core/contract/errors.ts';
import { labSentence } from '../core/host/cli-context.ts';
import { dataDirectory } from '../core/host/data-directory.ts';
import { LastingLab } from '../core/host/lasting-lab.ts';
import type { LabHost } from '../core/host/open-lab.ts';
import { serverThreads } from '../core/host/server-threads.ts';
import { ensureSampleLab } from '../core/host/sample-lab.ts';
import { answerAppRequest, SCHEME } from './app-scheme.ts';
import { hardenContents, hardenSession } from './hardening.ts';
import { EngineDoor } from './ipc/engine-door.ts';
import { labArgument, labOfInstance } from './lab-argument.ts';
import { menuTemplate } from './menu.ts';
import { listPageFiles } from './page-files.ts';
import { Studios } from './studios.ts';
import type { StudioLab, StudioWindow } from './studios.ts';
import { createWindow, loadPage } from './window.ts';

/** All programs are built into one folder, with the page beside them. */
const BUILD = import.meta.dirname;
const DATA = dataDirectory(process.env);

const defect: LabHost['defect'] = (error, method) =>
  console.error(`lvstudio: defect in ${method}:`, error);
const host: LabHost = {
  createEngine,
  defect,
  threads: serverThreads(BUILD, defect),
  asks: true,
};

const studios = new Studios({
  sample: () => ensureSampleLab(DATA, host),
  openLab: (directory) => LastingLab.open(directory, host),
  createWindow: createStudioWindow,
  forget: (windowId) => door.forget(windowId),
});
const door = new EngineDoor((windowId) => studios.engineOf(windowId), host.defect);

async function createStudioWindow(lab: StudioLab): Promise<StudioWindow> {
  const placeFile = join(DATA, 'window.json');
  const title = `${lab.directory} - LV Studio`;
  const window = await createWindow({ build: BUILD, placeFile, title });
  return {
    id: window.webContents.id,
    load: () => loadPage(window),
    reload: () => window.webContents.reload(),
    focus: () => {
      if (window.isMinimized()) window.restore();
      window.focus();
    },
    onClosed: (listener) => window.once('closed', listener),
  };
}

async function show(lab: string | undefined): Promise<void> {
  try {
    const shown = await studios.show(lab);
    if (!shown.ok) complain(shown.error);
  } catch (error) {
    console.error('lvstudio: the window could not be opened:', error);
  }
  if (BrowserWindow.getAllWindows().length === 0) app.exit(1);
}

function complain(error: VolumeError): void {
  const sentence = labSentence(error);
  console.error(`lvstudio: ${sentence}`);
  dialog.showErrorBox('The lab cannot be opened', sentence);
}

async function start(): Promise<void> {
  const files = await listPageFiles(join(BUILD, 'renderer'));
  await app.whenReady();
  hardenSession(session.defaultSession);
  protocol.handle(SCHEME, (request) => answerAppRequest(request, files));
  door.open(ipcMain);
  const showDataFolder = (): void => void shell.openPath(DATA);
  const menu = menuTemplate(process.platform, { showDataFolder });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  await show(labArgument(process.argv));
}

/** Labs are closed before the process ends: what is in flight is finished, nothing is cut off. */
function closeBeforeQuit(): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void studios.closeAll().finally(() => {
      closed = true;
      app.quit();
    });
  });
}

app.setName('LV Studio');
app.setPath('userData', join(DATA, 'electron'));
protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
// Whatever contents come into being, by whatever way.
app.on('web-contents-created', (_event, contents) => hardenContents(contents));
app.on('window-all-closed', () => app.quit());

if (app.requestSingleInstanceLock({ lab: labArgument(process.argv) })) {
  app.on('second-instance', (_event, _argv, _folder, data) => void show(labOfInstance(data)));
  closeBeforeQuit();
  process.on('SIGINT', () => app.quit());
  process.on('SIGTERM', () => app.quit());
  start().catch((error: unknown) => {
    console.error('lvstudio:', error);
    app.exit(1);
  });
} else {
  app.exit(0);
}
