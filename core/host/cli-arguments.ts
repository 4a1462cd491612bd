/** lvstudio's own options. */
import { parseArgs } from 'node:util';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** What stands before the command. */
export interface GlobalArguments {
  readonly lab?: string;
  readonly help: boolean;
  readonly version: boolean;
  /** The command and its own arguments, untouched. */
  readonly rest: readonly string[];
}

const GLOBAL = {
  lab: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** The error is a clause. Options after the command belong to the command. */
export function parseGlobal(argv: readonly string[]): Result<GlobalArguments, string> {
  const { tokens } = parseArgs({
    args: [...argv],
    options: GLOBAL,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const command = tokens.find(({ kind }) => kind === 'positional')?.index ?? argv.length;
  const parsed = parseOptions(argv.slice(0, command), GLOBAL);
  if (!parsed.ok) return parsed;
  const { lab, help = false, version = false } = parsed.value.values;
  if (lab === '') return err('--lab needs a folder');
  return ok({ ...(lab !== undefined && { lab }), help, version, rest: argv.slice(command) });
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; strict: true; allowPositionals: true }>
>;

/** Options of one of lvstudio's commands, anywhere among its other arguments. */
export function parseOptions<const O extends Options>(
  args: readonly string[],
  options: O,
): Result<Parsed<O>, string> {
  try {
    const all = [...args];
    return ok(parseArgs({ args: all, options, strict: true, allowPositionals: true }));
  } catch (error) {
    // Node's sentence is good, but its advice is not about this program.
    const [clause = 'it cannot be understood'] = (error as Error).message.split(/[.\n]/, 1);
    return err(clause);
  }
}
