import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OrreryError } from '@orrery/errors';

const program = fileURLToPath(new URL('../../../clients/cli/bin/orrery.mjs', import.meta.url));

export interface Place {
  readonly url: string;
  /** Working folder of the commands. */
  readonly folder: string;
  readonly stateFolder: string;
}

export type Event = Readonly<Record<string, unknown>> & { readonly event: string };

/** The command line with `--json`, as a person's script would run it. */
export class Command {
  readonly events: Event[] = [];
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;
  private readonly waiters: (() => void)[] = [];
  private errors = '';
  private code: number | undefined;

  constructor(
    private readonly words: readonly string[],
    { url, folder, stateFolder }: Place,
  ) {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ORRERY_URL: url, ORRERY_STATE_FOLDER: stateFolder };
    this.child = spawn(process.execPath, [program, ...words, '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (this.child.stdout !== null) createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    // What a worker remarks says whether its figures can be trusted.
    if (words[0] === 'worker') this.child.stderr?.pipe(process.stderr, { end: false });
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => {
        this.code = code ?? 1;
        this.tell();
        resolve(this.code);
      }),
    );
  }

  /** Resolves with the first event of a kind. */
  async first(kind: string): Promise<Event> {
    for (;;) {
      const found = this.events.find(({ event }) => event === kind);
      if (found !== undefined) return found;
      if (this.code !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', `orrery ${this.words.join(' ')} ended with ${this.code} before it said ${kind}: ${this.errors.trim()}`);
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }

  private hear(line: string): void {
    this.events.push(JSON.parse(line) as Event);
    this.tell();
  }

  private tell(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}

/** How often the shell goes round an empty loop in a millisecond, when it has a core of its own: the best of some tries. */
export function shellLoopsPerMs(): number {
  const loops = 200_000;
  const tries = Array.from({ length: 5 }, () => {
    const startMs = performance.now();
    spawnSync('/bin/sh', ['-c', `i=0; while [ $i -lt ${loops} ]; do i=$((i+1)); done`]);
    return performance.now() - startMs;
  });
  return loops / Math.min(...tries);
}

