/** The application's menu. */
import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  /** Shows the folder with settings and the sample lab. */
  readonly showDataFolder: () => void;
}

/** Edit roles are there because without them copy and paste have no keys on macOS. */
export function buildMenu(platform: string, actions: MenuActions): Menu {
  const mac = platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'Show data folder', click: () => actions.showDataFolder() }],
    },
  ];
  return Menu.buildFromTemplate(template);
}
