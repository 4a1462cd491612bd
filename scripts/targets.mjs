/**
 * What is built from what. One entry a target, each a Vite configuration; the order is the order in
 * which they are built.
 */
import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { root } from './setup.mjs';

const SHEBANG = '#!/usr/bin/env node';

/** Loaded at run time by whoever has them: Electron's own module, and optional parts of ws. */
const NEVER_BUNDLED = ['electron', /^node:/, 'bufferutil', 'utf-8-validate', 'playwright-core'];

/**
 * The page. Its content security policy allows no inline script and no inline style, so that
 * nothing may be inlined here: no preload polyfill, no data: assets.
 * @param {string} outDir
 * @returns {import('vite').InlineConfig}
 */
export function rendererTarget(outDir) {
  return {
    ...common(),
    root: join(root, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      outDir: join(outDir, 'renderer'),
      emptyOutDir: true,
      target: 'chrome120',
      sourcemap: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
    },
  };
}

/**
 * What is started: the command line's few lines that load the program, and Electron's main process.
 * Dependencies are bundled: `dist` needs no `node_modules`.
 * @param {string} outDir
 */
export function startersTarget(outDir) {
  return nodeTarget(outDir, {
    lvstudio: join(root, 'electron/launch/lvstudio.ts'),
    main: join(root, 'electron/main.ts'),
  });
}

/**
 * The command line with the browser host, as one script: V8 keeps what it compiled of scripts only.
 * @param {string} outDir
 */
export function programTarget(outDir) {
  return scriptTarget(outDir, { program: join(root, 'electron/launch/program.ts') });
}

/**
 * What a thread runs that serves clients of exports: one file, whoever starts it.
 * @param {string} outDir
 */
export function threadTarget(outDir) {
  return nodeTarget(outDir, { 'server-thread': join(root, 'core/host/server-thread.ts') });
}

/**
 * Electron's preload script: alone in its file and CommonJS, because a sandboxed preload can load
 * neither a module nor a second file.
 * @param {string} outDir
 */
export function preloadTarget(outDir) {
  return scriptTarget(outDir, { preload: join(root, 'electron/preload.ts') });
}

/**
 * One CommonJS file without others beside it.
 * @param {string} outDir
 * @param {Record<string, string>} entry as `nodeTarget` has them
 * @returns {import('vite').InlineConfig}
 */
function scriptTarget(outDir, entry) {
  const config = nodeTarget(outDir, entry);
  return {
    ...config,
    plugins: [asciiOnly],
    build: {
      ...config.build,
      rolldownOptions: {
        ...config.build?.rolldownOptions,
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  };
}

/**
 * Of a script that is ASCII each character is one byte in memory, too: a megabyte less to decode
 * and to walk through at every start. What is not stands in texts and comments.
 * @type {import('vite').Plugin}
 */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      chunk.code = chunk.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/**
 * ES modules for Node, added to a folder that may hold others already.
 * @param {string} outDir
 * @param {Record<string, string>} entries name of the output file without extension -> source file
 * @returns {import('vite').InlineConfig}
 */
export function nodeTarget(outDir, entries) {
  return {
    ...common(),
    root,
    ssr: { target: 'node', noExternal: true },
    build: {
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node20',
      ssr: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: entries,
        external: NEVER_BUNDLED,
        output: {
          format: 'esm',
          entryFileNames: '[name].mjs',
          // Beside the programs: `import.meta.dirname` is then always the folder of the build.
          chunkFileNames: 'chunk-[name]-[hash].mjs',
          banner: (chunk) => (chunk.isEntry && chunk.name === 'lvstudio' ? SHEBANG : ''),
        },
      },
    },
  };
}

/** @returns {import('vite').InlineConfig} */
function common() {
  return { configFile: false, envDir: false, logLevel: 'warn', clearScreen: false };
}
