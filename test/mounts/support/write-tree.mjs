/**
 * Writes a tree of files into a folder: `write-tree.mjs FOLDER SEED COUNT`. COUNT files stay;
 * others are made and deleted in between. Runs as a program: whoever serves the folder's disk must
 * not wait for it. Prints how many files there are.
 */
import {
  appendFileSync,
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const [folder = '', seed = '1', wanted = '0'] = process.argv.slice(2);
const LARGE = 2 ** 20;

let state = Number(seed) >>> 0;
/** @param {number} limit */
function below(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** @type {string[]} */
const folders = [folder];
/** @type {string[]} in the order they came */
const files = [];
/** Pointed to by a link: they stay as they are. */
const kept = new Set();

/** @template T @param {readonly T[]} list */
const any = (list) => /** @type {T} */ (list[below(list.length)]);

function sizeOfNext() {
  const chance = below(1000);
  if (chance === 0) return LARGE + below(LARGE);
  if (chance < 20) return below(2 ** 16);
  return chance < 60 ? 0 : below(3000);
}

/** @param {number} number */
function writeFile(number) {
  const path = join(any(folders), `file ${number}`);
  const data = Buffer.alloc(sizeOfNext());
  for (let at = 0; at + 4 <= data.length; at += 4) data.writeUInt32LE(below(2 ** 32), at);
  const file = openSync(path, 'wx', below(8) === 0 ? 0o600 : 0o644);
  writeSync(file, data);
  if (below(200) === 0) fsyncSync(file);
  closeSync(file);
  files.push(path);
}

/** What happens between two files. */
const CHANGES = [
  () => {
    const path = any(files);
    if (kept.has(path)) return;
    unlinkSync(path);
    files.splice(files.indexOf(path), 1);
  },
  () => {
    const path = any(files);
    symlinkSync(basename(path), `${path}.link`);
    kept.add(path);
  },
  () => {
    const path = any(files);
    linkSync(path, `${path}.again`);
    kept.add(path);
  },
  () => {
    const path = any(files);
    if (kept.has(path)) return;
    const moved = join(any(folders), `moved ${basename(path)}`);
    renameSync(path, moved);
    files[files.indexOf(path)] = moved;
  },
  () => appendFileSync(any(files), 'one more line\n'.repeat(below(500))),
  () => truncateSync(any(files), below(100_000)),
  () => chmodSync(any(files), 0o640),
];

for (let number = 0; files.length < Number(wanted); number++) {
  if (number % 150 === 0) {
    const path = join(any(folders.slice(-20)), `folder ${number}`);
    mkdirSync(path);
    folders.push(path);
  }
  writeFile(number);
  if (number % 5 !== 0) continue;
  try {
    any(CHANGES)();
  } catch (error) {
    // The same file was linked twice.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
}
console.log(files.length);
