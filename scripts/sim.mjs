/** `npm run sim -- --seeds N`: the long simulation, more seeds than `npm test` tries. */
import { runProgram } from './run-program.mjs';

await runProgram('sim', 'test/sim/campaign.ts');
