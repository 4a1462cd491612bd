/** Who may import whom. Everything not listed is refused. */
import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import type { Check, Finding, Sources } from './sources.ts';

interface Rule {
  readonly from: RegExp;
  /** Own files by path, packages by name. */
  readonly may: readonly RegExp[];
  /** What may be imported in addition with `import type`. */
  readonly typesOnly?: readonly RegExp[];
  /** The sentence for what is refused. */
  readonly instead: string;
}

/** Floors of core below device-mapper and metadata. */
const GROUND = /^core\/(base|contract)\//;
/** Core without what LVM did before device-mapper, which no program runs by accident. */
const PRESENT = /^core\/(?!historic\/)/;
const NODE = /^node:/;
const WIDGETS =
  /^(react|react-dom|d3|d3-[a-z]+|zustand|react-aria-components|react-resizable-panels)(\/|$)/;
const BUILD_TOOLS = /^(vite|@vitejs\/plugin-react|typescript|typescript-eslint|eslint\/config)$/;

/** The first rule whose `from` matches a file is the one that holds. */
export const RULES: readonly Rule[] = [
  {
    from: /^core\/base\//,
    may: [/^core\/base\//],
    instead: 'base stands alone; move what needs more to the floor that needs it',
  },
  {
    from: /^core\/contract\//,
    may: [],
    typesOnly: [GROUND],
    instead: 'the contract is types over types of core/base: use "import type"',
  },
  {
    from: /^core\/(env|block)\//,
    may: [GROUND, /^core\/(env|block)\//],
    instead: 'env and block know base, contract and each other',
  },
  {
    from: /^core\/dm\//,
    may: [GROUND, /^core\/(env|block|dm)\//],
    instead: 'device-mapper knows no volume group; pass in what it needs',
  },
  {
    from: /^core\/historic\//,
    may: [GROUND, /^core\/(env|block|historic)\//],
    instead: 'what was before device-mapper knows block devices alone',
  },
  {
    from: /^core\/scenario\//,
    may: [GROUND, /^core\/(env|block|dm|historic|scenario)\//],
    instead: 'a scenario alone may choose what is historic; the studio has it through its door',
  },
  {
    from: /^core\/lvm\/format\//,
    may: [GROUND, /^core\/lvm\/format\//],
    instead: 'the on-disk format knows no device; take bytes or text and return them',
  },
  {
    from: /^core\/lvm\/alloc\//,
    may: [GROUND, /^core\/lvm\/alloc\//],
    typesOnly: [/^core\/lvm\/format\//],
    instead: 'allocation is pure functions over types of lvm/format',
  },
  {
    from: /^core\/lvm\/moves\//,
    may: [GROUND, /^core\/lvm\/(format|alloc|moves)\//],
    instead: 'plans of moves are pure functions over the format; operations are above them',
  },
  {
    from: /^core\/lvm\/[^/]+$/,
    may: [GROUND, /^core\/block\//, /^core\/lvm\/(format\/|[^/]+$)/],
    instead: 'reading and writing metadata knows block devices and the format, no more',
  },
  {
    from: /^core\/lvm\/activate\//,
    may: [GROUND, /^core\/(env|block|dm)\//, /^core\/lvm\/(format\/|alloc\/|activate\/|[^/]+$)/],
    instead: 'activation joins lvm and dm; operations and the engine are above it',
  },
  {
    from: /^core\/lvm\/ops\//,
    may: [GROUND, /^core\/(env|block|dm)\//, /^core\/lvm\//],
    instead: 'an operation turns a request and metadata into a plan; the engine is above it',
  },
  {
    from: /^core\/(engine|report|nbd)\//,
    may: [/^core\/(?!host\/|cli\/|historic\/)/],
    instead: 'what reaches outside comes in as an argument; the command line is above this',
  },
  {
    from: /^core\/cli\//,
    may: [/^core\/(?!host\/|historic\/)/],
    instead: 'files, sockets and the terminal come in as arguments from core/host',
  },
  {
    from: /^core\/host\//,
    may: [PRESENT, NODE, /^zod$/],
    instead: 'core/host knows core and Node; windows and web sockets belong to electron',
  },
  {
    from: /^electron\/(launch|browser-host)\//,
    may: [PRESENT, /^electron\//, NODE, /^(zod|ws)$/],
    typesOnly: [/^electron$/],
    instead: 'this runs in plain Node, where loading "electron" would download it',
  },
  {
    from: /^electron\//,
    may: [PRESENT, /^electron\//, /^electron$/, NODE, /^zod$/],
    instead: 'the shell knows core, Electron and Node; web sockets belong to electron/browser-host',
  },
  {
    from: /^renderer\//,
    may: [/^renderer\//, WIDGETS, /^@tanstack\/react-(table|virtual)$/],
    typesOnly: [/^core\/contract\//, /^\/\/\/ vite\/client$/],
    instead:
      'the page talks to the engine through EngineApi; of core it has types of contract only',
  },
  {
    from: /^test\//,
    may: [/^(core|electron|renderer|test|scripts)\//, /^[a-z@]/],
    instead: 'a test may import anything, by a name that is written out',
  },
  {
    from: /^scripts\/(build|compiler-rule|targets|typecheck)\.mjs$/,
    may: [/^scripts\//, NODE, BUILD_TOOLS],
    instead: 'a build script knows Node and the build tools',
  },
  {
    from: /^scripts\/run-program\.mjs$/,
    may: [/^scripts\//, NODE, /^vite$/, /^<computed>$/],
    instead: 'it runs before anything is installed; import what is installed when it is needed',
  },
  {
    from: /^scripts\/start\.mjs$/,
    may: [/^scripts\//, NODE, /^<computed>$/],
    instead: 'it runs before anything is installed and may use Node alone',
  },
  {
    from: /^scripts\//,
    may: [/^scripts\//, NODE],
    instead: 'it runs before anything is installed and may use Node alone',
  },
  {
    from: /^[^/]+\.(ts|js)$/,
    may: [NODE, BUILD_TOOLS, /^vitest\/(config|node)$/, /^scripts\/compiler-rule\.mjs$/],
    instead: 'a configuration file knows its own tool',
  },
];

/** Files that import what their floor may not. */
export const layers: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const [path, text] of sources) {
    const rule = RULES.find(({ from }) => from.test(path));
    if (rule === undefined) {
      const message = 'no rule says what this may import; add one to RULES in test/tidy/layers.ts';
      findings.push({ path, line: 1, message });
      continue;
    }
    for (const found of importsOf(path, text)) {
      const message = judge(rule, found);
      if (message !== undefined) findings.push({ path, line: found.line, message });
    }
  }
  return findings;
};

function judge(rule: Rule, found: Import): string | undefined {
  const { target, own, typesOnly } = found;
  if (own && !/\.[a-z0-9]+$/.test(target)) {
    return `imports ${target} without its extension; write ${target}.ts`;
  }
  if (rule.may.some((pattern) => pattern.test(target))) return undefined;
  const asType = rule.typesOnly?.some((pattern) => pattern.test(target)) ?? false;
  if (asType && typesOnly) return undefined;
  if (asType) return `imports ${target} as a value; use "import type": ${rule.instead}`;
  return `may not import ${target}: ${rule.instead}`;
}
