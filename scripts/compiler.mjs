/** What the compiler has against a program, and against one of its files. */

/** @param {import('typescript').Program} program */
export function programFaults(program) {
  return [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
  ];
}

/**
 * @param {import('typescript').Program} program
 * @param {import('typescript').SourceFile} file
 */
export function fileFaults(program, file) {
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}
