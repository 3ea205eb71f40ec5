import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SpoolLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

const DEFAULT_LIMITS: SpoolLimits = { maxBytes: 64 * 1024 * 1024, maxFiles: 1_000 };
const SUFFIX = '.jsonl';

/**
 * Events that could not be delivered, kept in files of one CloudEvent a line: a folder for each server, a file for each call
 * that left some. Files are complete when they appear. When the bound is reached, the oldest go.
 */
export class Spool {
  readonly folder: string;
  private kept = 0;

  constructor(
    stateFolder: string,
    url: URL,
    private readonly limits: SpoolLimits = DEFAULT_LIMITS,
  ) {
    this.folder = join(stateFolder, 'spool', createHash('sha256').update(url.href).digest('hex').slice(0, 16));
  }

  /** Keeps events for later; returns how many files of earlier calls had to go for them. */
  async keep(events: readonly string[]): Promise<number> {
    if (events.length === 0) return 0;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    // What is kept within one millisecond keeps its order too.
    const name = `${String(Date.now()).padStart(15, '0')}-${String(this.kept++).padStart(6, '0')}-${randomUUID()}`;
    // The output of commands may hold what others must not read.
    await writeFile(join(this.folder, `${name}.tmp`), `${events.join('\n')}\n`, { mode: 0o600 });
    await rename(join(this.folder, `${name}.tmp`), join(this.folder, `${name}${SUFFIX}`));
    return this.prune();
  }

  /** Names of the files that wait, oldest first. */
  async files(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.filter((name) => name.endsWith(SUFFIX)).sort();
  }

  async read(name: string): Promise<string[]> {
    const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  /** Puts aside what the server refuses, so that it does not stand in the way of the rest. */
  async putAside(name: string): Promise<string> {
    const aside = join(this.folder, `${name}.refused`);
    await rename(join(this.folder, name), aside).catch(() => undefined);
    return aside;
  }

  private async prune(): Promise<number> {
    const names = await this.files();
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(this.folder, name)).catch(() => undefined))?.size ?? 0));
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    let removed = 0;
    while (names.length - removed > 1 && (names.length - removed > this.limits.maxFiles || bytes > this.limits.maxBytes)) {
      await this.remove(names[removed] ?? '');
      bytes -= sizes[removed] ?? 0;
      removed += 1;
    }
    return removed;
  }
}
