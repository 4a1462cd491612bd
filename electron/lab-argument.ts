/** The lab that Electron was started with. */
import { z } from 'zod';

const PREFIX = '--lab=';

/** In this spelling only: Chromium moves arguments that follow an option it does not know. */
export function labArgument(argv: readonly string[]): string | undefined {
  const argument = argv.find((each) => each.startsWith(PREFIX));
  return argument?.slice(PREFIX.length) || undefined;
}

const instance = z.object({ lab: z.string().min(1).max(4096) });

/** What a second start handed over; anything may stand there. Undefined means the sample lab. */
export function labOfInstance(data: unknown): string | undefined {
  return instance.safeParse(data).data?.lab;
}
