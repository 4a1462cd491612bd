/** What people type as a size: `12m`, `1.5g`, `50%FREE`, `40 PE`. */
import type { SizeSpec } from '../../core/contract/requests.ts';
import type { Extents, Sectors } from '../../core/contract/units.ts';

const UNIT_SECTORS: Readonly<Record<string, number>> = {
  s: 1,
  k: 2,
  m: 2 ** 11,
  g: 2 ** 21,
  t: 2 ** 31,
};

export const SIZE_HINT = '12m, 1.5g, 100%FREE, or 40 PE';

export function sizeSpec(text: string, relative = false): SizeSpec | undefined {
  const sign = relative || text.startsWith('+') ? { sign: '+' as const } : {};
  const plain = text.replace(/^\+/, '').trim();
  const percent = /^(\d+)\s*%\s*(FREE|VG|PVS|LV)$/i.exec(plain);
  if (percent) {
    const of = (percent[2] ?? '').toUpperCase() as 'FREE' | 'VG' | 'PVS' | 'LV';
    return { by: 'percent', percent: Number(percent[1]), of, ...sign };
  }
  const count = /^(\d+)\s*(pe|le|extents?)$/i.exec(plain);
  if (count) return { by: 'extents', extents: Number(count[1]) as Extents, ...sign };
  const size = /^(\d+(?:\.\d+)?)\s*([skmgt]?)(?:i?b)?$/i.exec(plain);
  if (!size) return undefined;
  const unit = UNIT_SECTORS[(size[2] ?? '').toLowerCase() || 'm'] ?? 1;
  return { by: 'size', sectors: Math.ceil(Number(size[1]) * unit) as Sectors, ...sign };
}
