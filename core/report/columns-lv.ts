/** The fields of volumes as LVM 2.03.16 names and describes them (see columns.ts). */

/** Kept in the metadata. */
export const LV_COLUMNS = `
lv_uuid string 38 LV UUID
    Unique identifier.
lv_name string 4 LV
    Name.  LVs created for internal use are enclosed in brackets.
lv_full_name string 4 LV
    Full name of LV including its VG, namely VG/LV.
lv_path string 0 Path
    Full pathname for LV. Blank for internal LVs.
lv_dm_path string 0 DMPath
    Internal device-mapper pathname for LV (in /dev/mapper directory).
lv_parent string 0 Parent
    For LVs that are components of another LV, the parent LV.
lv_layout list 10 Layout
    LV layout.
lv_role list 10 Role
    LV role.
lv_initial_image_sync number 10 InitImgSync
    Set if mirror/RAID images underwent initial resynchronization.
lv_image_synced number 10 ImgSynced
    Set if mirror/RAID image is synchronized.
lv_merging number 10 Merging
    Set if snapshot LV is being merged to origin.
lv_converting number 0 Converting
    Set if LV is being converted.
lv_allocation_policy string 10 AllocPol
    LV allocation policy.
lv_allocation_locked number 10 AllocLock
    Set if LV is locked against allocation changes.
lv_fixed_minor number 10 FixMin
    Set if LV has fixed minor number assigned.
lv_skip_activation number 15 SkipAct
    Set if LV is skipped on activation.
lv_autoactivation number 0 AutoAct
    Set if LV autoactivation is enabled.
lv_when_full string 15 WhenFull
    For thin pools, behavior when full.
lv_active string 0 Active
    Active state of the LV.
lv_active_locally number 10 ActLocal
    Set if the LV is active locally.
lv_active_remotely number 10 ActRemote
    Set if the LV is active remotely.
lv_active_exclusively number 10 ActExcl
    Set if the LV is active exclusively.
lv_major number 0 Maj
    Persistent major number or -1 if not persistent.
lv_minor number 0 Min
    Persistent minor number or -1 if not persistent.
lv_read_ahead size 0 Rahead
    Read ahead setting in current units.
lv_size size 0 LSize
    Size of LV in current units.
lv_metadata_size size 0 MSize
    For thin and cache pools, the size of the LV that holds the metadata.
seg_count number 0 #Seg
    Number of segments in LV.
origin string 0 Origin
    For snapshots and thins, the origin device of this LV.
origin_uuid string 38 Origin UUID
    For snapshots and thins, the UUID of origin device of this LV.
origin_size size 0 OSize
    For snapshots, the size of the origin device of this LV.
lv_ancestors list 0 Ancestors
    LV ancestors ignoring any stored history of the ancestry chain.
lv_full_ancestors list 0 FAncestors
    LV ancestors including stored history of the ancestry chain.
lv_descendants list 0 Descendants
    LV descendants ignoring any stored history of the ancestry chain.
lv_full_descendants list 0 FDescendants
    LV descendants including stored history of the ancestry chain.
raid_mismatch_count number 0 Mismatches
    For RAID, number of mismatches found or repaired.
raid_sync_action string 0 SyncAction
    For RAID, the current synchronization action being performed.
raid_write_behind number 0 WBehind
    For RAID1, the number of outstanding writes allowed to writemostly devices.
raid_min_recovery_rate number 0 MinSync
    For RAID1, the minimum recovery I/O load in kiB/sec/disk.
raid_max_recovery_rate number 0 MaxSync
    For RAID1, the maximum recovery I/O load in kiB/sec/disk.
raidintegritymode string 0 IntegMode
    The integrity mode
raidintegrityblocksize number 0 IntegBlkSize
    The integrity block size
integritymismatches number 0 IntegMismatches
    The number of integrity mismatches.
move_pv string 0 Move
    For pvmove, Source PV of temporary LV created by pvmove.
move_pv_uuid string 38 Move UUID
    For pvmove, the UUID of Source PV of temporary LV created by pvmove.
convert_lv string 0 Convert
    For lvconvert, Name of temporary LV created by lvconvert.
convert_lv_uuid string 38 Convert UUID
    For lvconvert, UUID of temporary LV created by lvconvert.
mirror_log string 0 Log
    For mirrors, the LV holding the synchronisation log.
mirror_log_uuid string 38 Log UUID
    For mirrors, the UUID of the LV holding the synchronisation log.
data_lv string 0 Data
    For cache/thin/vdo pools, the LV holding the associated data.
data_lv_uuid string 38 Data UUID
    For cache/thin/vdo pools, the UUID of the LV holding the associated data.
metadata_lv string 0 Meta
    For cache/thin pools, the LV holding the associated metadata.
metadata_lv_uuid string 38 Meta UUID
    For cache/thin pools, the UUID of the LV holding the associated metadata.
pool_lv string 0 Pool
    For cache/thin/vdo volumes, the cache/thin/vdo pool LV for this volume.
pool_lv_uuid string 38 Pool UUID
    For cache/thin/vdo volumes, the UUID of the cache/thin/vdo pool LV for this volume.
lv_tags list 0 LV Tags
    Tags, if any.
lv_profile string 0 LProfile
    Configuration profile attached to this LV.
lv_lockargs string 0 LLockArgs
    Lock args of the LV used by lvmlockd.
lv_time time 26 CTime
    Creation time of the LV, if known
lv_time_removed time 26 RTime
    Removal time of the LV, if known
lv_host string 10 Host
    Creation host of the LV, if known.
lv_modules list 0 Modules
    Kernel device-mapper modules required for this LV.
lv_historical number 0 Historical
    Set if the LV is historical.
writecache_block_size number 0 WCacheBlkSize
    The writecache block size
`;

/** Asked of the mapped device. */
export const LV_INFO_COLUMNS = `
lv_kernel_major number 0 KMaj
    Currently assigned major number or -1 if LV is not active.
lv_kernel_minor number 0 KMin
    Currently assigned minor number or -1 if LV is not active.
lv_kernel_read_ahead size 0 KRahead
    Currently-in-use read ahead setting in current units.
lv_permissions string 8 LPerms
    LV permissions.
lv_suspended number 10 Suspended
    Set if LV is suspended.
lv_live_table number 20 LiveTable
    Set if LV has live table present.
lv_inactive_table number 20 InactiveTable
    Set if LV has inactive table present.
lv_device_open number 10 DevOpen
    Set if LV device is open.
`;

/** Asked of the status of a target. */
export const LV_STATUS_COLUMNS = `
data_percent percent 6 Data%
    For snapshot, cache and thin pools and volumes, the percentage full if LV is active.
snap_percent percent 6 Snap%
    For snapshots, the percentage full if LV is active.
metadata_percent percent 6 Meta%
    For cache and thin pools, the percentage of metadata full if LV is active.
copy_percent percent 0 Cpy%Sync
    For Cache, RAID, mirrors and pvmove, current percentage in-sync.
sync_percent percent 0 Cpy%Sync
    For Cache, RAID, mirrors and pvmove, current percentage in-sync.
cache_total_blocks number 0 CacheTotalBlocks
    Total cache blocks.
cache_used_blocks number 16 CacheUsedBlocks
    Used cache blocks.
cache_dirty_blocks number 0 CacheDirtyBlocks
    Dirty cache blocks.
cache_read_hits number 16 CacheReadHits
    Cache read hits.
cache_read_misses number 16 CacheReadMisses
    Cache read misses.
cache_write_hits number 16 CacheWriteHits
    Cache write hits.
cache_write_misses number 0 CacheWriteMisses
    Cache write misses.
kernel_cache_settings list 18 KCacheSettings
    Cache settings/parameters as set in kernel, including default values (cached segments only).
kernel_cache_policy string 18 KCachePolicy
    Cache policy used in kernel.
kernel_metadata_format number 0 KMFmt
    Cache metadata format used in kernel.
lv_health_status string 15 Health
    LV health status.
kernel_discards string 0 KDiscards
    For thin pools, how discards are handled in kernel.
lv_check_needed number 15 CheckNeeded
    For thin pools and cache volumes, whether metadata check is needed.
lv_merge_failed number 15 MergeFailed
    Set if snapshot merge failed.
lv_snapshot_invalid number 15 SnapInvalid
    Set if snapshot LV is invalid.
vdo_operating_mode string 0 VDOOperatingMode
    For vdo pools, its current operating mode.
vdo_compression_state string 0 VDOCompressionState
    For vdo pools, whether compression is running.
vdo_index_state string 0 VDOIndexState
    For vdo pools, state of index for deduplication.
vdo_used_size number 0 VDOUsedSize
    For vdo pools, currently used space.
vdo_saving_percent number 0 VDOSaving%
    For vdo pools, percentage of saved space.
writecache_total_blocks number 0 WCacheTotalBlocks
    Total writecache blocks.
writecache_free_blocks number 0 WCacheFreeBlocks
    Total writecache free blocks.
writecache_writeback_blocks number 0 WCacheWritebackBlocks
    Total writecache writeback blocks.
writecache_error number 0 WCacheErrors
    Total writecache errors.
`;

/** Asked of both. */
export const LV_INFO_STATUS_COLUMNS = `
lv_attr string 0 Attr
    Various attributes - see man page.
`;
