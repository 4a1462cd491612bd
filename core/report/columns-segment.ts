/** The fields of segments as LVM 2.03.16 names and describes them (see columns.ts). */

export const SEG_COLUMNS = `
segtype string 0 Type
    Type of LV segment.
stripes number 0 #Str
    Number of stripes or mirror/raid1 legs.
data_stripes number 0 #DStr
    Number of data stripes or mirror/raid1 legs.
reshape_len size 0 RSize
    Size of out-of-place reshape space in current units.
reshape_len_le number 0 RSize
    Size of out-of-place reshape space in logical extents.
data_copies number 0 #Cpy
    Number of data copies.
data_offset number 0 DOff
    Data offset on each image device.
new_data_offset number 0 NOff
    New data offset after any reshape on each image device.
parity_chunks number 0 #Par
    Number of (rotating) parity chunks.
stripe_size size 0 Stripe
    For stripes, amount of data placed on one device before switching to the next.
region_size size 0 Region
    For mirrors/raids, the unit of data per leg when synchronizing devices.
chunk_size size 0 Chunk
    For snapshots, the unit of data used when tracking changes.
thin_count number 0 #Thins
    For thin pools, the number of thin volumes in this pool.
discards string 0 Discards
    For thin pools, how discards are handled.
cache_metadata_format number 0 CMFmt
    For cache, metadata format in use.
cache_mode string 0 CacheMode
    For cache, how writes are cached.
zero number 0 Zero
    For thin pools and volumes, if zeroing is enabled.
transaction_id number 0 TransId
    For thin pools, the transaction id and creation transaction id for thins.
thin_id number 0 ThId
    For thin volume, the thin device id.
seg_start size 0 Start
    Offset within the LV to the start of the segment in current units.
seg_start_pe number 0 Start
    Offset within the LV to the start of the segment in physical extents.
seg_size size 0 SSize
    Size of segment in current units.
seg_size_pe size 0 SSize
    Size of segment in physical extents.
seg_tags list 0 Seg Tags
    Tags, if any.
seg_pe_ranges list 0 PE Ranges
    Ranges of Physical Extents of underlying devices in command line format (deprecated, use
    seg_le_ranges for common format).
seg_le_ranges list 0 LE Ranges
    Ranges of Logical Extents of underlying devices in command line format.
seg_metadata_le_ranges list 0 Metadata LE Ranges
    Ranges of Logical Extents of underlying metadata devices in command line format.
devices list 0 Devices
    Underlying devices used with starting extent numbers.
metadata_devices list 0 Metadata Devs
    Underlying metadata devices used with starting extent numbers.
seg_monitor string 0 Monitor
    Dmeventd monitoring status of the segment.
cache_policy string 0 CachePolicy
    The cache policy (cached segments only).
cache_settings list 0 CacheSettings
    Cache settings/parameters (cached segments only).
vdo_compression number 0 VDOCompression
    Set for compressed LV (vdopool).
vdo_deduplication number 0 VDODeduplication
    Set for deduplicated LV (vdopool).
vdo_use_metadata_hints number 0 VDOMetadataHints
    Use REQ_SYNC for writes (vdopool).
vdo_minimum_io_size number 0 VDOMinimumIOSize
    Minimum acceptable IO size (vdopool).
vdo_block_map_cache_size size 0 VDOBlockMapCacheSize
    Allocated caching size (vdopool).
vdo_block_map_era_length number 0 VDOBlockMapEraLength
    Speed of cache writes (vdopool).
vdo_use_sparse_index number 0 VDOSparseIndex
    Sparse indexing (vdopool).
vdo_index_memory_size size 0 VDOIndexMemorySize
    Allocated indexing memory (vdopool).
vdo_slab_size size 0 VDOSlabSize
    Increment size for growing (vdopool).
vdo_ack_threads number 0 VDOAckThreads
    Acknowledging threads (vdopool).
vdo_bio_threads number 0 VDOBioThreads
    IO submitting threads (vdopool).
vdo_bio_rotation number 0 VDOBioRotation
    IO enqueue (vdopool).
vdo_cpu_threads number 0 VDOCPUThreads
    CPU threads for compression and hashing (vdopool).
vdo_hash_zone_threads number 0 VDOHashZoneThreads
    Threads for subdivide parts (vdopool).
vdo_logical_threads number 0 VDOLogicalThreads
    Logical threads for subdivide parts (vdopool).
vdo_physical_threads number 0 VDOPhysicalThreads
    Physical threads for subdivide parts (vdopool).
vdo_max_discard number 0 VDOMaxDiscard
    Maximum discard size volume can recieve (vdopool).
vdo_write_policy string 0 VDOWritePolicy
    Specified write policy (vdopool).
vdo_header_size size 0 VDOHeaderSize
    Header size at front of vdopool.
`;

export const PVSEG_COLUMNS = `
pvseg_start number 0 Start
    Physical Extent number of start of segment.
pvseg_size number 0 SSize
    Number of extents in segment.
`;
