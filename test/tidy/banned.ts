/** Calls and words that have no place here, each with what to use instead. */
import ts from 'typescript';
import { isScript, lineOf, parse, walk } from './sources.ts';
import type { Check, Finding, Sources } from './sources.ts';

interface Ban {
  readonly matches: (node: ts.Node) => boolean;
  /** Where it is banned; the rest is free. */
  readonly where: (path: string) => boolean;
  readonly message: string;
}

const everywhere = (): boolean => true;
const inFolder = (folder: string) => (path: string) => path.startsWith(folder);

/** Where real time is somebody's business. */
const REAL_TIME = /^(core\/host|electron|scripts|test\/bench)\//;
const FRAME_LOOP = 'renderer/viz/frame-loop.ts';

const CLOCK = 'take the time from Scheduler.now, which a seed and a replay can fix';
const BANS: readonly Ban[] = [
  {
    matches: member('Math', 'random'),
    where: everywhere,
    message: 'Math.random cannot be replayed; take a Random (core/env/prng.ts) as an argument',
  },
  {
    matches: member('Date', 'now'),
    where: (path) => !REAL_TIME.test(path),
    message: `Date.now: ${CLOCK}`,
  },
  {
    matches: (node) =>
      ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length,
    where: (path) => !REAL_TIME.test(path),
    message: `new Date(): ${CLOCK}`,
  },
  {
    matches: (node) =>
      ts.isPropertyAccessExpression(node) &&
      /^(localeCompare|toLocale(Lower|Upper|Date|Time)?(Case|String))$/.test(node.name.text),
    where: inFolder('core/'),
    message: 'the answer depends on the machine; compare and format by code unit',
  },
  {
    matches: calls('requestAnimationFrame'),
    where: (path) => inFolder('renderer/')(path) && path !== FRAME_LOOP,
    message: `there is one frame loop: ask ${FRAME_LOOP} for a frame`,
  },
  {
    matches: (node) =>
      (ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) &&
      node.name.getText() === 'dangerouslySetInnerHTML',
    where: everywhere,
    message: 'dangerouslySetInnerHTML lets data become code; build elements instead',
  },
  {
    matches: (node) =>
      ts.isPropertyAccessExpression(node) &&
      /^(innerHTML|outerHTML|insertAdjacentHTML)$/.test(node.name.text),
    where: inFolder('renderer/'),
    message: 'text as markup lets data become code; build elements instead',
  },
  {
    matches: (node) =>
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'recursive' &&
      ts.isCallExpression(node.parent.parent) &&
      /\bmkdir(Sync)?$/.test(node.parent.parent.expression.getText()),
    where: (path) => /^(core|electron)\//.test(path),
    message: 'a recursive mkdir never ends in /proc; use makeFolders (core/host/make-folders.ts)',
  },
  {
    matches: (node) =>
      ts.isPropertyAccessExpression(node) &&
      node.name.text === 'only' &&
      /^(describe|suite|test|it)\b/.test(node.expression.getText()),
    where: inFolder('test/'),
    message: '".only" leaves out every other test; name the test on the command line instead',
  },
];

/** Banned calls, read from the compiler's tree, so that a comment may speak of them. */
export const bannedCalls: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const [path, text] of sources) {
    const bans = BANS.filter(({ where }) => isScript(path) && where(path));
    if (bans.length === 0) continue;
    const tree = parse(path, text);
    walk(tree, (node) => {
      for (const { matches, message } of bans) {
        if (matches(node)) findings.push({ path, line: lineOf(tree, node.getStart()), message });
      }
    });
  }
  return findings;
};

// In pieces, so that this file does not find itself.
const MARKER = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`,
);
const MACHINE_PATH = /(?:^|[\s'"`(=[])\/(?:work|tmp|root)\//;

/** Words in the text itself, comments and strings included. */
export const bannedText: Check = (sources: Sources) => {
  const findings: Finding[] = [];
  for (const [path, text] of sources) {
    for (const [index, content] of text.split('\n').entries()) {
      const marker = MARKER.exec(content)?.[1];
      const line = index + 1;
      if (marker !== undefined) {
        const message = `${marker} is not a plan; do it, or write down why it is not needed`;
        findings.push({ path, line, message });
      }
      if (!path.startsWith('test/') && MACHINE_PATH.test(content)) {
        const message = 'a path of one machine; take it as an argument or from the environment';
        findings.push({ path, line, message });
      }
    }
  }
  return findings;
};

function isNamed(node: ts.Node, name: string): boolean {
  if (ts.isIdentifier(node)) return node.text === name;
  // globalThis.Date is Date.
  return ts.isPropertyAccessExpression(node) && /^(globalThis|window|self)\./.test(node.getText())
    ? node.name.text === name
    : false;
}

function member(object: string, property: string): (node: ts.Node) => boolean {
  return (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      return node.name.text === property && isNamed(node.expression, object);
    }
    if (ts.isElementAccessExpression(node)) {
      const key = node.argumentExpression;
      return (
        isNamed(node.expression, object) && ts.isStringLiteralLike(key) && key.text === property
      );
    }
    // const { random } = Math
    if (!ts.isBindingElement(node)) return false;
    const declared = node.parent.parent;
    const name = (node.propertyName ?? node.name).getText();
    const from = ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
    return name === property && from !== undefined && isNamed(from, object);
  };
}

function calls(name: string): (node: ts.Node) => boolean {
  return (node) => ts.isCallExpression(node) && isNamed(node.expression, name);
}
