/** The frame: what exists, where it is, what this is, and below it the console and the log. */
import { useEffect, useLayoutEffect, type ReactElement } from 'react';
import { Button, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { ActionDialog } from '../actions/ActionDialog.tsx';
import { oneOf } from '../state/remember.ts';
import { THEMES, useStudio, type Theme } from '../state/store.ts';
import { Explorer } from '../views/Explorer.tsx';
import { DOCK_VIEWS, STAGE_VIEWS } from '../views/index.ts';
import { Inspector } from '../views/Inspector.tsx';
import type { View } from '../views/view.ts';
import { ErrorBorder } from '../widgets/ErrorBorder.tsx';
import { PanelGroup } from '../widgets/PanelGroup.tsx';
import { useRemembered } from '../widgets/use-remembered.ts';
import { Palette } from './Palette.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { Toast } from './Toast.tsx';

export function App(): ReactElement {
  useTheme();
  useRegionKeys();
  return (
    <div className="studio">
      <Toolbar />
      <main className="rows">
        <PanelGroup
          name="rows"
          orientation="vertical"
          panels={[
            { id: 'upper', share: 70, least: 30, content: <Columns /> },
            { id: 'dock', least: 12, content: <Dock /> },
          ]}
        />
      </main>
      <StatusBar />
      <ActionDialog />
      <Palette />
      <Toast />
    </div>
  );
}

function Columns(): ReactElement {
  const explorer = (
    <Region name="Explorer" heading>
      <Explorer />
    </Region>
  );
  const stage = (
    <Region name="Stage">
      <ViewTabs name="Stage" views={STAGE_VIEWS} />
    </Region>
  );
  const inspector = (
    <Region name="Inspector" heading>
      <Inspector />
    </Region>
  );
  return (
    <PanelGroup
      name="columns"
      orientation="horizontal"
      panels={[
        { id: 'explorer', share: 24, least: 14, content: explorer },
        { id: 'stage', least: 30, content: stage },
        { id: 'inspector', share: 24, least: 14, content: inspector },
      ]}
    />
  );
}

const Dock = (): ReactElement => (
  <Region name="Console and log">
    <ViewTabs name="Console and log" views={DOCK_VIEWS} />
  </Region>
);

interface RegionProps {
  readonly name: string;
  readonly heading?: true;
  readonly children: ReactElement;
}

function Region({ name, heading, children }: RegionProps): ReactElement {
  return (
    <section className="region" aria-label={name} tabIndex={-1} data-region>
      {heading && <h2>{name}</h2>}
      <ErrorBorder name={name}>{children}</ErrorBorder>
    </section>
  );
}

function ViewTabs({ name, views }: { name: string; views: readonly View[] }): ReactElement {
  const ids = views.map(({ id }) => id);
  const [shown, setShown] = useRemembered(`view.${name}`, oneOf(ids), ids[0] ?? '');
  return (
    <Tabs
      className="tabs"
      selectedKey={shown}
      onSelectionChange={(id) => {
        setShown(String(id));
      }}
    >
      <TabList aria-label={name}>
        {views.map(({ id, title }) => (
          <Tab key={id} id={id}>
            {title}
          </Tab>
        ))}
      </TabList>
      {views.map(({ id, title, Component }) => (
        <TabPanel key={id} id={id}>
          <ErrorBorder name={title}>
            <Component />
          </ErrorBorder>
        </TabPanel>
      ))}
    </Tabs>
  );
}

function Toolbar(): ReactElement {
  const { lab, theme, setTheme, openAction } = useStudio();
  const mode = lab?.disks.every((disk) => disk.mode === 'read-only') ? 'READ-ONLY' : 'LIVE';
  return (
    <header className="toolbar">
      <h1>LV Studio</h1>
      <span className="lab">{lab?.lab.name ?? ''}</span>
      {lab && <span className={`mode ${mode.toLowerCase()}`}>{mode}</span>}
      <span className="spring" />
      <Button
        className="primary"
        isDisabled={!lab || lab.vgs.length === 0}
        onPress={() => {
          openAction('create-volume');
        }}
      >
        Create volume
      </Button>
      <label className="theme">
        Theme{' '}
        <select
          value={theme}
          onChange={(event) => {
            setTheme(event.target.value as Theme);
          }}
        >
          {THEMES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </header>
  );
}

const STANDING = {
  connecting: 'Connecting to the engine',
  open: 'Connected',
  lost: 'The engine is out of reach; trying again',
} as const;

function StatusBar(): ReactElement {
  const { standing, announcement, lab } = useStudio();
  const problems = lab?.vgs.reduce((sum, vg) => sum + vg.problems.length, 0) ?? 0;
  return (
    <footer className="status-bar">
      <span className={standing}>{STANDING[standing]}</span>
      <span role="status" aria-live="polite">
        {announcement}
      </span>
      <span className="spring" />
      <span>{problems === 0 ? 'No problems' : `${problems} problems`}</span>
      <span>
        <kbd>Ctrl K</kbd> commands · <kbd>F6</kbd> regions · <kbd>?</kbd>
      </span>
      <Shortcuts />
    </footer>
  );
}

function useTheme(): void {
  const theme = useStudio((studio) => studio.theme);
  // Before the first picture: a remembered theme must not come as a flash.
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}

/** F6 goes round the regions, with Shift backwards. */
function useRegionKeys(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'F6') return;
      event.preventDefault();
      const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
      const now = regions.findIndex((region) => region.contains(document.activeElement));
      const next = (now + (event.shiftKey ? -1 : 1) + regions.length) % regions.length;
      regions[next]?.focus();
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
    };
  }, []);
}
