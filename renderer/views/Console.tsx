/** LVM's own command lines, run by the same engine as everything else in the window. */
import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import { Button } from 'react-aria-components';
import type { AskedQuestion } from '../../core/contract/api.ts';
import { engine } from '../state/store.ts';
import { wordsOf } from './words.ts';

interface Entry {
  readonly text: string;
  readonly kind: 'line' | 'stdout' | 'stderr';
}

interface Asked {
  readonly argv: readonly string[];
  /** Not answered yet; the first stands on the screen. */
  readonly open: readonly AskedQuestion[];
  readonly agreed: readonly string[];
}

/** Lines kept on the screen. */
const ENTRIES_KEPT = 400;

export function Console(): ReactElement {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [asked, setAsked] = useState<Asked>();
  const input = useRef<HTMLInputElement>(null);
  const add = (more: readonly Entry[]): void => {
    setEntries((all) => [...all, ...more].slice(-ENTRIES_KEPT));
  };

  function answer({ argv, open: [first, ...others], agreed }: Asked, yes: boolean): void {
    const open = others.filter(({ object }) => yes || object !== first?.object);
    const given = yes && first ? [...agreed, first.text] : agreed;
    if (open.length > 0) setAsked({ argv, open, agreed: given });
    else run(argv, given);
  }

  function run(argv: readonly string[], agreed?: readonly string[]): void {
    // There is no standard input here: what reads it finds it empty.
    const options = agreed === undefined ? { ask: true, input: '' } : { agreed };
    setAsked(undefined);
    input.current?.focus();
    engine()
      .call('command', [argv, options])
      .then(({ output, questions }) => {
        add(output.map(({ text, stream }) => ({ text, kind: stream })));
        if (questions) setAsked({ argv, open: questions, agreed: [] });
      })
      .catch((error: unknown) => {
        add([{ text: String(error), kind: 'stderr' }]);
      });
  }

  return (
    <div className="console">
      <Lines entries={entries} />
      {asked?.open[0] && (
        <Question
          // The focus is on No again for each.
          key={asked.open.length}
          text={asked.open[0].text}
          answer={(yes) => {
            answer(asked, yes);
          }}
        />
      )}
      <CommandLine
        input={input}
        run={(line) => {
          const argv = wordsOf(line);
          if (argv.length === 0) return;
          add([{ text: line, kind: 'line' }]);
          run(argv);
        }}
      />
    </div>
  );
}

function Lines({ entries }: { entries: readonly Entry[] }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [entries]);
  return (
    <div ref={box} className="lines" role="log" aria-label="Console output" tabIndex={0}>
      {entries.map(({ text, kind }, index) => (
        <div key={index} className={kind}>
          {kind === 'line' ? `$ ${text}` : text}
        </div>
      ))}
    </div>
  );
}

interface QuestionProps {
  readonly text: string;
  readonly answer: (yes: boolean) => void;
}

/** The focus is on No: Enter by habit does no harm. */
function Question({ text, answer }: QuestionProps): ReactElement {
  return (
    <div className="question" role="alertdialog" aria-label="Question">
      <span>{text}</span>
      <Button
        onPress={() => {
          answer(true);
        }}
      >
        Yes
      </Button>
      <Button
        autoFocus
        onPress={() => {
          answer(false);
        }}
      >
        No
      </Button>
    </div>
  );
}

interface CommandLineProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly run: (line: string) => void;
}

/** The arrows go through earlier lines; below the newest is an empty one. */
function CommandLine({ input, run }: CommandLineProps): ReactElement {
  const [line, setLine] = useState('');
  const history = useRef<string[]>([]);
  const back = useRef(0);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (line.trim() !== '') history.current.push(line);
        back.current = 0;
        setLine('');
        run(line);
      }}
    >
      <label>
        <span className="prompt">$</span>
        <input
          ref={input}
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
            setLine(history.current[history.current.length - back.current] ?? '');
            event.preventDefault();
          }}
        />
      </label>
    </form>
  );
}
