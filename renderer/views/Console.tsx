/** LVM's own command lines, run by the same engine as everything else in the window. */
import { useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import { Button } from 'react-aria-components';
import { engine } from '../state/store.ts';

interface Entry {
  readonly text: string;
  readonly kind: 'line' | 'stdout' | 'stderr';
}

interface Asked {
  readonly argv: readonly string[];
  readonly text: string;
}

export function Console(): ReactElement {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [asked, setAsked] = useState<Asked>();
  const [line, setLine] = useState('');
  const history = useRef<string[]>([]);
  const back = useRef(0);
  const add = (more: readonly Entry[]): void => {
    setEntries((all) => [...all, ...more].slice(-400));
  };

  async function run(argv: readonly string[], yes?: boolean): Promise<void> {
    const options = yes === undefined ? { ask: true } : { yes };
    const result = await engine().call('command', [argv, options]);
    add(result.output.map(({ text, stream }) => ({ text, kind: stream })));
    setAsked(result.question ? { argv, text: result.question.text } : undefined);
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const words = wordsOf(line);
    if (words.length === 0) return;
    history.current.push(line);
    back.current = 0;
    add([{ text: line, kind: 'line' }]);
    setLine('');
    run(words).catch((error: unknown) => {
      add([{ text: String(error), kind: 'stderr' }]);
    });
  }

  return (
    <div className="console">
      <Lines entries={entries} />
      {asked && (
        <div className="question" role="alertdialog" aria-label="Question">
          <span>{asked.text}</span>
          <Button onPress={() => void run(asked.argv, true)}>Yes</Button>
          <Button onPress={() => void run(asked.argv, false)}>No</Button>
        </div>
      )}
      <form onSubmit={submit}>
        <label>
          <span className="prompt">$</span>
          <input
            aria-label="Command line"
            value={line}
            spellCheck={false}
            autoComplete="off"
            placeholder="lvs -a -o +devices"
            onChange={(event) => {
              setLine(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
              const by = event.key === 'ArrowUp' ? 1 : -1;
              back.current = Math.min(history.current.length, Math.max(0, back.current + by));
              setLine(history.current.at(-back.current) ?? '');
              event.preventDefault();
            }}
          />
        </label>
      </form>
    </div>
  );
}

function Lines({ entries }: { entries: readonly Entry[] }): ReactElement {
  return (
    <div className="lines" role="log" aria-label="Console output" tabIndex={0}>
      {entries.map(({ text, kind }, index) => (
        <div key={index} className={kind}>
          {kind === 'line' ? `$ ${text}` : text}
        </div>
      ))}
    </div>
  );
}

/** Words as a shell splits them, quotes included; enough for what LVM's options need. */
export function wordsOf(line: string): readonly string[] {
  const words = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  const plain = words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
  return plain[0] === 'lvstudio' ? plain.slice(1) : plain;
}
