/** The fields of PVs and groups as LVM 2.03.16 names and describes them (see columns.ts). */

/** Known from the label alone. */
export const LABEL_COLUMNS = `
pv_fmt string 0 Fmt
    Type of metadata.
pv_uuid string 38 PV UUID
    Unique identifier.
dev_size size 0 DevSize
    Size of underlying device in current units.
pv_name string 10 PV
    Name.
pv_major string 0 Maj
    Device major number.
pv_minor string 0 Min
    Device minor number.
pv_mda_free size 9 PMdaFree
    Free metadata area space on this device in current units.
pv_mda_size size 9 PMdaSize
    Size of smallest metadata area on this device in current units.
pv_ext_vsn number 0 PExtVsn
    PV header extension version.
`;

export const PV_COLUMNS = `
pe_start number 7 1st PE
    Offset to the start of data on the underlying device.
pv_size size 0 PSize
    Size of PV in current units.
pv_free size 0 PFree
    Total amount of unallocated space in current units.
pv_used size 0 Used
    Total amount of allocated space in current units.
pv_attr string 0 Attr
    Various attributes - see man page.
pv_allocatable number 0 Allocatable
    Set if this device can be used for allocation.
pv_exported number 10 Exported
    Set if this device is exported.
pv_missing number 10 Missing
    Set if this device is missing in system.
pv_pe_count number 3 PE
    Total number of Physical Extents.
pv_pe_alloc_count number 0 Alloc
    Total number of allocated Physical Extents.
pv_tags list 0 PV Tags
    Tags, if any.
pv_mda_count number 0 #PMda
    Number of metadata areas on this device.
pv_mda_used_count number 0 #PMdaUse
    Number of metadata areas in use on this device.
pv_ba_start size 0 BA Start
    Offset to the start of PV Bootloader Area on the underlying device in current units.
pv_ba_size size 0 BA Size
    Size of PV Bootloader Area in current units.
pv_in_use number 0 PInUse
    Set if PV is used.
pv_duplicate number 0 Duplicate
    Set if PV is an unchosen duplicate.
pv_device_id string 0 DeviceID
    Device ID such as the WWID.
pv_device_id_type string 0 DeviceIDType
    Type of device ID such as WWID.
`;

export const VG_COLUMNS = `
vg_fmt string 0 Fmt
    Type of metadata.
vg_uuid string 38 VG UUID
    Unique identifier.
vg_name string 0 VG
    Name.
vg_attr string 5 Attr
    Various attributes - see man page.
vg_permissions string 10 VPerms
    VG permissions.
vg_extendable number 0 Extendable
    Set if VG is extendable.
vg_exported number 10 Exported
    Set if VG is exported.
vg_autoactivation number 0 AutoAct
    Set if VG autoactivation is enabled.
vg_partial number 10 Partial
    Set if VG is partial.
vg_allocation_policy string 10 AllocPol
    VG allocation policy.
vg_clustered number 10 Clustered
    Set if VG is clustered.
vg_shared number 7 Shared
    Set if VG is shared.
vg_size size 0 VSize
    Total size of VG in current units.
vg_free size 0 VFree
    Total amount of free space in current units.
vg_sysid string 0 SYS ID
    System ID of the VG indicating which host owns it.
vg_systemid string 0 System ID
    System ID of the VG indicating which host owns it.
vg_lock_type string 0 LockType
    Lock type of the VG used by lvmlockd.
vg_lock_args string 0 VLockArgs
    Lock args of the VG used by lvmlockd.
vg_extent_size size 0 Ext
    Size of Physical Extents in current units.
vg_extent_count number 0 #Ext
    Total number of Physical Extents.
vg_free_count number 0 Free
    Total number of unallocated Physical Extents.
max_lv number 0 MaxLV
    Maximum number of LVs allowed in VG or 0 if unlimited.
max_pv number 0 MaxPV
    Maximum number of PVs allowed in VG or 0 if unlimited.
pv_count number 0 #PV
    Number of PVs in VG.
vg_missing_pv_count number 0 #PV Missing
    Number of PVs in VG which are missing.
lv_count number 0 #LV
    Number of LVs.
snap_count number 0 #SN
    Number of snapshots.
vg_seqno number 0 Seq
    Revision number of internal metadata.  Incremented whenever it changes.
vg_tags list 0 VG Tags
    Tags, if any.
vg_profile string 0 VProfile
    Configuration profile attached to this VG.
vg_mda_count number 0 #VMda
    Number of metadata areas on this VG.
vg_mda_used_count number 0 #VMdaUse
    Number of metadata areas in use on this VG.
vg_mda_free size 9 VMdaFree
    Free metadata area space for this VG in current units.
vg_mda_size size 9 VMdaSize
    Size of smallest metadata area for this VG in current units.
vg_mda_copies number 0 #VMdaCps
    Target number of in use metadata areas in the VG.
`;
