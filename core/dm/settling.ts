/** Changes of devices that are under way, for whoever has to wait until they have ended. */
export class Settling {
  private readonly running = new Map<string, Promise<unknown>>();

  /** @param name of the device that the work changes; nothing else changes it */
  async during<T>(name: string, work: Promise<T>): Promise<T> {
    this.running.set(name, work);
    try {
      return await work;
    } finally {
      this.running.delete(name);
    }
  }

  /** Resolves when the change of a device has ended; undefined: there is none. */
  of(name: string): Promise<void> | undefined {
    return this.running.get(name)?.then(
      () => undefined,
      () => undefined,
    );
  }
}
