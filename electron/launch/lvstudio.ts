/**
 * Starts the program with what V8 made of it at the build: to compile a megabyte takes longer than
 * most commands do (decision 011).
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { keepCompiled, readCompiled } from './compiled.ts';
import type { run } from './program.ts';

/** What a CommonJS file finds around itself. */
type Load = (
  exports: object,
  require: NodeJS.Require,
  module: { readonly exports: object },
) => void;

const build = import.meta.dirname;
const filename = join(build, 'program.cjs');
const { source, compiled } = readCompiled(filename);
// On one line with the first of the program, so that lines in traces are right.
const wrapped = `(function (exports, require, module) {${source}\n})`;
const script = new Script(wrapped, { filename, ...(compiled && { cachedData: compiled }) });
const program = { exports: {} as { readonly run: typeof run } };
const load = script.runInThisContext() as Load;
load(program.exports, createRequire(filename), program);
await program.exports.run(build);
// Functions that a command needed are compiled by now; the build runs a few for that.
if (process.env['LVSTUDIO_KEEP_COMPILED'] === '1') keepCompiled(filename, script);
