/**
 * What a page may not do, whatever it tries. Electron permits most of this unless told otherwise
 * (its security guide, "Checklist: Security Recommendations").
 */
import type { Session, WebContents } from 'electron';
import { isPageUrl } from './app-scheme.ts';

/** Preferences of every window. */
export const SAFE_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

/** No permission, no device, no network. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !isAllowedUrl(details.url) });
  });
}

/** The page's own files, what it makes itself, and Chromium's developer tools. */
export function isAllowedUrl(url: string): boolean {
  return isPageUrl(url) || /^(devtools|data|blob):/.test(url);
}

/** It stays on its page: no navigation, no second window, no embedded browser. */
export function hardenContents(contents: WebContents): void {
  const prevent = (event: { preventDefault(): void }): void => event.preventDefault();
  contents.on('will-navigate', prevent);
  contents.on('will-frame-navigate', prevent);
  contents.on('will-redirect', prevent);
  contents.on('will-attach-webview', prevent);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
