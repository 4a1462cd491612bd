/** The group of a file in the lab's archive or backup folder, from its path (reference 3). */
export function vgOfBackup(path: string): string | undefined {
  const [, folder, name = ''] = /^(archive|backup)[/\\](.+)$/.exec(path) ?? [];
  if (folder === undefined) return undefined;
  return folder === 'backup' ? name : /^(.+)_\d{5,}-\d+\.vg$/.exec(name)?.[1];
}
