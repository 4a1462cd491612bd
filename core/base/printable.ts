/**
 * Text from a disk as it may reach a terminal: what would move its cursor, recolour it or forge a
 * line is spelled out (`\x1b`). LVM itself prints such text as it is.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, spelled);
}

/** The same for what has lines and columns of its own. */
export function printableLines(text: string): string {
  return text.replace(CONTROL_IN_LINES, spelled);
}

/** A JSON string of nothing but characters that print. */
export function printableJson(text: string): string {
  return JSON.stringify(text).replace(CONTROL, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

// C0, DEL, and C1: an 8-bit terminal takes the last for escape sequences of their own.
const CONTROL = /[\0-\x1f\x7f-\x9f]/g;
const CONTROL_IN_LINES = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

const spelled = (character: string): string =>
  `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
