/** The page in happy-dom, with the store and an engine of the test. */
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { start, useStudio } from '../../../renderer/state/store.ts';
import type { FakeBridge } from './bridge.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

// Lists make only the rows that there is room for, and this page has no layout.
for (const [name, pixels] of [
  ['clientWidth', 400],
  ['clientHeight', 2000],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { get: () => pixels, configurable: true });
}

const fresh = useStudio.getState();
let root: Root | undefined;

/** Lets everything that was promised arrive. */
export async function settle(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    await new Promise((done) => setTimeout(done, 0));
  });
}

export async function show(element: ReactElement, bridge: FakeBridge): Promise<void> {
  Object.defineProperty(window, 'lvstudio', { value: bridge, configurable: true });
  useStudio.setState(fresh, true);
  start();
  const box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  act(() => root?.render(element));
  await settle();
}

export function clear(): void {
  act(() => root?.unmount());
  document.body.replaceChildren();
}

/** All that has the role and, if given, exactly this text or label. */
export function byRole(role: string, name?: string): readonly HTMLElement[] {
  const selector = role === 'button' ? 'button, [role="button"]' : `[role="${role}"]`;
  return [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => {
    const label = element.getAttribute('aria-label') ?? element.textContent.trim();
    return name === undefined || label === name;
  });
}

export function one(role: string, name?: string): HTMLElement {
  const found = byRole(role, name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} times ${role} ${name}`);
  return found[0];
}

export const field = (label: string): HTMLInputElement => {
  const labels = [...document.querySelectorAll('label')];
  const found = labels.find((each) => each.textContent.trim() === label);
  const input = found && document.getElementById(found.htmlFor);
  if (!(input instanceof HTMLInputElement)) throw new Error(`no field ${label}`);
  return input;
};

/** As if typed over what was there. */
export async function type(input: HTMLInputElement, text: string): Promise<void> {
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  act(() => {
    set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await settle();
}

export async function click(element: HTMLElement): Promise<void> {
  act(() => {
    element.click();
  });
  await settle();
}

export async function submit(): Promise<void> {
  act(() => {
    const event = new Event('submit', { bubbles: true, cancelable: true });
    document.querySelector('form')?.dispatchEvent(event);
  });
  await settle();
}
