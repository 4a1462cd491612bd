/**
 * `npm run typecheck`: the compiler over every project, or those named: `-- core renderer`. Of each
 * the project's own files alone are checked: what they import is another project's to check, once.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { fileFaults, programFaults } from './compiler.mjs';
import { projects } from './projects.mjs';
import { root } from './setup.mjs';

/** @param {string} project its folder */
function check(project) {
  const name = project.replace(/\W+/g, '-');
  const cache = join(root, `node_modules/.cache/tsc/${name}.tsbuildinfo`);
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, project, 'tsconfig.json'),
    { incremental: true, tsBuildInfoFile: cache },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (fault) => {
        throw new Error(ts.flattenDiagnosticMessageText(fault.messageText, '\n'));
      },
    },
  );
  if (!config) throw new Error(`${project} has no tsconfig.json`);
  const program = ts.createIncrementalProgram({
    rootNames: config.fileNames,
    options: config.options,
    configFileParsingDiagnostics: ts.getConfigFileParsingDiagnostics(config),
  });
  const own = config.fileNames.flatMap((file) => program.getSourceFile(file) ?? []);
  const faults = [
    ...programFaults(program.getProgram()),
    ...own.flatMap((file) => fileFaults(program.getProgram(), file)),
  ];
  // No code: what was found out, for the next time.
  program.emit();
  return faults;
}

const named = process.argv.slice(2);
for (const project of named.length > 0 ? named : projects) {
  const faults = check(project);
  if (faults.length === 0) continue;
  process.exitCode = 1;
  process.stdout.write(
    ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(faults), {
      getCanonicalFileName: (path) => path,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  );
}
