/**
 * What a lab says of LVM's settings, as lvm.conf would: by path (`activation/monitoring`), numbers
 * and words.
 */
export type LabSettings = Readonly<Record<string, number | string>>;
