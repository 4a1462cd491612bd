/** The application's menu. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  /** Shows the folder with settings and the sample lab. */
  readonly showDataFolder: () => void;
}

/** Edit roles are there because without them copy and paste have no keys on macOS. */
export function menuTemplate(platform: string, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'Show data folder', click: () => actions.showDataFolder() }],
    },
  ];
}
