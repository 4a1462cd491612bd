/** The numbers of mapped devices: which is whose, and which is the lowest that is free. */
import type { DevNo } from '../contract/units.ts';
import type { MappedDevice } from './mapped-device.ts';

export class DeviceNumbers {
  private readonly taken = new Map<string, MappedDevice>();
  /** No minor number below is free: a stack of thousands is not counted for each that comes. */
  private full = 0;

  constructor(private readonly major: number) {}

  find(devno: string): MappedDevice | undefined {
    return this.taken.get(devno);
  }

  /** @param wanted the minor number; without it, the lowest that is free. Undefined: it is taken */
  free(wanted: number | undefined): DevNo | undefined {
    if (wanted !== undefined) return this.isTaken(wanted) ? undefined : this.devno(wanted);
    while (this.isTaken(this.full)) this.full++;
    return this.devno(this.full);
  }

  take(device: MappedDevice): void {
    this.taken.set(device.devno, device);
  }

  giveBack({ devno }: MappedDevice): void {
    this.taken.delete(devno);
    this.full = Math.min(this.full, Number(devno.split(':')[1]));
  }

  private isTaken(minor: number): boolean {
    return this.taken.has(this.devno(minor));
  }

  private devno(minor: number): DevNo {
    return `${this.major}:${minor}`;
  }
}
