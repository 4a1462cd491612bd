/** Who an engine is to others: the machine its lab stands for, and what it writes of itself. */
import type { Env } from '../env/index.ts';
import type { Access } from '../lvm/access.ts';
import type { MetadataHeader } from '../lvm/format/model.ts';
import type { Sight } from './sight.ts';

export class Identity {
  constructor(
    private readonly options: {
      readonly env: Env;
      readonly generator: string;
      readonly systemId?: string;
    },
  ) {}

  /** Whose groups may be used. */
  get access(): Access {
    const { systemId } = this.options;
    return systemId === undefined ? {} : { systemId };
  }

  get machine(): { readonly hostName: string; readonly systemId?: string } {
    return { hostName: this.options.env.hostName, ...this.access };
  }

  /** Who writes, and when. */
  header(description: string, sight: Sight = {}): MetadataHeader {
    const { systemId } = sight.access ?? this.access;
    const { env, generator } = this.options;
    return {
      description,
      creationHost: env.hostName,
      hostDescription: env.hostDescription,
      creationTime: env.wallClock(),
      generator,
      ...(systemId === undefined ? {} : { hostSystemId: systemId }),
    };
  }
}
