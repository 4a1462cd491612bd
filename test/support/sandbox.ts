/** Sandboxes in memory, over disks that a test can look into. */
import { sectors, type Sectors } from '../../core/base/units.ts';
import type { BlockDevice } from '../../core/block/device.ts';
import { overlaySize } from '../../core/block/overlay/format.ts';
import { Journal } from '../../core/block/overlay/journal.ts';
import { Overlay } from '../../core/block/overlay/overlay.ts';
import { RamDisk } from '../../core/block/ram-disk.ts';
import { SectorStore } from '../../core/block/sector-store.ts';
import { read, write } from './sectors.ts';

/** Not a whole number of chunks. */
export const IMAGE_SIZE = sectors(128 * 9 + 40);

export interface Platter {
  readonly image: SectorStore;
  readonly store: SectorStore;
}

export const disk = (name: string, size: Sectors, store: SectorStore, readOnly = false): RamDisk =>
  new RamDisk(name, size, store, undefined, readOnly);

/** An image whose every sector has its number + 1000 as stamp, and an empty sandbox over it. */
export async function freshPlatter(): Promise<Platter> {
  const image = new SectorStore();
  const raw = disk('image', IMAGE_SIZE, image);
  for (let at = 0; at < IMAGE_SIZE; at++) await write(raw, at, at + 1000);
  const store = new SectorStore();
  await Journal.create(disk('store', overlaySize(IMAGE_SIZE), store), IMAGE_SIZE, 'as it was');
  return { image, store };
}

export const copyOf = ({ image, store }: Platter): Platter => ({
  image: image.copy(),
  store: store.copy(),
});

export async function openOverlay(
  { image, store }: Platter,
  wrap: (device: RamDisk, store: SectorStore) => BlockDevice = (device) => device,
): Promise<Overlay> {
  const below = disk('image', IMAGE_SIZE, image, true);
  const opened = await Overlay.open(
    below,
    wrap(disk('store', overlaySize(IMAGE_SIZE), store), store),
  );
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

/** The stamps of a whole device. */
export async function contentOf(device: BlockDevice): Promise<readonly number[]> {
  const stamps = await read(device, 0, IMAGE_SIZE);
  if (typeof stamps === 'string') throw new Error(stamps);
  return stamps;
}

export const imageContent = ({ image }: Platter): Promise<readonly number[]> =>
  contentOf(disk('image', IMAGE_SIZE, image));
