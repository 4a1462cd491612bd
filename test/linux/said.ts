/** What lines say on both sides, as it is compared. */
import { splitCommandLine } from '../../core/base/words.ts';
import type { EngineApi } from '../../core/contract/api.ts';

/** Without what Linux says again and again, and how far a copy was. */
export function words(line: string, text: string): string {
  const lines = text.split('\n').map((one) => one.trim());
  const told = lines.filter(
    (one, index) =>
      !REPEATED.test(one) &&
      one !== '' &&
      !(one.startsWith('WARNING: ') && lines.indexOf(one) < index),
  );
  return [`$ ${line}`, ...told].join('\n');
}
const REPEATED = /^WARNING: (Couldn't find device|VG \S+ is missing PV)|: Converted: /;

export async function say(api: EngineApi, line: string): Promise<string> {
  const split = splitCommandLine(line);
  if (!split.ok) throw new Error(split.error.why);
  const { status, output } = await api.command(split.value);
  return words(line, `${output.map((one) => one.text).join('\n')}\n= ${status}`);
}

/** For scripts in the guest: what a line says, and its status, as a part of that name. */
export const SAID = `
said() { # WAY LINE
  echo "=== $1: $2"; status=0; $2 2>&1 < /dev/null || status=$?; echo "= $status"
}
`;
