/** Which settings `lvmconfig` leaves out by `--type` and `--ignore...`. */

/** What belongs to profiles of commands: besides all settings about reports but one. */
const OF_COMMANDS = [
  ...['report_command_log', 'command_log_sort', 'command_log_cols', 'command_log_selection'].map(
    (name) => `log/${name}`,
  ),
  ...['units', 'si_unit_consistency', 'suffix', 'lvdisplay_shows_full_device_path'].map(
    (name) => `global/${name}`,
  ),
];

/** What belongs to profiles of groups and volumes: besides all about VDO. */
const OF_METADATA = [
  ...['cache_pool_metadata_require_separate_pvs', 'cache_metadata_format', 'cache_mode'],
  ...['cache_settings', 'thin_pool_zero', 'thin_pool_discards', 'thin_pool_chunk_size_policy'],
].map((name) => `allocation/${name}`);

const ofCommands = (path: string): boolean =>
  OF_COMMANDS.includes(path) ||
  (path.startsWith('report/') && path !== 'report/two_word_unknown_device');
const ofMetadata = (path: string): boolean =>
  OF_METADATA.includes(path) ||
  path.startsWith('allocation/vdo_') ||
  /^activation\/(?:thin|vdo)_pool_autoextend_/.test(path);

/** Settings that only those change who know what they do. */
const ADVANCED: readonly string[] = [
  ...['activation/missing_stripe_filler', 'activation/mlock_filter', 'devices/dir'],
  ...['devices/scan', 'devices/types', 'global/proc', 'log/debug_file_fields'],
  ...['log/debug_output_fields', 'metadata/check_pv_device_sizes', 'metadata/pvmetadatacopies'],
  ...['metadata/pvmetadataignore', 'metadata/stripesize'],
];

/** @param given whether the setting is set */
export function isShown(
  path: string,
  type: string,
  given: boolean,
  ignore: { readonly advanced: boolean; readonly local: boolean },
): boolean {
  if (ignore.advanced && ADVANCED.includes(path)) return false;
  if (ignore.local && path.startsWith('local/')) return false;
  switch (type) {
    case 'missing':
      return !given;
    // None of this release is newer than it.
    case 'new':
      return false;
    case 'profilable-command':
      return ofCommands(path);
    case 'profilable-metadata':
      return ofMetadata(path);
    case 'profilable':
      return ofCommands(path) || ofMetadata(path);
    default:
      return true;
  }
}
