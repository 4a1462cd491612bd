/**
 * `npm run build`: the page, the programs and the preload script, into `dist`. Built beside it and
 * then renamed, so that a running studio or a second build never meets half of one.
 */
import { chmodSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'vite';
import { buildHash, giveUp, root, say, stampBuild } from './setup.mjs';
import { compileAhead } from './compile-ahead.mjs';
import {
  preloadTarget,
  programTarget,
  rendererTarget,
  startersTarget,
  threadTarget,
} from './targets.mjs';

const ENTRIES = [
  'renderer/index.html',
  'electron/launch/lvstudio.ts',
  'electron/launch/program.ts',
  'electron/main.ts',
  'core/host/server-thread.ts',
  'electron/preload.ts',
];

const began = performance.now();
const missing = ENTRIES.filter((entry) => !existsSync(join(root, entry)));
if (missing.length > 0) giveUp(`cannot build: ${missing.join(', ')} missing.`);

const hash = buildHash();
const dist = join(root, 'dist');
// A sibling of `dist`, so that the relative paths in the source maps stay right.
const fresh = join(root, `.build-${process.pid}`);
try {
  const targets = [rendererTarget, startersTarget, threadTarget, programTarget, preloadTarget];
  for (const target of targets) await build(target(fresh));
  checkPage(readFileSync(join(fresh, 'renderer', 'index.html'), 'utf8'));
  checkProgram(join(fresh, 'lvstudio.mjs'));
  compileAhead(join(fresh, 'lvstudio.mjs'));
  stampBuild(fresh, hash);
  replaceFolder(dist, fresh);
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  giveUp(error instanceof Error ? error.message : String(error));
}
say(`built ${relative(root, dist)} in ${((performance.now() - began) / 1000).toFixed(1)} s`);

/**
 * Refuses what the page's content security policy would silently block.
 * @param {string} html
 */
function checkPage(html) {
  const inline = /<style\b|<script\b(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=/i.exec(html);
  if (inline === null) return;
  throw new Error(`renderer/index.html: "${inline[0].trim()}" is inline; move it into a file.`);
}

/** @param {string} path */
function checkProgram(path) {
  const [first = '', second = ''] = readFileSync(path, 'utf8').split('\n', 2);
  if (!first.startsWith('#!') || second.startsWith('#!')) {
    throw new Error('lvstudio.mjs must begin with exactly one #! line; the build adds it.');
  }
  chmodSync(path, 0o755);
}

/**
 * @param {string} target
 * @param {string} replacement
 */
function replaceFolder(target, replacement) {
  const old = `${replacement}-old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(replacement, target);
  rmSync(old, { recursive: true, force: true });
}
