/**
 * Cookies of udev, as dmsetup is where no udev runs: none is ever made, so none is found, and what
 * is asked of one is done already.
 */
import { MANY, type Call, type Verb } from './verb.ts';

/** As C's strtoul with base 0 reads it; 0 and what is no number are no cookies. */
function cookieOf(call: Call, word: string): number | undefined {
  const [, hex, octal, decimal] = /^(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*))$/.exec(word) ?? [];
  const value = Number.parseInt(hex ?? octal ?? decimal ?? '', hex ? 16 : octal ? 8 : 10);
  if (value > 0) return value;
  call.complain('Incorrect cookie value.');
  return undefined;
}

/** The upper half of a cookie, by the names that udev's rules know; bit 7 has none. */
const FLAGS = [
  'DM_UDEV_DISABLE_DM_RULES_FLAG',
  'DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG',
  'DM_UDEV_DISABLE_DISK_RULES_FLAG',
  'DM_UDEV_DISABLE_OTHER_RULES_FLAG',
  'DM_UDEV_LOW_PRIORITY_FLAG',
  'DM_UDEV_DISABLE_LIBRARY_FALLBACK_FLAG',
  'DM_UDEV_PRIMARY_SOURCE_FLAG',
  'DM_UDEV_FLAG7',
  ...Array.from({ length: 8 }, (_, index) => `DM_SUBSYSTEM_UDEV_FLAG${index}`),
];
const COOKIE_BITS = 16;

const udevcreatecookie: Verb = {
  name: 'udevcreatecookie',
  help: [''],
  words: [0, 0],
  run: () => true,
};

const udevreleasecookie: Verb = {
  name: 'udevreleasecookie',
  help: ['[<cookie>]'],
  words: [0, 1],
  run(call, [word = call.line.text('udevcookie')]) {
    if (word === undefined) return call.complain('No udev transaction cookie given.');
    return cookieOf(call, word) !== undefined;
  },
};

const udevflags: Verb = {
  name: 'udevflags',
  help: ['<cookie>'],
  words: [1, 1],
  onlyReads: true,
  run(call, [word = '']) {
    const cookie = cookieOf(call, word);
    if (cookie === undefined) return false;
    const flags = Math.floor(cookie / 2 ** COOKIE_BITS);
    const set = FLAGS.filter((_, bit) => Math.floor(flags / 2 ** bit) % 2 === 1);
    return call.say(...set.map((name) => `${name}='1'`));
  },
};

const udevcomplete: Verb = {
  name: 'udevcomplete',
  help: ['<cookie>'],
  words: [1, 1],
  run(call, [word = '']) {
    const cookie = cookieOf(call, word);
    return cookie !== undefined && call.say(`DM_COOKIE_COMPLETED=0x${cookie.toString(16)}`);
  },
};

const udevcompleteAll: Verb = {
  name: 'udevcomplete_all',
  help: ['[<age_in_minutes>]'],
  words: [0, 1],
  run(call, [age]) {
    if (age !== undefined && !/^\s*\+?\d/.test(age)) {
      return call.complain('Failed to read age_in_minutes parameter.');
    }
    const keys = 'with keys prefixed by 3405 (0xd4d)';
    if (call.line.has('yes')) {
      return call.say(`0 semaphores ${keys} destroyed. 0 skipped.`);
    }
    const older = age === undefined ? '' : ` older than ${Number.parseInt(age, 10)} minutes`;
    const which = `all semaphores${older} with keys that have a prefix 3405 (0xd4d)`;
    call.complain(`WARNING: This operation will destroy ${which}.`);
    // Nobody answers.
    call.say('Do you really want to continue? [y/n]: ');
    return call.say(`Semaphores ${keys} NOT destroyed.`);
  },
};

const udevcookies: Verb = {
  name: 'udevcookies',
  help: [''],
  words: [0, 0],
  onlyReads: true,
  run: (call) =>
    call.say('Cookie       Semid      Value      Last semop time           Last change time'),
};

/** In the order of the usage. */
export const UDEV_VERBS: readonly Verb[] = [
  udevcreatecookie,
  udevreleasecookie,
  udevflags,
  udevcomplete,
  udevcompleteAll,
  udevcookies,
];

/** The counters of `dmstats` are the kernel's: no I/O is counted here. */
export const stats: Verb = {
  name: 'stats',
  help: ['<command> [<options>] [<device>...]'],
  words: [1, MANY],
  onlyReads: true,
  run: (call) => call.complain('stats: no I/O statistics are kept of the devices of a lab.'),
};
