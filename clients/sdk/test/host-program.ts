import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LOADER = fileURLToPath(new URL('./typescript-loader.mjs', import.meta.url));
const SDK = pathToFileURL(fileURLToPath(new URL('../src/index.ts', import.meta.url))).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HostProgram {
  readonly ended: Promise<Ended>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when the program has printed the text. */
  readonly printed: (text: string) => Promise<void>;
}

/** Runs a program that uses the SDK as a process of its own; `Orrery` and `url` are there for it. */
export async function startHostProgram(source: string, url: string): Promise<HostProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-host-'));
  const file = join(folder, 'host.mjs');
  await writeFile(file, `import { Orrery } from ${JSON.stringify(SDK)};\nconst url = ${JSON.stringify(url)};\n${source}\n`);
  const child = spawn(process.execPath, ['--conditions=orrery-source', '--import', LOADER, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
  void ended.then(() => rm(folder, { recursive: true, force: true }));
  const printed = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => stdout.includes(text) && resolve();
      child.stdout.on('data', look);
      look();
    });
  return { ended, kill: (signal) => child.kill(signal), printed };
}
