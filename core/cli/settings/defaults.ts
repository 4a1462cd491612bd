/** What `lvmconfig --type default` prints (LVM 2.03.16 as Debian builds it). */
export const DEFAULTS_TEXT = `config {
	# checks=1
	# abort_on_errors=0
	# profile_dir="/etc/lvm/profile"
}
devices {
	# dir="/dev"
	# scan=["/dev"]
	# obtain_device_list_from_udev=0
	# external_device_info_source="none"
	# hints="all"
	# use_devicesfile=0
	# devicesfile="system.devices"
	# search_for_devnames="auto"
	# filter=["a|.*|"]
	# global_filter=["a|.*|"]
	# sysfs_scan=1
	# scan_lvs=0
	# multipath_component_detection=1
	# multipath_wwids_file="/etc/multipath/wwids"
	# md_component_detection=1
	# md_component_checks="auto"
	# fw_raid_component_detection=0
	# md_chunk_alignment=1
	# default_data_alignment=1
	# data_alignment_detection=1
	# data_alignment=0
	# data_alignment_offset_detection=1
	# ignore_suspended_devices=0
	# ignore_lvm_mirrors=1
	# require_restorefile_with_uuid=1
	# pv_min_size=2048
	# issue_discards=0
	# allow_changes_with_duplicate_pvs=0
	# allow_mixed_block_sizes=0
}
allocation {
	# maximise_cling=1
	# use_blkid_wiping=1
	# wipe_signatures_when_zeroing_new_lvs=1
	# mirror_logs_require_separate_pvs=0
	# raid_stripe_all_devices=0
	# cache_pool_metadata_require_separate_pvs=0
	# cache_metadata_format=0
	# cache_mode="writethrough"
	# cache_settings {
	# }
	# thin_pool_metadata_require_separate_pvs=0
	# thin_pool_crop_metadata=0
	# thin_pool_zero=1
	# thin_pool_discards="passdown"
	# thin_pool_chunk_size_policy="generic"
	# zero_metadata=1
	# physical_extent_size=4096
	# vdo_use_compression=1
	# vdo_use_deduplication=1
	# vdo_use_metadata_hints=1
	# vdo_minimum_io_size=4096
	# vdo_block_map_cache_size_mb=128
	# vdo_block_map_period=16380
	# vdo_check_point_frequency=0
	# vdo_use_sparse_index=0
	# vdo_index_memory_size_mb=256
	# vdo_slab_size_mb=2048
	# vdo_ack_threads=1
	# vdo_bio_threads=4
	# vdo_bio_rotation=64
	# vdo_cpu_threads=2
	# vdo_hash_zone_threads=1
	# vdo_logical_threads=1
	# vdo_physical_threads=1
	# vdo_write_policy="auto"
	# vdo_max_discard=1
	# vdo_pool_header_size=512
}
log {
	# report_command_log=0
	# command_log_sort="log_seq_num"
	# command_log_cols="log_seq_num,log_type,log_context,log_object_type,log_object_name,\
log_object_id,log_object_group,log_object_group_id,log_message,log_errno,log_ret_code"
	# command_log_selection="!(log_type=status && message=success)"
	# verbose=0
	# silent=0
	# syslog=0
	# journal=[]
	# overwrite=0
	# level=0
	# indent=0
	# command_names=0
	# prefix="  "
	# activation=0
	# debug_classes=["memory","devices","io","activation","allocation","metadata","cache",\
"locking","lvmpolld","dbus"]
	# debug_file_fields=["time","command","fileline","message"]
	# debug_output_fields=["time","command","fileline","message"]
}
backup {
	# backup=1
	# backup_dir="/etc/lvm/backup"
	# archive=1
	# archive_dir="/etc/lvm/archive"
	# retain_min=10
	# retain_days=30
}
shell {
	# history_size=100
}
global {
	# umask=077
	# test=0
	# units="r"
	# si_unit_consistency=1
	# suffix=1
	# activation=1
	# proc="/proc"
	# etc="/etc"
	# wait_for_locks=1
	# locking_dir="/run/lock/lvm"
	# prioritise_write_locks=1
	# abort_on_internal_errors=0
	# metadata_read_only=0
	# mirror_segtype_default="raid1"
	# support_mirrored_mirror_log=0
	# raid10_segtype_default="raid10"
	# sparse_segtype_default="thin"
	# lvdisplay_shows_full_device_path=0
	# event_activation=1
	# use_aio=1
	# use_lvmlockd=0
	# lvmlockd_lock_retries=3
	# sanlock_lv_extend=256
	# lvmlockctl_kill_command=""
	# thin_check_executable="/usr/sbin/thin_check"
	# thin_dump_executable="/usr/sbin/thin_dump"
	# thin_repair_executable="/usr/sbin/thin_repair"
	# thin_check_options=["-q"]
	# thin_repair_options=[""]
	# cache_check_executable="/usr/sbin/cache_check"
	# cache_dump_executable="/usr/sbin/cache_dump"
	# cache_repair_executable="/usr/sbin/cache_repair"
	# cache_check_options=["-q","--clear-needs-check-flag"]
	# cache_repair_options=[""]
	# vdo_format_executable="/usr/bin/vdoformat"
	# vdo_format_options=[""]
	# fsadm_executable="/sbin/fsadm"
	# system_id_source="none"
	# use_lvmpolld=1
	# notify_dbus=1
	# io_memory_size=8192
}
activation {
	# checks=0
	# udev_sync=1
	# udev_rules=1
	# verify_udev_operations=0
	# retry_deactivation=1
	# missing_stripe_filler="error"
	# use_linear_target=1
	# reserved_stack=64
	# reserved_memory=8192
	# process_priority=-18
	# raid_region_size=2048
	# error_when_full=0
	# readahead="auto"
	# raid_fault_policy="warn"
	# mirror_image_fault_policy="remove"
	# mirror_log_fault_policy="allocate"
	# snapshot_autoextend_threshold=100
	# snapshot_autoextend_percent=20
	# thin_pool_autoextend_threshold=100
	# thin_pool_autoextend_percent=20
	# vdo_pool_autoextend_threshold=100
	# vdo_pool_autoextend_percent=20
	# use_mlockall=0
	# monitoring=1
	# polling_interval=15
	# auto_set_activation_skip=1
	# activation_mode="degraded"
}
# metadata {
	# check_pv_device_sizes=1
	# record_lvs_history=0
	# lvs_history_retention_time=0
	# pvmetadatacopies=1
	# vgmetadatacopies=0
	# pvmetadataignore=0
	# stripesize=64
# }
# report {
	# output_format="basic"
	# compact_output=0
	# compact_output_cols=""
	# aligned=1
	# buffered=1
	# headings=1
	# separator=" "
	# list_item_separator=","
	# prefixes=0
	# quoted=1
	# columns_as_rows=0
	# binary_values_as_numeric=0
	# time_format="%Y-%m-%d %T %z"
	# devtypes_sort="devtype_name"
	# devtypes_cols="devtype_name,devtype_max_partitions,devtype_description"
	# devtypes_cols_verbose="devtype_name,devtype_max_partitions,devtype_description"
	# lvs_sort="vg_name,lv_name"
	# lvs_cols="lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,\
move_pv,mirror_log,copy_percent,convert_lv"
	# lvs_cols_verbose="lv_name,vg_name,seg_count,lv_attr,lv_size,lv_major,lv_minor,\
lv_kernel_major,lv_kernel_minor,pool_lv,origin,data_percent,metadata_percent,move_pv,\
copy_percent,mirror_log,convert_lv,lv_uuid,lv_profile"
	# vgs_sort="vg_name"
	# vgs_cols="vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free"
	# vgs_cols_verbose="vg_name,vg_attr,vg_extent_size,pv_count,lv_count,snap_count,vg_size,\
vg_free,vg_uuid,vg_profile"
	# pvs_sort="pv_name"
	# pvs_cols="pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free"
	# pvs_cols_verbose="pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,dev_size,pv_uuid"
	# segs_sort="vg_name,lv_name,seg_start"
	# segs_cols="lv_name,vg_name,lv_attr,stripes,segtype,seg_size"
	# segs_cols_verbose="lv_name,vg_name,lv_attr,seg_start,seg_size,stripes,segtype,stripesize,\
chunksize"
	# pvsegs_sort="pv_name,pvseg_start"
	# pvsegs_cols="pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size"
	# pvsegs_cols_verbose="pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size,\
lv_name,seg_start_pe,segtype,seg_pe_ranges"
	# vgs_cols_full="vg_all"
	# pvs_cols_full="pv_all"
	# lvs_cols_full="lv_all"
	# pvsegs_cols_full="pvseg_all,pv_uuid,lv_uuid"
	# segs_cols_full="seg_all,lv_uuid"
	# vgs_sort_full="vg_name"
	# pvs_sort_full="pv_name"
	# lvs_sort_full="vg_name,lv_name"
	# pvsegs_sort_full="pv_uuid,pvseg_start"
	# segs_sort_full="lv_uuid,seg_start"
	# mark_hidden_devices=1
	# two_word_unknown_device=0
# }
dmeventd {
	# mirror_library="libdevmapper-event-lvm2mirror.so"
	# raid_library="libdevmapper-event-lvm2raid.so"
	# snapshot_library="libdevmapper-event-lvm2snapshot.so"
	# thin_library="libdevmapper-event-lvm2thin.so"
	# thin_command="lvm lvextend --use-policies"
	# vdo_library="libdevmapper-event-lvm2vdo.so"
	# vdo_command="lvm lvextend --use-policies"
	# executable="/sbin/dmeventd"
}
# tags {
	# hosttags=0
	# tag {
	# }
# }
local {
	# system_id=""
	# host_id=0
}
`;

/** Settings that it does not print: without a default, deprecated or unsupported. */
export const UNPRINTED: readonly string[] = [
  'devices/preferred_names',
  'devices/types',
  'allocation/cling_tag_list',
  'allocation/cache_policy',
  'allocation/cache_pool_chunk_size',
  'allocation/cache_pool_max_chunks',
  'allocation/thin_pool_chunk_size',
  'log/file',
  'global/library_dir',
  'global/thin_disabled_features',
  'global/cache_disabled_features',
  'global/vdo_disabled_features',
  'global/system_id_file',
  'activation/volume_list',
  'activation/auto_activation_volume_list',
  'activation/read_only_volume_list',
  'activation/mlock_filter',
  'activation/lock_start_list',
  'activation/auto_lock_start_list',
  'metadata/pvmetadatasize',
  'local/extra_system_ids',
  'devices/loopfiles',
  'devices/cache',
  'devices/cache_dir',
  'devices/cache_file_prefix',
  'devices/write_cache_state',
  'devices/disable_after_error_count',
  'allocation/cache_pool_cachemode',
  'log/activate_file',
  'global/fallback_to_lvm1',
  'global/format',
  'global/format_libraries',
  'global/segment_libraries',
  'global/locking_type',
  'global/fallback_to_clustered_locking',
  'global/fallback_to_local_locking',
  'global/locking_library',
  'global/detect_internal_vg_cache_corruption',
  'global/use_lvmetad',
  'global/lvmetad_update_wait_time',
  'activation/mirror_region_size',
  'activation/mirror_device_fault_policy',
  'metadata/dirs',
];
