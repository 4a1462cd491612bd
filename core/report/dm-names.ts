/**
 * Names and UUIDs of mapped devices as udev bears them: what is not on its white list is written
 * as `\xNN`, byte by byte. libdevmapper does so on the way in and takes it back on the way out.
 */
import { byteStringToUtf8, utf8ToByteString } from '../base/bytes.ts';

const SAFE = /[^0-9A-Za-z#+\-.:=@_]/g;
const MANGLED = /\\x([0-9a-fA-F]{2})/g;

/** Every character that is not on the list, whether it was mangled before or not. */
export const mangleAll = (name: string): string =>
  utf8ToByteString(name).replace(
    SAFE,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/** A name that is mangled stays as it is. */
export const mangle = (name: string): string =>
  name.search(MANGLED) >= 0 && !isMixed(name) ? name : mangleAll(name);

/** Some of it mangled, some of it in need of it. */
export function isMixed(name: string): boolean {
  const rest = name.replace(MANGLED, '');
  return rest !== name && rest.search(SAFE) >= 0;
}

/** A backslash that was itself mangled. */
export const isMangledTwice = (name: string): boolean => name.includes('\\x5cx');

export const unmangle = (name: string): string =>
  byteStringToUtf8(
    utf8ToByteString(name).replace(MANGLED, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  );
