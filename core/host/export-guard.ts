/** Which volumes other programs use at this moment, for whoever is about to end the engine. */
import type { ExportState } from '../contract/exports.ts';
import type { CliIo } from './cli-context.ts';
import type { LastingLab } from './lasting-lab.ts';

export interface ExportGuard {
  /** As they are now. */
  readonly exports: readonly ExportState[];
  /** One listener, called whenever they are others. */
  onChange(listener: () => void): void;
  stop(): void;
}

/**
 * Ctrl-C asks first where it would cut programs off: those of this process's engine, or else the
 * one of an address.
 */
export async function guardExports(
  lab: LastingLab,
  io: CliIo,
  only?: () => string | undefined,
): Promise<ExportGuard> {
  const watch = new Watch();
  const follow = async (): Promise<void> => {
    watch.stop();
    watch.follow(lab);
    watch.set((await lab.api.state()).exports);
  };
  await follow();
  // An engine that cannot be reached has no exports; the door itself says so.
  lab.onReplaced(() => void follow().catch(() => watch.set([])));
  io.guardInterrupt?.(() => inUse(watch.exports, lab.own ? undefined : (only?.() ?? '')));
  return watch;
}

class Watch implements ExportGuard {
  exports: readonly ExportState[] = [];
  private unsubscribe = (): void => undefined;
  private listener = (): void => undefined;

  follow({ api }: LastingLab): void {
    this.unsubscribe = api.subscribe(({ body }) => {
      if (body.kind === 'exports') this.set(body.exports);
    });
  }

  set(exports: readonly ExportState[]): void {
    this.exports = exports;
    this.listener();
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  stop(): void {
    this.unsubscribe();
  }
}

/** A clause; undefined where nobody is connected. */
function inUse(exports: readonly ExportState[], only: string | undefined): string | undefined {
  const used = exports.filter(({ uri, clients }) => clients.length > 0 && uri === (only ?? uri));
  if (used.length === 0) return undefined;
  const count = used.reduce((sum, { clients }) => sum + clients.length, 0);
  const who = count === 1 ? '1 program uses' : `${count} programs use`;
  return `${who} ${used.map(({ volume }) => volume).join(', ')}`;
}
