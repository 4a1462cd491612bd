/** A report of the engine as rows, asked again when the lab has changed. */
import { useEffect, useState } from 'react';
import type { ReportField } from '../../core/contract/report.ts';
import { engine, useStudio } from '../state/store.ts';

export interface ReportRows {
  /** Cells in the order of the columns; undefined: nothing has been answered yet. */
  readonly rows?: readonly (readonly string[])[];
  /** Lines of LVM. */
  readonly said: readonly string[];
}

/** Many events are one change. */
const QUIET_MILLIS = 80;

/** @param words of the line, without a format; the last good rows stay while it is refused */
export function useReport(words: readonly string[], columns: readonly string[]): ReportRows {
  const lab = useStudio((studio) => studio.lab);
  const [shown, setShown] = useState<ReportRows & { readonly of?: string }>({ said: [] });
  const question = JSON.stringify([words, columns]);
  const state = useStudio((studio) => studio.standing);
  useEffect(() => {
    let current = true;
    const wait = setTimeout(() => {
      ask(question)
        .then((answer) => {
          if (current) setShown((before) => ({ ...before, ...answer }));
        })
        .catch((error: unknown) => {
          if (current) setShown((before) => ({ ...before, said: [String(error)] }));
        });
    }, QUIET_MILLIS);
    return () => {
      current = false;
      clearTimeout(wait);
    };
  }, [question, lab?.vgs, lab?.orphans, lab?.disks, lab?.devices, state]);
  return shown;
}

async function ask(question: string): Promise<ReportRows> {
  const [words, columns] = JSON.parse(question) as [string[], string[]];
  const argv = [...words, '--reportformat', 'json'];
  const { status, output } = await engine().call('command', [argv, { quiet: true }]);
  const said = output.filter(({ stream }) => stream === 'stderr').map(({ text }) => text.trim());
  if (status !== 0) return { said };
  const text = output.filter(({ stream }) => stream === 'stdout').map((line) => line.text);
  return { said, rows: rowsOf(JSON.parse(text.join('\n')), columns) };
}

/** `{"report": [{"lv": [{"lv_name": "home", ...}]}]}`. */
function rowsOf(json: unknown, columns: readonly string[]): readonly (readonly string[])[] {
  const { report } = json as { report: Record<string, Record<string, string>[]>[] };
  const rows = Object.values(report[0] ?? {})[0] ?? [];
  return rows.map((row) => columns.map((column) => row[column] ?? ''));
}

/** All fields there are; they never change. */
export function useReportFields(): readonly ReportField[] {
  const [fields, setFields] = useState<readonly ReportField[]>([]);
  const standing = useStudio((studio) => studio.standing);
  useEffect(() => {
    if (standing !== 'open') return;
    engine()
      .call('reportFields', [])
      .then(setFields)
      .catch(() => {
        // The status bar says that the engine is out of reach.
      });
  }, [standing]);
  return fields;
}
