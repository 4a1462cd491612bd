/** A lab of a test's own: filled by commands, then looked at in a studio. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { problemsOf, rowOf } from './page.ts';
import { PROGRAM, startStudio, type Studio } from './studio.ts';

const env = { ...process.env, LVSTUDIO_LAB: '' };

export class OwnLab {
  /** Errors of the page, from the moment the lab is looked at. */
  problems: readonly string[] = [];
  private readonly parent: string;
  private studio: Studio | undefined;

  /** @param disks of 64 MiB */
  constructor(name: string, disks: number) {
    this.parent = mkdtempSync(join(tmpdir(), `lvstudio-${name}-`));
    this.program(['lab', 'new', this.folder, '--disks', `${disks}`, '--size', '64m']);
  }

  get folder(): string {
    return join(this.parent, 'lab');
  }

  /** What it prints on its standard output; throws where it fails. */
  program(words: readonly string[], input = ''): string {
    const options = { encoding: 'utf8', input, stdio: 'pipe', env } as const;
    return execFileSync(process.execPath, [PROGRAM, ...words], options);
  }

  /** A command line of LVM; no word of it has blanks. */
  line(text: string, input = ''): string {
    return this.program(this.wordsOf(text), input);
  }

  /** The same while the window is looked at. */
  async lineMeanwhile(text: string, input = ''): Promise<void> {
    const running = promisify(execFile)(process.execPath, [PROGRAM, ...this.wordsOf(text)], {
      env,
    });
    running.child.stdin?.end(input);
    await running;
  }

  private wordsOf(text: string): readonly string[] {
    return ['--lab', this.folder, ...text.split(' ')];
  }

  /** A studio, as soon as it shows a group. */
  async look(group: string): Promise<Page> {
    this.studio = await startStudio({ lab: this.folder });
    const page = await this.studio.page();
    this.problems = problemsOf(page);
    await rowOf(page, group).waitFor();
    return page;
  }

  async end(): Promise<void> {
    await this.studio?.stop();
    rmSync(this.parent, { recursive: true, force: true });
  }
}
