/** What this is: the facts of the selection, and what can be done to it. */
import { memo, type ReactElement } from 'react';
import { Button } from 'react-aria-components';
import { concerns, type ActionSpec } from '../actions/action.ts';
import { ACTIONS } from '../actions/index.ts';
import type { DiskState, LabState, VgState } from '../../core/contract/state.ts';
import { vgOfBackup } from '../state/backup-path.ts';
import { useMoves } from '../state/moves.ts';
import { useStudio, type Subject } from '../state/store.ts';
import { lvOf, nameOf, pvOf, vgOf } from '../state/subjects.ts';
import { sizeText } from '../widgets/size-text.ts';
import { uuidText } from '../widgets/uuid-text.ts';
import { allFaultWords, labModes, lossWords, modeWords, tableWords } from './disk-words.ts';
import { MirrorPanel } from './MirrorPanel.tsx';
import { SnapshotPanel } from './SnapshotPanel.tsx';

type Fact = readonly [label: string, value: string];

export function Inspector(): ReactElement {
  const lab = useStudio((studio) => studio.lab);
  const selected = useStudio((studio) => studio.selected);
  // Of what is marked on the extent map there is an action, too.
  useMoves(({ marked }) => marked);
  if (!lab) return <p className="empty">Waiting for the engine.</p>;
  return (
    <div className="inspector">
      <h3>{selected ? nameOf(lab, selected) : lab.lab.name}</h3>
      <dl>
        {factsOf(lab, selected).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Segments lab={lab} selected={selected} />
      <MirrorPanel lab={lab} selected={selected} />
      <SnapshotPanel lab={lab} selected={selected} />
      <h4>Actions</h4>
      <div className="actions">
        {actionsFor(selected).map((action) => {
          const reason = action.unavailable(lab, selected);
          return <ActionButton key={action.id} action={action} reason={reason} />;
        })}
      </div>
    </div>
  );
}

interface ActionButtonProps {
  readonly action: ActionSpec;
  /** Why it cannot be done. */
  readonly reason: string | undefined;
}

/** There are many, and something happens many times a second. */
const ActionButton = memo(function ActionButton({ action, reason }: ActionButtonProps) {
  const openAction = useStudio((studio) => studio.openAction);
  return (
    <div>
      <Button
        isDisabled={reason !== undefined}
        onPress={() => {
          openAction(action.id);
        }}
      >
        {action.title}…
      </Button>
      {reason !== undefined && <small>{reason}</small>}
    </div>
  );
});

/** Those of the selection first, then those that need none. */
const actionsFor = (selected: Subject | undefined): readonly ActionSpec[] => [
  ...ACTIONS.filter((action) => concerns(action, selected)),
  ...ACTIONS.filter(({ on }) => on === 'lab'),
];

function Segments({ lab, selected }: { lab: LabState; selected: Subject | undefined }) {
  const lv = lvOf(lab, selected);
  if (!lv) return null;
  return (
    <table className="segments" aria-label="Segments">
      <thead>
        <tr>
          <th scope="col">LE</th>
          <th scope="col">Type</th>
          <th scope="col">On</th>
        </tr>
      </thead>
      <tbody>
        {lv.segments.map((segment) => (
          <tr key={segment.start}>
            <td>
              {segment.start}-{segment.start + segment.count - 1}
            </td>
            <td>{segment.type}</td>
            <td>
              {segment.areas.map(({ device, start, count }) => (
                <div key={`${device} ${start}`}>
                  {device}:{start}-{start + count - 1}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function factsOf(lab: LabState, selected: Subject | undefined): readonly Fact[] {
  switch (selected?.kind) {
    case 'lv':
      return lvFacts(lab, selected);
    case 'pv':
      return pvFacts(lab, selected.id);
    case 'vg':
      return vgFacts(vgOf(lab, selected));
    case 'device':
      return deviceFacts(lab, selected.id);
    case 'disk':
      return diskFacts(lab, selected.id);
    case 'backup':
      return [
        ['Group', vgOfBackup(selected.id) ?? 'unknown'],
        ['File', selected.id],
      ];
    default:
      return [
        ['Folder', lab.lab.directory],
        ['Disks', labModes(lab)],
        ['Volume groups', String(lab.vgs.length)],
      ];
  }
}

function diskFacts(lab: LabState, path: string): readonly Fact[] {
  const disk = lab.disks.find((one) => one.path === path);
  if (!disk) return [];
  const { problem, note, faults = [] } = disk;
  return [
    ['Number', disk.devno],
    ['Size', sizeText(disk.size)],
    ...partitionFacts(lab, disk),
    [disk.onLoss ? 'Export' : 'Image', disk.image],
    ['Mode', modeWords(disk)],
    ...(disk.onLoss ? [['If its server is away', lossWords(disk.onLoss)] as const] : []),
    ...(faults.length === 0 ? [] : [['Broken', allFaultWords(faults)] as const]),
    ...(problem === undefined ? [] : [['Problem', problem] as const]),
    ...(note === undefined ? [] : [['Note', note] as const]),
  ];
}

function partitionFacts(lab: LabState, disk: DiskState): readonly Fact[] {
  const { path, table, partitionOf } = disk;
  if (table) return [['Table', tableWords(lab, path, table)]];
  if (!partitionOf) return [];
  const { number, disk: whole, start, extended } = partitionOf;
  const kind = extended ? 'extended, ' : '';
  return [['Partition', `${kind}${number} of ${whole}, from sector ${start}`]];
}

function lvFacts(lab: LabState, selected: Subject): readonly Fact[] {
  const lv = lvOf(lab, selected);
  if (!lv) return [];
  const device = lab.devices.find(({ name }) => name === lv.dmName);
  return [
    ['Size', `${lv.extentCount} LE · ${sizeText(lv.size)}`],
    ['Sectors', lv.size.toLocaleString('en')],
    ['Attributes', lv.attr],
    ['Layout', `${lv.layout}, ${lv.role}`],
    ['State', lv.active ? `active as ${device?.devno ?? '?'}` : 'inactive'],
    ['Open', `${device?.openCount ?? 0} times`],
    ['Device', `/dev/mapper/${lv.dmName}`],
    ...exportFacts(lab, lv.id),
    ['Tags', lv.tags.join(', ') || 'none'],
  ];
}

function exportFacts({ exports }: LabState, lvId: string): readonly Fact[] {
  const found = exports.find((one) => one.lvId === lvId);
  if (!found) return [];
  const { clients, readOnly, uri } = found;
  const users = clients.length === 1 ? '1 program' : `${clients.length} programs`;
  return [['Exported', `${readOnly ? 'read-only ' : ''}to ${users}, at ${uri}`]];
}

function pvFacts(lab: LabState, path: string): readonly Fact[] {
  const pv = pvOf(lab, { kind: 'pv', id: path });
  if (!pv) return [];
  return [
    ['Device', pv.device],
    ['UUID', uuidText(pv.id)],
    ['State', pv.missing ? 'missing' : 'there'],
    ['Group', pv.vg ?? 'none'],
    ['Disk size', sizeText(pv.deviceSize)],
    ['Extents', `${pv.extentCount} PE, ${pv.freeCount} free`],
    ['First extent', `at sector ${pv.peStart}`],
    ['Attributes', pv.attr],
    ['Metadata areas', String(pv.areaCount)],
    ...diskFacts(lab, path).filter(([label]) => label !== 'Size'),
  ];
}

function vgFacts(vg: VgState | undefined): readonly Fact[] {
  if (!vg) return [];
  return [
    ['UUID', uuidText(vg.id)],
    ['Size', `${vg.extentCount} PE · ${sizeText(vg.extentCount * vg.extentSize)}`],
    ['Free', `${vg.freeCount} PE · ${sizeText(vg.freeCount * vg.extentSize)}`],
    ['Extent size', sizeText(vg.extentSize)],
    ['Attributes', vg.attr],
    ['Metadata', `seqno ${vg.seqno}`],
    ['Allocation', vg.allocation],
    ['Tags', vg.tags.join(', ') || 'none'],
    ...vg.problems.map((problem, index): Fact => [`Problem ${index + 1}`, problem]),
  ];
}

function deviceFacts(lab: LabState, name: string): readonly Fact[] {
  const device = lab.devices.find((one) => one.name === name);
  if (!device) return [];
  return [
    ['Number', device.devno],
    ['State', device.suspended ? 'suspended' : 'active'],
    ['Open', `${device.openCount} times`],
    ['UUID', device.uuid],
  ];
}
