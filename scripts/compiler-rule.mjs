/**
 * The compiler as a rule of the linter. The linter's other rules make it find out nearly all types
 * anyway; what it has to say costs almost nothing then, and a minute in a process of its own.
 */
import ts from 'typescript';
import { fileFaults, programFaults } from './compiler.mjs';

/** Programs whose own faults, those of no file, were reported. */
const reported = new WeakSet();

/** @type {import('eslint').Rule.RuleModule} */
export const compilerRule = {
  meta: { type: 'problem', schema: [], messages: { fault: '{{text}}' } },
  create(context) {
    /** @type {{ program?: ts.Program }} */
    const { program } = context.sourceCode.parserServices;
    const file = program?.getSourceFile(context.filename);
    if (!program || !file) throw new Error(`${context.filename} belongs to no tsconfig.json`);
    const ofProgram = reported.has(program) ? [] : programFaults(program);
    reported.add(program);
    return {
      Program() {
        for (const { start, messageText } of [...ofProgram, ...fileFaults(program, file)]) {
          context.report({
            loc: context.sourceCode.getLocFromIndex(start ?? 0),
            messageId: 'fault',
            data: { text: ts.flattenDiagnosticMessageText(messageText, '\n') },
          });
        }
      },
    };
  },
};
