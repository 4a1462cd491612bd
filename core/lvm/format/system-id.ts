/** System IDs: which texts can be one (lib/misc/lvm-string.c, lib/commands/toolcontext.c). */

/** Characters. */
const LONGEST = 127;

/** What a text makes: letters, digits and `._+-`, begun by one of the first two. */
export function systemIdFrom(text: string): string {
  const begun = text.replace(/^[^a-zA-Z0-9]+/, '');
  return begun.replace(/[^a-zA-Z0-9._+-]+/g, '').slice(0, LONGEST);
}

/** Why none can be made of a text that is not empty, in LVM's words. */
export function idRefusal(text: string): string | undefined {
  const id = systemIdFrom(text);
  if (id === '') return `WARNING: Invalid system ID format: ${text}`;
  return id.startsWith('localhost')
    ? 'WARNING: system ID may not begin with the string "localhost".'
    : undefined;
}

/** Whether a text is one as it stands. */
export const isSystemId = (text: string): boolean =>
  systemIdFrom(text) === text && idRefusal(text) === undefined;
