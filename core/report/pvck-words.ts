/** What pvck says, asks and refuses while it repairs, in LVM's words (reference 11.5). */
import { unreachable } from '../base/assert.ts';
import type { OutputLine } from '../contract/events.ts';
import type { PvckQuestion, PvckRefusal, PvckSaid } from '../contract/pvck.ts';
import { checkLines, hex8 } from './pvck.ts';

const PV_HEADER = 'See --repairtype pv_header to repair headers.';
const INVALID = 'Invalid raw text metadata in file.';
const NO_ID = 'No valid PV UUID, specify a PV UUID from metadata in --settings.';

export function pvckRefusal(why: PvckRefusal): readonly string[] {
  switch (why.kind) {
    case 'file-needed':
      return ['Metadata input file is required.'];
    case 'file-needed-for-header':
      return [
        'Metadata input file is needed for pv_header info.',
        'See pvck --dump to locate and create a metadata file.',
      ];
    case 'file-invalid':
      return ['Invalid metadata file.'];
    case 'file-unreadable':
      return [`Cannot open file: ${why.file}`];
    case 'file-empty':
      return [`Empty file: ${why.file}`];
    case 'file-too-small':
      return [`${INVALID}  File size is too small.`];
    case 'file-of-output':
      return [INVALID, '(pvck stdout is not valid input, see pvck -f.)'];
    case 'file-without-group':
      return ['WARNING: file data does not begin with a VG name and may be invalid.', INVALID];
    case 'id-of-settings-unknown':
      return [`PV UUID ${why.pvId} not found in metadata file.`, NO_ID];
    case 'id-of-label-unknown':
      return [`PV UUID ${why.pvId} in existing pv_header not found in metadata file.`, NO_ID];
    case 'name-unknown':
      return [`PV name ${why.device} not found in metadata file.`, NO_ID];
    case 'id-elsewhere':
      return [`Cannot use PV UUID ${why.pvId} which exists on ${why.device}`];
    case 'no-label':
      return ['No lvm label found on device.', PV_HEADER];
    case 'no-areas':
      return ['No metadata areas found on device.', PV_HEADER];
    case 'no-area':
      return [`No mda${why.area} offset found.`, PV_HEADER];
    case 'second-differs': {
      const name = `mda2_${why.what}`;
      const found = `${name} found on disk ${why.found}`;
      return [`${name} setting ${why.set} does not match ${found}.`];
    }
    case 'text-too-large': {
      const limits = `mda_size ${why.area} max ${why.max}`;
      return [`Metadata text ${why.size} too large for ${limits}`];
    }
    default:
      return unreachable(why);
  }
}

const out = (...lines: readonly string[]): OutputLine => ({
  stream: 'stdout',
  text: lines.join('\n  '),
});
const warning = (text: string): OutputLine => ({ stream: 'stderr', text: `WARNING: ${text}` });

export function pvckSaid(said: PvckSaid): OutputLine {
  switch (said.kind) {
    case 'checks':
      return out(...checkLines(said.checks));
    case 'no-label':
      return warning(`No LVM label found on ${said.device}.  It may not be an LVM device.`);
    case 'no-former-areas':
      return warning('no previous metadata areas found on device.');
    case 'no-areas':
      return warning('PV will have no metadata with zero metadata areas.');
    case 'no-areas-to-repair':
      return out('No metadata areas on device to repair.');
    case 'id-differs': {
      const set = `does not match pv_uuid setting ${said.set}`;
      return warning(`existing PV UUID ${said.found} ${set}.`);
    }
    case 'size-differs': {
      const found = `does not match device size ${said.found} bytes`;
      return warning(`device_size setting ${said.set} bytes ${found}.`);
    }
    case 'second-found':
      return out(`Found mda2 header at offset ${said.offset} size ${said.size}`);
    case 'second-skipped':
      return out(`Skipping mda2 (${said.why})`);
    case 'label': {
      const header =
        said.pvId === undefined
          ? ''
          : ` pv_header uuid ${said.pvId} device_size ${said.deviceSize ?? 0}`;
      return out(`Writing label_header.crc 0x${hex8(said.crc)}${header}`);
    }
    case 'layout': {
      const { first, second } = said;
      const areas =
        `mda1_offset ${first.offset} mda1_size ${first.size} ` +
        `mda2_offset ${second.offset} mda2_size ${second.size}`;
      return out(`Writing data_offset ${said.dataOffset} ${areas}`);
    }
    case 'text': {
      const what = `length ${said.length} crc 0x${hex8(said.crc)} mda${said.area}`;
      return out(`Writing metadata at ${said.at} ${what}`);
    }
    case 'area-header':
      return out(`Writing mda_header at ${said.at} mda${said.area}`);
    default:
      return unreachable(said);
  }
}

export function pvckQuestion({ ask, device }: PvckQuestion): string {
  switch (ask) {
    case 'header':
      return `Write new LVM header to ${device}? `;
    case 'metadata':
      return `Write new LVM metadata to ${device}? `;
    case 'label':
      return 'Write LVM header to device? ';
    case 'area':
      return 'Should a metadata area be included? ';
  }
}

/** What LVM says when nobody answers, or the answer is no. */
export const pvckDeclined = ({ ask }: PvckQuestion): string =>
  ask === 'area'
    ? 'To repair with zero metadata areas, use --settings "mda_offset=0 mda_size=0".'
    : 'Command failed with status code 5.';
