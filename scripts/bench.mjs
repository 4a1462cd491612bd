/** `npm run bench`: measures, and compares with the budgets. */
import { runProgram } from './run-program.mjs';

await runProgram('bench', 'test/bench/main.ts');
