#!/bin/bash
# Makes the fixtures of this folder anew: disks that real LVM wrote, and what it reports of them.
#   LVSTUDIO_ORACLE=DIR ./make.sh [CASE...]       DIR has host-lvm.sh
# A case is a function below. Disks are a, b, c, d in that order, 8 MiB unless a case says otherwise.
set -eu
here=$(cd "$(dirname "$0")" && pwd)/linux
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"

# on DISKS...: the standard input is a script in which lvm sees just these disks; $PV1 is the first.
on() { cat > script; sed -i '1iset +e' script; "$LVSTUDIO_ORACLE/host-lvm.sh" "$@" -- -s script > log 2>&1 || { cat log >&2; exit 1; }; }
disks() { for d in "$@"; do truncate -s 8M "$d"; done; }
sector() { dd if="$1" of="$2" bs=512 skip="$3" seek="$3" count="$4" conv=notrunc status=none; }
zero() { dd if=/dev/zero of="$1" bs=512 seek="$2" count="$3" conv=notrunc status=none; }

orphans() {
  disks a b c d; on a b c d <<'S'
pvcreate $PV1
pvcreate --pvmetadatacopies 2 --dataalignment 64k --metadatasize 64k $PV2
pvcreate --pvmetadatacopies 0 $PV3
pvcreate --bootloaderareasize 1m $PV4
S
}
group() {
  disks a b c; on a b c <<'S'
vgcreate -s 128k --addtag rack7 --addtag a.b/c=d -l 9 -p 5 --alloc cling vg $PV1 $PV2 $PV3
lvcreate -an -Zn -Wn -l 3 -n home vg $PV1
lvcreate -an -Zn -Wn -i 2 -I 16k -l 4 -n fast --addtag hot vg
lvextend -l +2 vg/home $PV2
lvcreate -an -Zn -Wn -l 1 -k y -n skipped vg
lvcreate -an -Zn -Wn -l 1 --setautoactivation n -C y -r 256 -n quiet vg
lvcreate -an -Zn -Wn -l 1 -n ro vg
lvchange -p r vg/ro
lvcreate -an --type error -l 2 -n bad vg
lvcreate -an --type zero -l 2 -n nil vg
lvremove -y vg/skipped
lvcreate -an -Zn -Wn -l 2 -k y -n skipped vg
pvchange --addtag slow $PV2
pvchange -x n $PV3
vgchange --setautoactivation n vg
S
}
copies() {
  disks a b c d; on a b c d <<'S'
pvcreate --pvmetadatacopies 2 --dataalignment 64k --metadatasize 64k $PV1
pvcreate --pvmetadatacopies 0 $PV2
pvcreate $PV3 $PV4
vgcreate -s 256k vg $PV1 $PV2 $PV3 $PV4
lvcreate -an -Zn -Wn -l 8 -n home vg
pvchange --metadataignore y $PV3
S
}
bootloader() {
  disks a; on a <<'S'
pvcreate --bootloaderareasize 1m $PV1
vgcreate -s 256k vg $PV1
S
}
managed() {
  disks a b c; on a b c <<'S'
vgcreate -s 256k --vgmetadatacopies 1 vg $PV1 $PV2 $PV3
vgchange --addtag x vg
S
}
wrapped() {
  disks a; on a <<'S'
pvcreate --dataalignment 4k --metadatasize 32k $PV1
vgcreate -s 128k vg $PV1
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do vgchange -A n --addtag tag-number-$i-of-a-long-list vg; done
S
}
removed() {
  disks a b; on a b <<'S'
vgcreate -s 256k vg $PV1 $PV2
lvcreate -an -Zn -Wn -l 2 -n home vg
vgremove -y vg
S
}
exported() {
  disks a b; on a b <<'S'
vgcreate -s 256k vg $PV1 $PV2
lvcreate -an -Zn -Wn -l 2 -n home vg
vgexport vg
S
}
fixed() {
  disks a; on a <<'S'
vgcreate -s 256k vg $PV1
vgchange -x n vg
S
}
# A group of three with volumes on each.
trio() {
  disks a b c; on a b c <<'S'
vgcreate -s 256k vg $PV1 $PV2 $PV3
lvcreate -an -Zn -Wn -l 3 -n here vg $PV1
lvcreate -an -Zn -Wn -l 3 -n there vg $PV2
lvcreate -an -Zn -Wn -i 2 -I 64k -l 4 -n both vg $PV1 $PV2
S
}
missing() { trio; rm b; disks b; }
missing_marked() { trio; on a c <<<'lvremove -y vg/here'; rm b; disks b; }
returned() { trio; on a c <<<'lvremove -y vg/here'; }
returned_empty() { trio; on a b <<<'lvremove -y vg/here'; }
outdated() { trio; on a b <<<'vgreduce --removemissing vg'; }
stale() { trio; cp b old; on a b c <<<'vgchange --addtag x vg'; mv old b; }
mismatch() {
  trio; mkdir one; cp a b c one; on a b c <<<'vgchange --addtag x vg'
  cp b new; cp one/* .; on a b c <<<'vgchange --addtag y vg'; mv new b
}
label_lost() { trio; zero b 1 1; }
label_bad() { trio; printf X | dd of=b bs=1 seek=600 conv=notrunc status=none; }
header_bad() { trio; printf X | dd of=b bs=1 seek=4200 conv=notrunc status=none; }
header_lost() { trio; zero b 8 1; }
text_bad() { trio; for s in 9 12 15 18 21 24; do printf X | dd of=b bs=1 seek=$((s * 512 + 100)) conv=notrunc status=none; done; }
unused_flag() { disks a b; on a b <<<'pvcreate $PV1 $PV2'; cp b orphan; on a b <<<'vgcreate -s 256k vg $PV1 $PV2'; sector orphan b 1 1; rm orphan; }
shrunk() { trio; truncate -s 6M c; on a b c <<<'true'; }
duplicate() { trio; cp b d; }
same_name() { disks a b; on a <<<'vgcreate -s 256k vg $PV1'; on b <<<'vgcreate -s 256k vg $PV1'; }

ALL="orphans group copies bootloader managed wrapped removed exported fixed missing missing_marked returned returned_empty outdated
  stale mismatch label_lost label_bad header_bad header_lost text_bad unused_flag shrunk duplicate same_name"

reports() {
  cat <<'S'
set +e
for d in $PV1 $PV2 $PV3 $PV4; do echo "@ $d"; done
for line in \
  'pvs -a -o pv_name,vg_name,pv_attr,pv_size,pv_free,pv_uuid,pv_mda_count,pv_mda_used_count,pv_tags,pe_start,pv_pe_count --separator |' \
  'vgs -o vg_name,vg_attr,vg_size,vg_free,pv_count,lv_count,vg_seqno,vg_tags,vg_mda_count,vg_uuid --separator |' \
  'lvs -a -o lv_name,vg_name,lv_size,lv_tags,lv_uuid,seg_type,seg_pe_ranges --segments --separator |' \
  'vgck'; do
  echo "$ $line"
  $line > out 2> err; echo "= $?"
  sed 's/^/1 /' out; sed 's/^/2 /' err
done
S
}

for case in ${*:-$ALL}; do
  rm -rf ./*; $case
  images=$(ls [abcd])
  reports > script
  "$LVSTUDIO_ORACLE/host-lvm.sh" $images -- -s script > said
  sed -i 's/ *$//; /device-mapper\|Activation disabled\|kernel driver\|\/dev\/mapper\/control/d' said
  # A loop device may have any number; by their order they are the disks of a lab.
  i=0; for d in $(sed -n 's/^@ //p' said); do
    i=$((i + 1)); sed -i "s#$d\\b#/dev/sd$(printf abcd | cut -c$i)#g" said
  done
  sed -i '/^@/d' said
  echo "# $case: $(for i in $images; do printf '%s=%s ' "$i" "$(stat -c %s "$i")"; done)" > "$here/$case.txt"
  cat said >> "$here/$case.txt"
  cat $images > all
  node -e 'const z=require("zlib"),f=require("fs");f.writeFileSync(process.argv[1],z.brotliCompressSync(f.readFileSync("all")))' "$here/$case.img.br"
done
