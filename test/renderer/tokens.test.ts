/** Contrast of the colours, computed from the file that defines them (WCAG 2.2: 1.4.3, 1.4.11). */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OWNER_COLOURS } from '../../renderer/viz/owner-colour.ts';

const css = readFileSync(resolve('renderer/app/tokens.css'), 'utf8');
const pairs = css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
const tokens = new Map([...pairs].map(([, name, light, dark]) => [name, { light, dark }]));

type Theme = 'light' | 'dark';

/** Relative luminance as WCAG defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string, theme: Theme): number {
  const [left, right] = [a, b].map((name) => {
    const hex = tokens.get(name)?.[theme];
    if (hex === undefined) throw new Error(`tokens.css has no colour --${name} for ${theme}`);
    return luminance(hex);
  });
  const [low, high] = [left ?? 0, right ?? 0].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const owners = Array.from({ length: OWNER_COLOURS }, (_, index) => `owner-${index}`);
const grounds = ['surface', 'raised', 'sunken'];

test('the measure is that of WCAG', () => {
  tokens.set('white', { light: '#ffffff', dark: '#ffffff' });
  tokens.set('black', { light: '#000000', dark: '#000000' });
  tokens.set('grey', { light: '#777777', dark: '#777777' });
  expect(contrast('white', 'black', 'light')).toBeCloseTo(21, 5);
  expect(contrast('white', 'grey', 'light')).toBeCloseTo(4.48, 2);
});

describe.each<Theme>(['light', 'dark'])('%s', (theme) => {
  const text = ['text', 'quiet', 'accent', 'warning', 'danger'].flatMap((ink) =>
    grounds.map((ground) => [ink, ground] as const),
  );
  const labels = [...owners, 'store', 'removed', 'added'].map(
    (ground) => ['text', ground] as const,
  );
  test.each([...text, ...labels, ['on-accent', 'accent'] as const])('text: %s on %s', (ink, on) => {
    expect(contrast(ink, on, theme)).toBeGreaterThanOrEqual(4.5);
  });

  const shapes = ['edge', 'ring', 'accent', 'danger', 'store-edge'].flatMap((ink) =>
    grounds.map((ground) => [ink, ground] as const),
  );
  const rings = [...owners, 'store'].map((owner) => ['ring', owner] as const);
  test.each([...shapes, ...rings])('shape: %s on %s', (ink, on) => {
    expect(contrast(ink, on, theme)).toBeGreaterThanOrEqual(3);
  });
});
