/** Where the window was, and whether that place still exists. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolders } from '../core/host/make-folders.ts';

/** In device-independent pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowPlace {
  /** Absent: wherever the system puts a new window. */
  readonly bounds?: Rectangle;
  readonly maximized: boolean;
}

export const DEFAULT_SIZE = { width: 1440, height: 900 } as const;
export const SMALLEST_SIZE = { width: 800, height: 560 } as const;
/** So much of the window's top must be on a display, or it could not be dragged back. */
const REACHABLE = { width: 120, height: 40 } as const;

const pixels = z.int().min(-32_768).max(32_767);
const schema = z.strictObject({
  bounds: z.strictObject({ x: pixels, y: pixels, width: pixels, height: pixels }),
  maximized: z.boolean(),
});

/**
 * @param saved content of the settings file, which may be anything
 * @param displays the usable area of each display there is now
 */
export function placeFor(saved: unknown, displays: readonly Rectangle[]): WindowPlace {
  const parsed = schema.safeParse(saved);
  if (!parsed.success) return { maximized: false };
  const { bounds, maximized } = parsed.data;
  const large = bounds.width >= SMALLEST_SIZE.width && bounds.height >= SMALLEST_SIZE.height;
  const seen = displays.some((display) => canReach(bounds, display));
  return large && seen ? { bounds, maximized } : { maximized };
}

function canReach(bounds: Rectangle, display: Rectangle): boolean {
  const left = Math.max(bounds.x, display.x);
  const right = Math.min(bounds.x + bounds.width, display.x + display.width);
  const topInside =
    bounds.y >= display.y && bounds.y + REACHABLE.height <= display.y + display.height;
  return topInside && right - left >= REACHABLE.width;
}

export async function readPlace(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Best effort: the window opens in the middle next time. */
export async function savePlace(path: string, place: Required<WindowPlace>): Promise<void> {
  const fresh = `${path}.${process.pid}`;
  try {
    await makeFolders(dirname(path));
    await writeFile(fresh, `${JSON.stringify(place)}\n`);
    await rename(fresh, path);
  } catch {
    // Nothing depends on it.
  }
}
