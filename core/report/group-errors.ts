/** Why two groups could not become one, or one two, in LVM's words. */
import { formatLvmId, type LvmId } from '../base/ids.ts';
import type { GroupError } from '../contract/group-errors.ts';
import { unfitClause } from './unfit-words.ts';

type Barred = Of<'vg-barred'>;

/** Of a group that this machine leaves alone. */
export function barredLine({ vg, why, id = '', localId }: Barred): string {
  if (why === 'clustered') return `Cannot access clustered VG ${vg}.`;
  if (why === 'shared')
    return `Cannot access VG ${vg} with lock type ${id} that requires lvmlockd.`;
  const local = localId === undefined ? 'unknown local system ID' : `local system ID ${localId}`;
  return `Cannot access VG ${vg} with system ID ${id} with ${local}.`;
}

const OF_CLUSTERS = 'See lvmlockd(8) for changing a clvm/clustered VG to a shared VG.';

/** Where all groups are gone through. */
export const passedOver = (error: Barred): readonly string[] =>
  error.why === 'clustered'
    ? [`Skipping clustered VG ${error.vg}.`, OF_CLUSTERS]
    : [barredLine(error)];

type Of<K extends GroupError['code']> = Extract<GroupError, { readonly code: K }>;

export const GROUP_SENTENCES: {
  readonly [K in GroupError['code']]: (error: Of<K>) => readonly string[];
} = {
  // LVM says that it has no system ID when it reads the group, and when it refuses it.
  'vg-barred': (error) => {
    const line = barredLine(error);
    const twice = error.why === 'foreign' && error.localId === undefined && !error.direct;
    return error.why === 'clustered' ? [line, OF_CLUSTERS] : twice ? [line, line] : [line];
  },
  'pv-barred': ({ device, vg, why }) =>
    why === 'clustered'
      ? passedOver({ code: 'vg-barred', vg, why })
      : [`Cannot use PV ${device} in ${why} VG ${vg}.`],
  'restore-partial': ({ vg }) => [`Cannot update partial volume group ${vg}.`, 'Restore failed.'],
  'pv-unchanged': ({ device, vg, command }) => [
    command === 'pvresize'
      ? `Failed to store physical volume "${device}" in volume group "${vg}"`
      : `Physical volume ${device} not changed`,
  ],
  'policy-of-nothing': () => ['Volume Group allocation policy cannot inherit from anything'],
  'vg-policy-same': ({ policy }) => [`Volume group allocation policy is already ${policy}`],
  'system-id-same': ({ id }) => [`Volume Group system ID is already "${id}".`],
  'system-id-active': ({ vg }) => [
    `Logical Volumes in VG ${vg} must be deactivated before system ID can be changed.`,
  ],
  'vg-with-itself': ({ vg }) => [`Duplicate volume group name "${vg}"`],
  'vg-name-unfit': ({ vg }) => [`Invalid vg name ${vg}.`],
  'vg-unread': ({ vg }) => [`Failed to read VG ${vg}.`],
  'vg-exists-optioned': ({ vg }) => [`Volume group "${vg}" exists, but new VG option specified`],
  'join-active': ({ vg }) => [`Logical volumes in "${vg}" must be inactive`],
  'join-extent-size': ({ from, to, fromSize, toSize }) => [
    `Extent sizes differ: ${toSize} (${to}) and ${fromSize} (${from})`,
  ],
  'join-limit': ({ from, to, what, max }) => [
    `Maximum number of ${what} volumes (${max}) exceeded  for "${to}" and "${from}"`,
  ],
  'join-twin-lv': ({ from, to, lv }) => [
    `Duplicate logical volume name "${lv}" in "${to}" and "${from}"`,
  ],
  'split-no-member': ({ vg, device }) => [`Physical volume ${device} not in volume group ${vg}`],
  'split-no-volume': ({ vg, lv }) => [`Logical volume ${lv} not in volume group ${vg}`],
  'split-torn': ({ lv, type }) => [`Can't split ${type} ${lv} between two Volume Groups`],
  'split-no-area': () => ['Cannot split: Nowhere to store metadata for new Volume Group'],
  'clone-not-found': ({ device, unfit }) => [
    unfit
      ? `Device ${device} is excluded: ${unfitClause(unfit)}.`
      : `Failed to find device ${device}.`,
  ],
  'clone-no-pv': ({ device }) => [`Failed to find PVID for device ${device}.`],
  'clone-no-group': ({ device }) => [`Cannot import clone of orphan PV ${device}.`],
  'clone-mixed': () => ['Devices must be from the same VG.'],
  'clone-incomplete': ({ vg, missing }) => [
    ...missing.flatMap(({ pvId, hint }) => {
      const uuid = formatLvmId(pvId as LvmId);
      return [
        `WARNING: Couldn't find device with uuid ${uuid}.`,
        `WARNING: VG ${vg} is missing PV ${uuid} (last written to ${hint}).`,
      ];
    }),
    `Cannot change VG ${vg} while PVs are missing.`,
    'See vgreduce --removemissing and vgextend --restoremissing.',
    `Failed to read VG ${vg} from devices being imported.`,
  ],
  'clone-unread': ({ vg }) => [`Failed to read VG ${vg} from devices being imported.`],
  'clone-exported': ({ vg }) => [
    `VG ${vg} is exported, use the --import option.`,
    'Failed to update VG on devices being imported.',
  ],
  'clone-active': ({ devices }) => [
    ...devices.map((device) => `Device ${device} has active LVs, deactivate first.`),
    'Failed to update VG on devices being imported.',
  ],
  'vg-has-open': ({ vg, count }) => [
    `Can't deactivate volume group "${vg}" with ${count} open logical volume(s)`,
  ],
  'lv-must-be-inactive': ({ vg, lv, of }) => [
    `Logical volume ${vg}/${lv}${of === undefined ? '' : ` (part of ${of})`} must be inactive.`,
  ],
};
