/** The kinds of block devices that LVM 2.03.16 takes for PVs, as `lvm devtypes` lists them. */

export interface DeviceType {
  /** As in /proc/devices. */
  readonly name: string;
  /** Minor numbers that a device has for itself and its partitions. */
  readonly partitions: number;
  readonly about: string;
}

export const DEVICE_TYPES: readonly DeviceType[] = `
VxDMP 16 Veritas Dynamic Multipathing
aoe 16 ATA over Ethernet
ataraid 16 ATA Raid
bcache 1 bcache block device cache
blkext 1 Extended device partitions
cciss 16 Compaq CCISS array
dac960 8 DAC960
dasd 4 DASD disk (IBM S/390, zSeries)
device-mapper 1 Mapped device
drbd 16 Distributed Replicated Block Device (DRBD)
emcpower 16 EMC Powerpath
fio 16 Fusion IO
gnbd 1 Network block device
i2o_block 16 i2o Block Disk
ida 16 Compaq SMART2
ide 64 IDE disk
iseries/vd 8 iSeries disks
loop 1 Loop device
md 1 Multiple Disk (MD/SoftRAID)
mdp 1 Partitionable MD
mmc 16 MMC block device
mtip32xx 16 Micron PCIe SSD
nbd 16 Network Block Device
nvme 64 NVM Express
power2 16 EMC Powerpath
ps3disk 16 PlayStation 3 internal disk
ramdisk 1 RAM disk
rbd 16 Ceph rados object as a Linux block device
scm 8 Storage Class Memory (IBM S/390)
sd 16 SCSI disk
skd 16 STEC
ubd 16 User-mode virtual block device
vdisk 8 SUN's LDOM virtual block device
virtblk 8 VirtIO disk
vtms 16 Violin Memory
xvd 16 Xen virtual block device
zvol 16 ZFS Zvols
`
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', partitions = '', ...about] = line.split(' ');
    return { name, partitions: Number(partitions), about: about.join(' ') };
  });
