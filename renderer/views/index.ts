/** To add a view: one file beside this one, then one line here. */
import { Archives } from './Archives.tsx';
import { Console } from './Console.tsx';
import { DeviceTreeView } from './DeviceTree.tsx';
import { EventLog } from './EventLog.tsx';
import { Exports } from './Exports.tsx';
import { ExtentMap } from './ExtentMap.tsx';
import { Jobs } from './Jobs.tsx';
import { MirrorRegions } from './MirrorRegions.tsx';
import { Metadata } from './Metadata.tsx';
import { Problems } from './Problems.tsx';
import { Reports } from './Reports.tsx';
import { Snapshots } from './Snapshots.tsx';
import { TreeText } from './TreeText.tsx';
import type { View } from './view.ts';

export const STAGE_VIEWS: readonly View[] = [
  { id: 'extents', title: 'Extent map', Component: ExtentMap },
  { id: 'devices', title: 'Device tree', Component: DeviceTreeView },
  { id: 'regions', title: 'Mirrors', Component: MirrorRegions },
  { id: 'snapshots', title: 'Snapshots', Component: Snapshots },
  { id: 'metadata', title: 'Metadata', Component: Metadata },
  { id: 'archives', title: 'Archives', Component: Archives },
  { id: 'reports', title: 'Reports', Component: Reports },
  { id: 'tree-text', title: 'dmsetup', Component: TreeText },
];

export const DOCK_VIEWS: readonly View[] = [
  { id: 'console', title: 'Console', Component: Console },
  { id: 'events', title: 'Event log', Component: EventLog },
  { id: 'exports', title: 'Exports', Component: Exports },
  { id: 'jobs', title: 'Jobs', Component: Jobs },
  { id: 'problems', title: 'Problems', Component: Problems },
];
