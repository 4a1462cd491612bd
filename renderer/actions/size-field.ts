/** What people type as a size, as an option of LVM: `12m`, `1.5 GiB`, `50%FREE`, `40 PE`. */

export const SIZE_HINT = '12m, 1.5g, 100%FREE, or 40 PE';

/**
 * `-L 12m` or `-l 40`; the engine judges the number. Undefined where it is no size at all.
 * @param sign `+` for what is added to what is there, `-` for what is cut off.
 */
export function sizeOption(text: string, sign: '+' | '-' | '' = ''): readonly string[] | undefined {
  const plain = text.replace(/^\+/, '').trim();
  const percent = /^(\d+)\s*%\s*(FREE|VG|PVS|LV|ORIGIN)$/i.exec(plain);
  if (percent) return ['-l', `${sign}${percent[1] ?? ''}%${(percent[2] ?? '').toUpperCase()}`];
  const count = /^(\d+)\s*(pe|le|extents?)$/i.exec(plain);
  if (count) return ['-l', `${sign}${count[1] ?? ''}`];
  const size = /^(\d+(?:\.\d+)?)\s*([skmgt]?)(?:i?b)?$/i.exec(plain);
  if (!size) return undefined;
  return ['-L', `${sign}${size[1] ?? ''}${(size[2] ?? '').toLowerCase() || 'm'}`];
}
