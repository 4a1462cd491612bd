/** `2026-11-21 07:55:12` of this machine's time zone. @param seconds since 1970 */
export const momentText = (seconds: number): string =>
  // Swedish writes dates as ISO does.
  new Date(seconds * 1000).toLocaleString('sv-SE');
