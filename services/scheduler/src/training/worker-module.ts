import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread on a module of this service: on its JavaScript where it was built, else on the TypeScript beside it, so that specs and
 * benchmarks need no build.
 *
 * @param module the module's URL with the ending .js, as in an import.
 * @example startWorker(new URL('./episode-worker.js', import.meta.url), { workerData: { niceness: 10 } })
 */
export function startWorker(module: URL, options: WorkerOptions = {}): Worker {
  if (existsSync(fileURLToPath(module))) return new Worker(module, options);
  return new Worker(new URL(module.href.replace(/\.js$/, '.ts')), { ...options, execArgv: ['--conditions=orrery-source', '--import', typescriptHooks()] });
}

/** A module that registers the hooks: the file that has them does so on the main thread alone. */
function typescriptHooks(): string {
  const hooks = new URL('../../../../libs/persistence/test/typescript-hooks.mjs', import.meta.url).href;
  return `data:text/javascript,${encodeURIComponent(`import { register } from 'node:module'; register(${JSON.stringify(hooks)});`)}`;
}
