/** What exists: groups with their volumes and PVs, and PVs that belong to no group. */
import { useState, type ReactElement } from 'react';
import { Button, Tree, TreeItem, TreeItemContent } from 'react-aria-components';
import type { LabState, VgState } from '../../core/contract/state.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { sizeText } from '../widgets/size-text.ts';

interface Row {
  readonly key: string;
  readonly name: string;
  readonly size: string;
  readonly attr: string;
  readonly children: readonly Row[];
}

const keyOf = ({ kind, id }: Subject): string => `${kind}:${id}`;

function subjectOf(key: string): Subject {
  const [kind, ...id] = key.split(':');
  return { kind: kind as Subject['kind'], id: id.join(':') };
}

export function Explorer(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const selected = useStudio((studio) => studio.selected);
  const select = useStudio((studio) => studio.select);
  // Kept are those that were folded: a group that is new is open.
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  const rows = rowsOf(lab);
  const groups = rows.filter(({ children }) => children.length > 0).map(({ key }) => key);
  return (
    <div>
      <div className="explorer-head" aria-hidden="true">
        <span>Name</span>
        <span>Size</span>
        <span>Attr</span>
      </div>
      <Tree
        aria-label="Explorer"
        className="explorer"
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={selected ? [keyOf(selected)] : []}
        expandedKeys={groups.filter((key) => !folded.has(key))}
        onExpandedChange={(open) => {
          setFolded(new Set(groups.filter((key) => !open.has(key))));
        }}
        onSelectionChange={(keys) => {
          const key = keys === 'all' ? undefined : [...keys][0];
          if (key !== undefined) select(subjectOf(String(key)));
        }}
      >
        {rows.map(item)}
      </Tree>
    </div>
  );
}

function item(row: Row): ReactElement {
  return (
    <TreeItem
      key={row.key}
      id={row.key}
      textValue={`${row.name} ${row.size} ${row.attr}`}
      onHoverChange={(over) => {
        useStudio.getState().hover(over ? subjectOf(row.key) : undefined);
      }}
    >
      <TreeItemContent>
        <Button slot="chevron" className="chevron">
          ▸
        </Button>
        <span className="name">{row.name}</span>
        <span className="size">{row.size}</span>
        <span className="attr">{row.attr}</span>
      </TreeItemContent>
      {row.children.map(item)}
    </TreeItem>
  );
}

function rowsOf(lab: LabState): readonly Row[] {
  const orphans = lab.orphans.map((pv) => ({
    key: `pv:${pv.device}`,
    name: `${pv.device} (no group)`,
    size: sizeText(pv.deviceSize),
    attr: pv.attr,
    children: [],
  }));
  const taken = new Set(
    [...lab.orphans, ...lab.vgs.flatMap(({ pvs }) => pvs)].map((p) => p.device),
  );
  const blank = lab.disks
    .filter(({ path }) => !taken.has(path))
    .map(({ path, size, mode }) => ({
      key: `disk:${path}`,
      name: `${path} (no PV)`,
      size: sizeText(size),
      attr: mode,
      children: [],
    }));
  return [...lab.vgs.map(groupRow), ...orphans, ...blank];
}

function groupRow(vg: VgState): Row {
  const volumes = vg.lvs.map((lv) => ({
    key: `lv:${lv.vg}/${lv.name}`,
    name: lv.visible ? lv.name : `[${lv.name}]`,
    size: sizeText(lv.size),
    attr: lv.attr,
    children: [],
  }));
  const pvs = vg.pvs.map((pv) => ({
    key: `pv:${pv.device}`,
    name: pv.device,
    size: sizeText(pv.extentCount * vg.extentSize),
    attr: pv.attr,
    children: [],
  }));
  return {
    key: `vg:${vg.name}`,
    name: vg.name,
    size: sizeText(vg.extentCount * vg.extentSize),
    attr: vg.attr,
    children: [...volumes, ...pvs],
  };
}
