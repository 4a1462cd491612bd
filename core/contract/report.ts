/** A field of LVM's reports, as `-o`, `-O` and `-S` name it (reference 12.3). */
export interface ReportField {
  readonly name: string;
  /** Of its column. */
  readonly heading: string;
  /** What it means, in LVM's words. */
  readonly about: string;
  readonly type: 'string' | 'list' | 'number' | 'size' | 'percent' | 'time';
  /** Under which `-o help` lists it: `Logical Volume`. */
  readonly section: string;
}
