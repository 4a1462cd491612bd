/** Where LV Studio keeps what is its own and a user's: the sample lab, settings, the window. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** LVSTUDIO_DATA, or what each system says about data of applications. It need not exist. */
export function dataDirectory(
  variables: Variables,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const own = variables['LVSTUDIO_DATA'];
  if (own !== undefined && own !== '') return resolve(own);
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'LV Studio');
    case 'win32':
      return join(variables['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'LV Studio');
    default: {
      const data = variables['XDG_DATA_HOME'];
      // The XDG base directory specification: a relative path is invalid and to be ignored.
      const valid = data?.startsWith('/') === true;
      return join(valid ? data : join(home, '.local', 'share'), 'lvstudio');
    }
  }
}
