/** pvs, vgs, lvs and segments as tables: sorted, selected and laid out as one likes. */
import { useMemo, type ReactElement } from 'react';
import { Button, Input, SearchField, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { engine, useStudio } from '../state/store.ts';
import { oneOf } from '../state/remember.ts';
import { copyText } from '../widgets/copy-text.ts';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { useRemembered } from '../widgets/use-remembered.ts';
import { ColumnChooser } from './ColumnChooser.tsx';
import {
  firstShape,
  lineOf,
  readShape,
  REPORTS,
  reportWords,
  type ReportName,
  type ReportShape,
} from './report-shape.ts';
import { ReportTable } from './ReportTable.tsx';
import { useReport, useReportFields } from './use-report.ts';

export function Reports(): ReactElement {
  const [report, setReport] = useRemembered<ReportName>('reports.shown', oneOf(REPORTS), 'lvs');
  return (
    <Tabs
      className="reports"
      selectedKey={report}
      onSelectionChange={(key) => {
        setReport(oneOf(REPORTS)(key) ?? 'lvs');
      }}
    >
      <TabList aria-label="Report">
        {REPORTS.map((one) => (
          <Tab key={one} id={one}>
            {one}
          </Tab>
        ))}
      </TabList>
      {REPORTS.map((one) => (
        <TabPanel key={one} id={one} className="report-panel">
          <Report report={one} />
        </TabPanel>
      ))}
    </Tabs>
  );
}

function Report({ report }: { report: ReportName }): ReactElement {
  const [shape, setShape] = useRemembered<ReportShape>(
    `reports.${report}`,
    readShape,
    firstShape(report),
  );
  const words = useMemo(() => reportWords(report, shape), [report, shape]);
  const { rows, said } = useReport(words, shape.columns);
  const fields = useReportFields();
  const line = lineOf(words);
  return (
    <>
      <div className="view-bar">
        <Selection
          shape={shape}
          found={rows?.length}
          onChange={(wanted) => {
            setShape({ ...shape, wanted });
          }}
        />
        {report !== 'vgs' && (
          <label className="choice">
            <input
              type="checkbox"
              checked={shape.all}
              onChange={(event) => {
                setShape({ ...shape, all: event.target.checked });
              }}
            />
            {report === 'pvs' ? 'other disks' : 'hidden volumes'}
          </label>
        )}
        <span className="spring" />
        <ColumnChooser fields={fields} shape={shape} onChange={setShape} />
        <Button
          className="quiet"
          onPress={() => {
            setShape(firstShape(report));
          }}
        >
          Reset
        </Button>
        <CopyTable words={words} />
      </div>
      {said.length > 0 && (
        <div role="alert" className="said">
          {said.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </div>
      )}
      <ReportTable
        name={report}
        fields={fields}
        shape={shape}
        rows={rows ?? []}
        onChange={setShape}
      />
      <div className="line-bar">
        <code>{line}</code>
        <CopyButton title="Copy command" what="The command line" text={() => line} />
      </div>
    </>
  );
}

interface SelectionProps {
  readonly shape: ReportShape;
  readonly found: number | undefined;
  readonly onChange: (wanted: string) => void;
}

function Selection({ shape, found, onChange }: SelectionProps): ReactElement {
  return (
    <SearchField
      className="filter"
      aria-label="Select rows"
      value={shape.wanted}
      onChange={onChange}
    >
      <Input placeholder="name, or lv_size>10m && vg_name=vg" />
      <span className="count" aria-live="polite">
        {found === undefined ? '' : rowCount(found)}
      </span>
      {shape.wanted !== '' && <Button aria-label="Clear the selection">×</Button>}
    </SearchField>
  );
}

const rowCount = (count: number): string =>
  count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`;

/** Exactly what a terminal would show: printed by the engine, not made of the table here. */
function CopyTable({ words }: { words: readonly string[] }): ReactElement {
  const announce = useStudio((studio) => studio.announce);
  const copy = async (): Promise<void> => {
    const { output } = await engine().call('command', [words, { quiet: true }]);
    const lines = output.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
    const copied = await copyText(`${lines.join('\n')}\n`);
    announce(copied ? 'The table is in the clipboard.' : 'The table could not be copied.');
  };
  return (
    <Button
      className="quiet"
      onPress={() => {
        copy().catch((error: unknown) => {
          announce(String(error));
        });
      }}
    >
      Copy table
    </Button>
  );
}
