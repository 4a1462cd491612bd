/** The part of the module `electron` that main and preload use, and what they did with it. */
import { EventEmitter } from 'node:events';

type Answer = (event: object, ...args: unknown[]) => Promise<unknown>;

/** What was registered, in the order it was done. */
export const log: string[] = [];
export const answers = new Map<string, Answer>();
export const windows: DoubleWindow[] = [];
export const exposed = new Map<string, unknown>();
export const errors: string[] = [];
export let pageHandler: ((request: Request) => Promise<Response>) | undefined;
/** Set before main is loaded: whether another instance runs. */
export const instance = { first: true };

class DoubleApp extends EventEmitter {
  readonly paths = new Map<string, string>();
  exitCode: number | undefined;
  setName = (): void => void log.push('setName');
  setPath = (name: string, path: string): void => void this.paths.set(name, path);
  requestSingleInstanceLock = (): boolean => instance.first;
  whenReady = (): Promise<void> => {
    log.push('ready');
    return Promise.resolve();
  };

  exit(code: number): void {
    this.exitCode = code;
  }

  /** As Electron: `will-quit` may be prevented, and is asked again. */
  quit(): void {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    this.emit('will-quit', event);
    if (!event.prevented) this.exitCode = 0;
  }
}
export const app = new DoubleApp();

let nextId = 1;

export class DoubleWindow extends EventEmitter {
  static getAllWindows = (): DoubleWindow[] => windows.filter((window) => !window.gone);
  gone = false;
  url = '';
  readonly events: string[] = [];
  readonly webContents: DoubleContents;

  constructor(readonly options: { readonly webPreferences: Record<string, unknown> }) {
    super();
    this.webContents = new DoubleContents(nextId++);
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  loadURL(url: string): Promise<void> {
    this.url = url;
    this.webContents.mainFrame.url = url;
    this.emit('ready-to-show');
    return Promise.resolve();
  }

  show = (): void => void this.events.push('show');
  focus = (): void => void this.events.push('focus');
  maximize = (): void => void this.events.push('maximize');
  reload = (): void => void this.events.push('reload');
  setBackgroundColor = (): void => undefined;
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  isDestroyed = (): boolean => this.gone;
  getNormalBounds = (): object => ({ x: 10, y: 20, width: 1000, height: 700 });

  close(): void {
    this.emit('close');
    this.gone = true;
    this.webContents.emit('destroyed');
    this.emit('closed');
    if (DoubleWindow.getAllWindows().length === 0) app.emit('window-all-closed');
  }
}
export { DoubleWindow as BrowserWindow };

class DoubleContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  openHandler: unknown;
  readonly sent: unknown[][] = [];

  constructor(readonly id: number) {
    super();
  }

  setWindowOpenHandler(handler: unknown): void {
    this.openHandler = handler;
  }

  isDestroyed = (): boolean => false;
  send(channel: string, ...args: unknown[]): void {
    this.sent.push([channel, ...args]);
    ipcRenderer.emit(channel, {}, ...args);
  }
}

const note = (name: string) => (): void => void log.push(name);

export const session = {
  defaultSession: {
    setPermissionRequestHandler: note('permission request'),
    setPermissionCheckHandler: note('permission check'),
    setDevicePermissionHandler: note('device permission'),
    webRequest: { onBeforeRequest: note('network') },
  },
};

export const protocol = {
  registerSchemesAsPrivileged: note('scheme'),
  handle: (_scheme: string, handler: typeof pageHandler): void => {
    pageHandler = handler;
  },
};

export const ipcMain = {
  handle: (channel: string, answer: Answer): void => void answers.set(channel, answer),
};

/** The page's side: its calls go to main as from the newest window. */
export const ipcRenderer = Object.assign(new EventEmitter(), {
  invoke: (channel: string, ...args: unknown[]): Promise<unknown> => {
    const sender = windows.at(-1)?.webContents;
    return answers.get(channel)!({ sender, senderFrame: sender?.mainFrame }, ...args);
  },
});

export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown): void => void exposed.set(name, value),
};

export const dialog = {
  showErrorBox: (_title: string, text: string): void => void errors.push(text),
  showMessageBox: (): Promise<{ response: number }> => Promise.resolve({ response: 0 }),
};

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true });
export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};
export const shell = { openPath: (): Promise<string> => Promise.resolve('') };
export const Menu = {
  buildFromTemplate: (template: unknown): unknown => template,
  setApplicationMenu: note('menu'),
};
