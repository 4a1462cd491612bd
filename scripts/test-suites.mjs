/**
 * The suites that need more than Node, and whether this machine has it: `e2e` a Chromium, `linux` a
 * real LVM2 to compare with, `programs` those that speak NBD, `mounts` a kernel that mounts what
 * they show. On Debian as root the missing packages are installed.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join, relative, resolve, sep } from 'node:path';
import { filesUnder, root, say } from './setup.mjs';

/**
 * @typedef {{ suite: string, reason: string }} Skipped
 * @typedef {{ reason?: string, environment?: Record<string, string> }} Readiness
 *   with a reason: not ready
 */

/** @type {Record<string, () => Readiness>} */
const SUITES = {
  linux: prepareLinux,
  programs: preparePrograms,
  mounts: prepareMounts,
  e2e: prepareE2e,
};

/** @type {Readiness | undefined} */
let linuxReadiness;

/** Packages of Debian; fonts, since a page without any is laid out as no user sees it. */
const E2E_PACKAGES = ['chromium', 'xvfb', 'xdotool', 'fonts-dejavu-core'];

/** Programs that use exports, and the package of Debian that brings each. */
const NBD_PROGRAMS = {
  fio: 'fio',
  nbdinfo: 'libnbd-bin',
  nbdcopy: 'libnbd-bin',
  'qemu-img': 'qemu-utils',
  'qemu-io': 'qemu-utils',
  script: 'bsdutils',
};

const MOUNT_PROGRAMS = {
  nbdfuse: 'libnbd-bin',
  fusermount3: 'fuse3',
  losetup: 'mount',
  'mkfs.ext4': 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  'mkfs.xfs': 'xfsprogs',
  xfs_repair: 'xfsprogs',
};

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const BROWSER_FILES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * The suites that the arguments of `npm test` let run, of those that need something.
 * @param {readonly string[]} args as given to Vitest, which runs files whose path contains one
 */
export function suitesWanted(args) {
  const filters = args.filter((arg) => !arg.startsWith('-')).map((arg) => arg.replace(/^\.\//, ''));
  return Object.keys(SUITES).filter((suite) => {
    const files = filesUnder(join(root, 'test', suite)).filter((file) =>
      /\.test\.tsx?$/.test(file),
    );
    const paths = files.map((file) => relative(root, file).split(sep).join('/'));
    return paths.some((path) => filters.length === 0 || filters.some((f) => path.includes(f)));
  });
}

/**
 * Makes each suite ready, or says why it is skipped.
 * @param {readonly string[]} wanted
 * @returns {{ skipped: Skipped[], environment: Record<string, string> }}
 */
export function prepareSuites(wanted) {
  /** @type {Skipped[]} */
  const skipped = [];
  /** @type {Record<string, string>} */
  const environment = {};
  for (const suite of wanted) {
    const ready = SUITES[suite]?.() ?? {};
    if (ready.reason !== undefined) skipped.push({ suite, reason: ready.reason });
    Object.assign(environment, ready.environment);
  }
  return { skipped, environment };
}

/** @returns {Readiness} */
function prepareE2e() {
  const installs = installPackages(E2E_PACKAGES);
  const browser = findBrowser();
  if (browser !== undefined) return { environment: { LVSTUDIO_CHROMIUM: browser } };
  return { reason: `no Chromium or Chrome found (LVSTUDIO_CHROMIUM can name one)${installs}` };
}

/** Two suites ask, and to look takes seconds. */
function prepareLinux() {
  return (linuxReadiness ??= buildLinux());
}

/** @returns {Readiness} */
function buildLinux() {
  if (process.platform !== 'linux') return { reason: 'needs a Linux machine' };
  const oracle = resolve(root, process.env['LVSTUDIO_ORACLE'] ?? '../shared/linux-oracle');
  const build = join(oracle, 'build.sh');
  if (!existsSync(build) || !existsSync(join(oracle, 'run.sh'))) {
    return { reason: 'no Linux with LVM2 to compare with (LVSTUDIO_ORACLE can name its folder)' };
  }
  const built = spawnSync('bash', [build], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (built.status !== 0) return { reason: `its ${build} ended with status ${built.status}` };
  return { environment: { LVSTUDIO_ORACLE: oracle } };
}

/** @returns {Readiness} */
function preparePrograms() {
  if (process.platform !== 'linux') return { reason: 'needs a Linux machine' };
  return needPrograms(NBD_PROGRAMS);
}

/** @returns {Readiness} */
function prepareMounts() {
  const linux = prepareLinux();
  if (linux.reason !== undefined) return linux;
  if (process.getuid?.() !== 0) return { reason: 'only root can mount' };
  const programs = needPrograms(MOUNT_PROGRAMS);
  if (programs.reason !== undefined) return programs;
  const closed = ['/dev/fuse', '/dev/loop-control'].filter((path) => !isWritable(path));
  if (closed.length > 0) return { reason: `this machine has no usable ${closed.join(', ')}` };
  const known = readFileSync('/proc/filesystems', 'utf8').split(/\s+/);
  const unknown = ['ext4', 'xfs'].filter((kind) => !known.includes(kind) && !isModule(kind));
  if (unknown.length > 0) return { reason: `this kernel does not mount ${unknown.join(', ')}` };
  return linux;
}

/** @param {string} path */
function isWritable(path) {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} kind of a file system, in a module that can be loaded */
function isModule(kind) {
  return spawnSync('modprobe', ['-n', '-q', kind]).status === 0;
}

/**
 * @param {Readonly<Record<string, string>>} programs to the packages that bring them
 * @returns {Readiness}
 */
function needPrograms(programs) {
  const missing = () => Object.keys(programs).filter((name) => findOnPath(name) === undefined);
  if (missing().length === 0) return {};
  const installs = installPackages([...new Set(missing().map((name) => programs[name] ?? name))]);
  const names = missing();
  return names.length === 0 ? {} : { reason: `programs not found: ${names.join(', ')}${installs}` };
}

function findBrowser() {
  const named = process.env['LVSTUDIO_CHROMIUM'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const onPath = BROWSERS.map((name) => findOnPath(name)).find((file) => file !== undefined);
  return onPath ?? BROWSER_FILES.find((file) => existsSync(file));
}

/**
 * @param {string} name of a program
 * @returns {string | undefined} its file
 */
function findOnPath(name) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * @param {readonly string[]} packages
 * @returns {string} empty, or what to tell when the suite cannot run
 */
function installPackages(packages) {
  if (!existsSync('/etc/debian_version')) return '';
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return '';
  const list = missing.join(' ');
  if (process.getuid?.() !== 0) return `; missing packages: ${list}`;
  say(`installing ${list}`);
  if (apt('install', ...missing) || (apt('update') && apt('install', ...missing))) return '';
  return `; apt-get could not install ${list}`;
}

/** @param {string} name */
function isInstalled(name) {
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
  return asked.stdout?.toString() === 'installed';
}

/** @param {string[]} args */
function apt(...args) {
  const quiet = ['-qq', '-y', '--no-install-recommends'];
  const done = spawnSync('apt-get', [...quiet, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return done.status === 0;
}
