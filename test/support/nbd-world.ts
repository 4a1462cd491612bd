/** A client and servers that come and go, in simulated time. */
import { err, ok } from '../../core/base/result.ts';
import type { Dial } from '../../core/nbd/client/attempt.ts';
import { NbdDisk, type NbdDiskOptions } from '../../core/nbd/client/nbd-disk.ts';
import { bytePipe, type PipeHow } from './byte-pipe.ts';
import { Platter, TestServer, type ServerHow } from './nbd-server.ts';

export class NbdWorld {
  readonly platter: Platter;
  /** Whether anybody listens. */
  listening = true;
  /** Takes connections and says nothing. */
  deaf = false;
  server: TestServer | undefined;
  /** What happens to every server from its beginning. */
  onServer: (server: TestServer) => void = () => undefined;
  servers = 0;
  dials = 0;

  constructor(
    private readonly pipe: PipeHow,
    readonly how: ServerHow,
  ) {
    this.platter = new Platter(how.size < 2n ** 30n ? Number(how.size) : 0);
  }

  readonly dial: Dial = (give) => {
    this.dials++;
    this.pipe.scheduler.after(1, 'dialled', () => {
      if (!this.listening) return give(err('connection refused'));
      const [ours, theirs] = bytePipe(this.pipe);
      if (!this.deaf) {
        this.servers++;
        this.server = new TestServer(theirs, this.how, this.platter);
        this.onServer(this.server);
      }
      give(ok(ours));
    });
    return () => undefined;
  };

  disk(more: Partial<NbdDiskOptions> = {}): NbdDisk {
    const { dial } = this;
    const { scheduler } = this.pipe;
    return new NbdDisk({
      name: 'sda',
      exportName: 'disk',
      dial,
      scheduler,
      onLoss: 'queue',
      readOnly: false,
      ...more,
    });
  }

  /** The server ends. `forgets`: what was not flushed is lost with it. */
  crash(forgets = false, random?: NonNullable<PipeHow['random']>): void {
    this.listening = false;
    this.server?.kill();
    if (forgets) this.platter.crash(random);
  }
}
