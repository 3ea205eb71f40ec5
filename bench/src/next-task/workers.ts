import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Hands jobs out to so many threads running a module (its URL with the ending .js); answers in the order of the jobs. */
export async function inWorkers<Job, Result>(module: URL, jobs: readonly Job[], threads: number, onResult: (result: Result) => void): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = [...jobs.entries()];
  const run = async (): Promise<void> => {
    const worker = started(module);
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [index, job] = next;
        const result = await answer<Result>(worker, job);
        results[index] = result;
        onResult(result);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, run));
  return results;
}

function answer<Result>(worker: Worker, job: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      how();
    };
    const onMessage = (result: Result) => settle(() => resolve(result));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = (code: number) => settle(() => reject(new Error(`worker ended with ${code} before it answered`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
}

// Where nothing was built, the TypeScript runs: its hooks register themselves on the main thread alone, so a thread has to do it.
function started(module: URL): Worker {
  if (existsSync(fileURLToPath(module))) return new Worker(module);
  const hooks = new URL('../../../libs/persistence/test/typescript-hooks.mjs', import.meta.url).href;
  const registering = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
  return new Worker(new URL(module.href.replace(/\.js$/, '.ts')), { execArgv: ['--conditions=orrery-source', '--import', `data:text/javascript,${encodeURIComponent(registering)}`] });
}
