/** As in package.json, which a built program does not carry with it. */
export const VERSION = '0.1.0';
