/** What Linux left of two moves when it was cut off, and what it says of copies of that. */
import { withMajors } from './guest.ts';
import type { Question } from './kept-images.ts';
import { newImages } from './lab.ts';
import { write } from './mirror-images.ts';
import { ALL_DATA, endsInLinux, HALVES_THERE, IMAGE, WAYS, type Way } from './move-halves.ts';
import { lostInLinux, LOSSES } from './move-lost.ts';

export const scriptOf = (way: Way): string => withMajors(endsInLinux(way));

/** Asked together: one file has the images. */
const AFTER = [...WAYS.map(scriptOf), ...LOSSES.map(lostInLinux)];

/** Where the answers about lost disks begin. */
export const LOST_FROM = WAYS.length;

export const LEFT_HALF: Question = {
  cut: HALVES_THERE,
  after: AFTER,
  disks: disksThere,
  wanted: [0, 1, 2, 3, 4, 5, 6, 7],
};

/** Blank disks for both groups, and one with the data of all volumes. */
async function disksThere(): Promise<readonly string[]> {
  const disks = await newImages(IMAGE, 9);
  await write({ image: disks[8] ?? '', start: 0 }, ALL_DATA);
  return disks;
}
