/** Fields of the forms that make or change metadata areas, and the options they stand for. */
import { option, type ActionField, type Values } from './action.ts';

/** Areas of disks that become PVs, and whether they are used. */
export const areaFields: readonly ActionField[] = [
  {
    id: 'copies',
    label: 'Metadata areas',
    kind: 'choice',
    options: ['1', '2', '0'],
    hint: '0: other PVs of its group keep the metadata',
  },
  {
    id: 'aside',
    label: 'Set these areas aside',
    kind: 'choice',
    options: ['no', 'yes'],
    hint: 'yes: the metadata is not written there',
  },
];

export const areaInitial: Values = { copies: '1', aside: 'no' };

export const areaOptions = ({ copies, aside }: Values): readonly string[] => [
  ...(copies === '1' ? [] : option('--pvmetadatacopies', copies)),
  ...(aside === 'yes' ? ['--metadataignore', 'y'] : []),
];

/** How many copies of its metadata a group keeps. */
export const groupCopiesField: ActionField = {
  id: 'vgCopies',
  label: 'Copies of the metadata',
  kind: 'text',
  optional: true,
  hint: 'a number, all, or unmanaged',
};

export const groupCopiesOptions = ({ vgCopies }: Values): readonly string[] =>
  option('--vgmetadatacopies', vgCopies);
