/**
 * What `npm start` and `npm test` do before anything else: the right Node, the dependencies of the
 * lock file, a build of the present sources. Needs nothing but Node, because it runs before
 * anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];
const DEPENDENCY_STAMP = join(root, 'node_modules', '.lvstudio-stamp');
const BUILD_STAMP = join(root, 'dist', '.stamp');

/** Everything the build reads: a change in any of them makes `dist` stale. */
const BUILD_INPUTS = [
  'core',
  'electron',
  'renderer',
  'scripts/build.mjs',
  'scripts/compile-ahead.mjs',
  'scripts/targets.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** @param {string} line */
export function say(line) {
  process.stdout.write(`lvstudio: ${line}\n`);
}

/**
 * Ends the program with one line that says what to do.
 * @param {string} line
 * @returns {never}
 */
export function giveUp(line) {
  process.stderr.write(`lvstudio: ${line}\n`);
  process.exit(1);
}

/** Ends the program when Node is too old to run what follows. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = OLDEST_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  giveUp(`Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
}

/** Installs exactly what the lock file says, when that is not what is installed already. */
export function ensureDependencies() {
  const wanted = dependencyHash();
  if (readOr(DEPENDENCY_STAMP, '') === wanted) return;
  const why = existsSync(join(root, 'node_modules')) ? 'are out of date' : 'are missing';
  say(`dependencies ${why}; running npm ci`);
  const done = runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (done !== 0) giveUp(`npm ci ended with status ${done}; its own words are above.`);
  writeFileSync(DEPENDENCY_STAMP, wanted);
}

/** Builds `dist`, when it is missing or was built from other sources. */
export function ensureBuild() {
  const wanted = buildHash();
  if (readOr(BUILD_STAMP, '') === wanted) return;
  say(existsSync(join(root, 'dist')) ? 'the build is out of date; building' : 'building');
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (built.status !== 0) giveUp('the build failed; its own words are above.');
}

/**
 * Marks a finished build as made from the sources that had this hash.
 * @param {string} folder the finished build
 * @param {string} hash from `buildHash()`, taken before the build began
 */
export function stampBuild(folder, hash) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.stamp'), hash);
}

/** Identifies the sources by content: a file that was only touched does not cause a build. */
export function buildHash() {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of BUILD_INPUTS.flatMap((input) => filesUnder(join(root, input)))) {
    hash.update(`\n${relative(root, file).split(sep).join('/')}\n`);
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function dependencyHash() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  // Some packages hold machine code, so that a folder copied to another system is stale too.
  return createHash('sha256')
    .update(`${process.platform} ${process.arch}\n`)
    .update(lock)
    .digest('hex');
}

/**
 * @param {string} path a file or a folder; need not exist
 * @returns {string[]} the files, in a fixed order
 */
export function filesUnder(path) {
  if (!existsSync(path)) return [];
  /** @type {import('node:fs').Dirent[]} */
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(join(path, entry.name)));
}

/**
 * Runs npm by the path of the npm that runs us, since `npm` need not be on the PATH.
 * @param {string[]} args
 */
function runNpm(args) {
  const cli = process.env['npm_execpath'];
  const viaNode = cli !== undefined && /\.[cm]?js$/.test(cli) && existsSync(cli);
  const [command, all] = viaNode ? [process.execPath, [cli, ...args]] : ['npm', args];
  const done = spawnSync(command, all, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: !viaNode && process.platform === 'win32',
  });
  return done.status ?? 1;
}

/**
 * @param {string} path
 * @param {string} otherwise
 */
function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
