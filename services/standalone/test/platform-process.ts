import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The compiled platform as a process of its own, on an empty store. */
export interface PlatformProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly dataFolder: string;
  /** All that it printed so far. */
  output(): string;
  /** Ends it by a signal and tells the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  removeData(): void;
}

/** Starts the platform as `npm start` does; a given data folder is used again. */
export async function startPlatformProcess(environment: Readonly<Record<string, string>> = {}, dataFolder = mkdtempSync(path.join(os.tmpdir(), 'orrery-e2e-'))): Promise<PlatformProcess> {
  const child = fork(path.join(root, 'services', 'standalone', 'dist', 'main.js'), [], {
    cwd: root,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', ORRERY_PORT: '0', ORRERY_DATA_FOLDER: dataFolder, ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { url: string }).url));
    void exited.then((code) => reject(new TypeError(`the platform ended with code ${String(code)}:\n${output}`)));
  });
  return {
    url,
    child,
    dataFolder,
    output: () => output,
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
    removeData: () => rmSync(dataFolder, { recursive: true, force: true }),
  };
}

/** Asks again until the answer is what is waited for; the suite's time limit ends it otherwise. */
export async function until<Value>(ask: () => Promise<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (isWanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
