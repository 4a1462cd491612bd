/**
 * Words as a shell splits them: quotes hold blanks together and may stand anywhere in a word. No
 * variables and no patterns. The program's own name in front is left out.
 */
export function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const plain = words.map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => {
      return single ?? double ?? '';
    }),
  );
  return plain[0] === 'lvstudio' ? plain.slice(1) : plain;
}
