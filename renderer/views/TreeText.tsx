/** Exactly what `dmsetup ls --tree` and `dmsetup table` print: copyable and trusted. */
import { useEffect, useState, type ReactElement } from 'react';
import { engine, useStudio } from '../state/store.ts';

const COMMANDS = [
  ['dmsetup', 'ls', '--tree'],
  ['dmsetup', 'table'],
] as const;

export function TreeText(): ReactElement {
  const devices = useStudio((studio) => studio.lab?.devices);
  const [text, setText] = useState('');
  useEffect(() => {
    let current = true;
    void Promise.all(COMMANDS.map((argv) => engine().call('command', [[...argv], { quiet: true }])))
      .then((results) => {
        const parts = results.map(({ output }, index) => {
          const lines = output.map((line) => line.text).join('\n');
          return `# ${COMMANDS[index]?.join(' ') ?? ''}\n${lines}`;
        });
        if (current) setText(parts.join('\n\n'));
      })
      .catch((error: unknown) => {
        if (current) setText(String(error));
      });
    return () => {
      current = false;
    };
  }, [devices]);
  return (
    <pre className="tree-text" tabIndex={0} role="region" aria-label="dmsetup ls --tree">
      {text}
    </pre>
  );
}
