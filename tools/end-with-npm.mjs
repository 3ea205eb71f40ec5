import { identityOf, isAlive, lineageOf } from './kafka/processes.mjs';

const checkMs = 1000;
/** npm runs a script through one of them, and some of them stay in between. */
const shells = new Set(['sh', 'bash', 'dash']);

/**
 * Sends this process a SIGTERM when the npm that runs it is gone: npm passes on neither a kill -9 nor a SIGTERM, and without it nobody is left to
 * press Ctrl-C.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = lineageOf(process.ppid);
  const npm = identityOf(shells.has(parent?.name) ? parent.parentPid : process.ppid);
  if (npm === undefined) return;
  const timer = setInterval(() => {
    if (isAlive(npm)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, checkMs);
  timer.unref();
}
