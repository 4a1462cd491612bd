/** `lvstudio studio` and `lvstudio serve`. */
import { join, resolve } from 'node:path';
import { parseOptions } from '../../core/host/cli-arguments.ts';
import { DONE, complain, refuseUsage } from '../../core/host/cli-context.ts';
import type { CliCommand, CliContext, CliIo } from '../../core/host/cli-context.ts';
import { dataDirectory } from '../../core/host/data-directory.ts';
import { showAppWindow } from './browser.ts';
import { chooseShell, withoutWindow } from './choose-shell.ts';
import type { BrowserShell, Shell } from './choose-shell.ts';
import { electronFolder } from './electron-binary.ts';
import { runElectron } from './run-electron.ts';
import { announce, serveAddresses, withBrowserHost } from './serve.ts';

/** The window, in the best way this machine has. */
export function studioCommand(build: string): CliCommand {
  return async (args, context) => {
    const lab = labOf(args, context);
    if (!lab.ok) return refuseUsage(context.io, lab.error);
    const shell = await choose(context.io, build);
    if (shell.kind !== 'electron') return showPage(shell, lab.value, build, context);
    const ended = await showElectron(shell.binary, lab.value, build, context.io);
    if (typeof ended === 'number') return ended;
    const { variables } = context.io;
    const why = `Electron did not start: ${ended}`;
    const next = withoutWindow({ variables, platform: process.platform }, why);
    return showPage(next, lab.value, build, context);
  };
}

/** The address, and nothing else. */
export function serveCommand(build: string): CliCommand {
  return async (args, context) => {
    const lab = labOf(args, context);
    if (!lab.ok) return refuseUsage(context.io, lab.error);
    return withBrowserHost(lab.value, build, context, (host) => serveAddresses(host, context.io));
  };
}

type LabOption =
  | { readonly ok: true; readonly value: string | undefined }
  | { readonly ok: false; readonly error: string };

/** `--lab` may also stand behind these two: `npm start -- --lab DIR`. */
function labOf(args: readonly string[], context: CliContext): LabOption {
  const parsed = parseOptions(args, { lab: { type: 'string' } });
  if (!parsed.ok) return parsed;
  const [surplus] = parsed.value.positionals;
  if (surplus !== undefined) return { ok: false, error: `"${surplus}" is not understood here` };
  const lab = parsed.value.values.lab ?? context.lab;
  return { ok: true, value: lab === undefined ? undefined : resolve(lab) };
}

function choose(io: CliIo, build: string): Promise<Shell> {
  return chooseShell({
    variables: io.variables,
    platform: process.platform,
    electron: electronFolder(build),
    dataDirectory: dataDirectory(io.variables),
    interrupt: io.interrupt,
    now: Date.now(),
    progress: progressLine(io),
  });
}

/** One line that changes on a terminal; elsewhere only the first of them. */
function progressLine(io: CliIo): (line: string) => void {
  const terminal = (io.stderr as { isTTY?: boolean }).isTTY === true;
  let said = false;
  return (line) => {
    if (terminal) io.stderr.write(`\r\u001b[K${line === '' ? '' : `lvstudio: ${line}`}`);
    else if (!said) complain(io, line);
    said = true;
  };
}

function showElectron(
  binary: string,
  lab: string | undefined,
  build: string,
  io: CliIo,
): Promise<number | string> {
  announce(io, "the studio opens in Electron, whose program is in the package's folder");
  warnRoot(io);
  return runElectron({
    binary,
    program: join(build, 'main.mjs'),
    variables: io.variables,
    asRoot: isRoot(),
    interrupt: io.interrupt,
    ...(lab !== undefined && { lab }),
  });
}

function showPage(
  shell: BrowserShell,
  lab: string | undefined,
  build: string,
  context: CliContext,
): Promise<number> {
  const { io } = context;
  return withBrowserHost(lab, build, context, async (host) => {
    if (shell.kind === 'none') {
      announce(io, `no window is opened, because ${shell.why}`);
      return serveAddresses(host, io);
    }
    announce(io, `the studio opens in ${shell.program}, because ${shell.why}`);
    warnRoot(io);
    const end = await showAppWindow(shell.program, host.address(), io.interrupt, isRoot());
    if (end.failure === undefined) return DONE;
    complain(io, `${shell.program} did not start: ${end.failure}`);
    return serveAddresses(host, io);
  });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function warnRoot(io: CliIo): void {
  if (isRoot()) complain(io, "running as root: the window's own sandbox is off (--no-sandbox)");
}
