import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface DatabaseProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
}

/** A process of its own that starts the database, and that the spec can kill at any moment. */
export function forkStarter(dataFolder: string): ChildProcess {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  return fork(file('start-and-wait.ts'), [dataFolder], {
    execArgv: ['--conditions=orrery-source', '--import', file('typescript-hooks.mjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** The same, when the database is up. */
export async function startInOtherProcess(dataFolder: string): Promise<DatabaseProcess> {
  const child = forkStarter(dataFolder);
  const started = await new Promise<{ pid: number; url: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { pid: number; url: string }));
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before the database was up`)));
  });
  return { child, ...started };
}
