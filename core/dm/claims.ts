/** One owner at a time: an operation holds what it will suspend or rewrite. */
import { err, ok, type Result } from '../base/result.ts';

export interface Claimed {
  readonly code: 'claimed';
  readonly what: string;
  readonly holder: string;
}

export type Release = () => void;

export class Claims {
  private readonly holders = new Map<string, string>();

  /** All of the names or none; a refusal says who holds the first one that is taken. */
  claim(names: readonly string[], holder: string): Result<Release, Claimed> {
    for (const what of names) {
      const other = this.holders.get(what);
      if (other !== undefined) return err({ code: 'claimed', what, holder: other });
    }
    for (const name of names) this.holders.set(name, holder);
    return ok(() => {
      for (const name of names) this.holders.delete(name);
    });
  }
}
