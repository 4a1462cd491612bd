# In a guest of the Linux oracle, five disks of 64 MiB: `mirrors` makes running, lost and partial, `conversion` the
# fourth. What comes back in /out still has the guest's names, and all its blanks.
export LVM_SUPPRESS_FD_WARNINGS=1
set +e
run() { echo "\$ $*"; "$@" >/tmp/o 2>/tmp/err; r=$?; echo "= $r"; sed 's/^/1 /' /tmp/o; sed 's/^/2 /' /tmp/err; }
lose() { dd if=/dev/zero of=$1 bs=1M count=1 conv=notrunc status=none; }
fixture() {
exec 3>&1 >/out/$1.txt
vgcfgbackup -q -f /tmp/vg.text vg >/dev/null 2>&1; cat /tmp/vg.text
echo "==== dmsetup table"; dmsetup table
echo "==== dmsetup status"; dmsetup status
echo "==== dmsetup info"; dmsetup info -c --noheadings --separator ' ' -o name,uuid,major,minor,open,suspended
echo "==== reports"
run lvs -a -o +devices,copy_percent,region_size,sync_percent
run lvs -a -o lv_name,lv_layout,lv_role,lv_parent,lv_initial_image_sync,lv_image_synced,lv_converting,mirror_log,lv_health_status,lv_modules
run lvs -a -o lv_name,lv_uuid,convert_lv,convert_lv_uuid,mirror_log,mirror_log_uuid,move_pv,move_pv_uuid
run lvs -a --segments -o +seg_all
run lvs
run lvs -v
run lvs -S sync_percent=100 -o lv_name,sync_percent
run vgs -o +vg_missing_pv_count,vg_partial,lv_count
run pvs -o +pv_missing
run pvs --segments -o+lv_name,seg_type,seg_start,devices
run lvdisplay -m
run lvdisplay -a -c
run vgdisplay
exec >&3
}
mirrors() {
pvcreate -q /dev/vda /dev/vdb /dev/vdc /dev/vdd /dev/vde
vgcreate -q -s 1M vg /dev/vda /dev/vdb /dev/vdc /dev/vdd /dev/vde
lvcreate -q -y --type mirror -m1 --mirrorlog core -l4 -n core vg /dev/vda /dev/vdb
lvcreate -q -y --type mirror -m1 --mirrorlog disk -l4 -n disk vg /dev/vda /dev/vdb /dev/vdc
lvcreate -q -y --type mirror -m2 --mirrorlog disk -l4 -R 256k -n three vg /dev/vda /dev/vdb /dev/vdd /dev/vdc
lvcreate -q -y --type mirror -m1 --mirrorlog core --nosync -l4 -n nosync vg /dev/vda /dev/vdb
lvcreate -q -y --type mirror -m1 --config 'global{support_mirrored_mirror_log=1}' --mirrorlog mirrored -l4 -n mlog vg
lvcreate -q -y --type mirror -m1 --mirrorlog disk -l4 -n log vg /dev/vda /dev/vdd /dev/vdb
lvcreate -q -y -l2 -n lin vg /dev/vdb
sleep 1
fixture running
lose /dev/vdb
fixture lost
vgchange -an vg
vgchange -ay --partial vg
fixture partial
}
conversion() {
slow() { dmsetup reload slow --table "0 $(blockdev --getsz /dev/vdd) delay /dev/vdd 0 0 /dev/vdd 0 $1"; dmsetup suspend --nolockfs slow; dmsetup resume slow; }
dmsetup create slow --table "0 $(blockdev --getsz /dev/vdd) delay /dev/vdd 0 0 /dev/vdd 0 0"
echo 'devices { filter = [ "r|^/dev/vdd$|" ] }' > /etc/lvm/lvmlocal.conf
pvcreate -q /dev/vda /dev/vdb /dev/vdc /dev/mapper/slow /dev/vde
vgcreate -q -s 1M vg /dev/vda /dev/vdb /dev/vdc /dev/mapper/slow /dev/vde
lvcreate -q -y --type mirror -m1 --mirrorlog disk -R 256k -l 8 -n conv vg /dev/vda /dev/vdb /dev/vdc
sleep 1
lvcreate -q -y -an -Zn -Wn --type mirror -m1 --mirrorlog disk -R 256k -l 8 -n half vg /dev/vda /dev/mapper/slow /dev/vdc
lvcreate -q -y -an -Zn -Wn --type mirror -m1 --mirrorlog core -R 256k -l 8 -n dead vg /dev/vda /dev/vdb
slow 600
lvchange -ay vg/half
lvconvert -y -b -m+1 vg/conv /dev/mapper/slow
sleep 1
slow 100000
fixture converting
}
"$WHICH" # mirrors or conversion
