/** The frame: what exists, where it is, what this is, and below it the console and the log. */
import { useEffect, useLayoutEffect, useState, type ReactElement } from 'react';
import { Button, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { DiskMode, LabState } from '../../core/contract/state.ts';
import { ActionDialog } from '../actions/ActionDialog.tsx';
import { problemsOf } from '../state/problems.ts';
import { oneOf, recall } from '../state/remember.ts';
import { THEMES, useStudio, type Place, type Theme } from '../state/store.ts';
import { labModes } from '../views/disk-words.ts';
import { Explorer } from '../views/Explorer.tsx';
import { DOCK_VIEWS, STAGE_VIEWS } from '../views/index.ts';
import { Inspector } from '../views/Inspector.tsx';
import type { View } from '../views/view.ts';
import { ErrorBorder } from '../widgets/ErrorBorder.tsx';
import { PanelGroup } from '../widgets/PanelGroup.tsx';
import { CutShort } from './CutShort.tsx';
import { MoveBanner } from './MoveBanner.tsx';
import { Palette } from './Palette.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { Toast } from './Toast.tsx';
import { useLeaveGuard } from './use-leave-guard.ts';

export function App(): ReactElement {
  useTheme();
  useRegionKeys();
  useLeaveGuard();
  return (
    <div className="studio">
      <Toolbar />
      <CutShort />
      <MoveBanner />
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

function ViewTabs({ name, views }: { name: Place; views: readonly View[] }): ReactElement {
  const asked = useStudio((studio) => studio.views[name]);
  const showView = useStudio((studio) => studio.showView);
  const [shown] = useState(() => recall(`view.${name}`, oneOf(views.map(({ id }) => id))));
  return (
    <Tabs
      className="tabs"
      selectedKey={asked ?? shown ?? views[0]?.id ?? ''}
      onSelectionChange={(id) => {
        showView(name, String(id));
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
  return (
    <header className="toolbar">
      <h1>LV Studio</h1>
      <span className="lab">{lab?.lab.name ?? ''}</span>
      {lab && <Mode lab={lab} />}
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

/** The most that can happen to an image here; how each disk is open, on hover. */
function Mode({ lab }: { lab: LabState }): ReactElement {
  const has = (mode: DiskMode): boolean => lab.disks.some((disk) => disk.mode === mode);
  const mode = (['live', 'sandbox'] as const).find(has) ?? 'read-only';
  return (
    <span className={`mode ${mode}`} title={labModes(lab)}>
      {mode.toUpperCase()}
    </span>
  );
}

const STANDING = {
  connecting: 'Connecting to the engine',
  open: 'Connected',
  lost: 'The engine is out of reach; trying again',
} as const;

function StatusBar(): ReactElement {
  const { standing, announcement, lab, showView } = useStudio();
  const problems = lab ? problemsOf(lab).length : 0;
  return (
    <footer className="status-bar">
      <span className={standing}>{STANDING[standing]}</span>
      <span role="status" aria-live="polite">
        {announcement}
      </span>
      <span className="spring" />
      <Button
        className={problems > 0 ? 'quiet missing' : 'quiet'}
        onPress={() => {
          showView('Console and log', 'problems');
        }}
      >
        {problems === 0 ? 'No problems' : `${problems} problem${problems > 1 ? 's' : ''}`}
      </Button>
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
