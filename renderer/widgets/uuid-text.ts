/** LVM spells an identifier of 32 characters 6-4-4-4-4-4-6: so commands print it and take it. */
export const uuidText = (id: string): string =>
  id.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7');
