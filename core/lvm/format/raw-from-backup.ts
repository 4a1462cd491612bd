/** A file of vgcfgbackup as the text that stands on disks: pvck writes it so (reference 2.3, 3). */

/** Text that begins as such a file does. */
export const isBackupText = (text: string): boolean => text.startsWith('# Generated');

/** `vg {`, with nothing in front. */
export const beginsGroup = (line: string): boolean => /^[\w.+-]{1,127} \{/.test(line);

/**
 * The group without tabs and comments, then the lines that stood before it, and a NUL. Not read
 * and printed again: what no reader knows is kept.
 */
export function rawFromBackup(text: string): string {
  const lines = text.replace(/\0[^]*$/, '').split(/(?<=\n)/);
  const at = lines.findIndex((line) => line.length > 2 && beginsGroup(line));
  if (at < 0) return '\0';
  const [head, first = '', ...rest] = [lines.slice(0, at).join(''), ...lines.slice(at)];
  return `${first}${rest.map(stripped).join('')}${head}\0`;
}

function stripped(line: string): string {
  if (line === '\n') return line;
  const text = line.replace(/\n$/, '').replace(/^\t+/, '');
  const comment = /\t[^#]*#/.exec(text);
  return `${comment ? text.slice(0, comment.index) : text}\n`;
}
