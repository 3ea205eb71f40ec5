// Runs the programs that set-up consists of, one at a time, and lets a signal end them before it ends us.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { root } from './node-version.mjs';

const graceMs = 1500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end; a signal to this process ends the program, then this process. Output is passed through, unless `onErrorLine` wants the
 * lines of standard error: then standard output is dropped, and the program is ended as soon as `onErrorLine` returns why it cannot succeed any more.
 */
export async function runStep(command, args, { onErrorLine, onStart } = {}) {
  const startedAt = new Date();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', onErrorLine ? 'ignore' : 'inherit', onErrorLine ? 'pipe' : 'inherit'] });
  if (child.pid !== undefined) onStart?.(child.pid);
  let hopeless;
  if (onErrorLine) {
    readline.createInterface({ input: child.stderr }).on('line', (line) => {
      hopeless ??= onErrorLine(line);
      if (hopeless !== undefined) child.kill('SIGKILL');
    });
  }
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: 127, reason: error.message }));
    child.once('close', (code, signal) => resolve({ exitCode: code ?? 1, reason: signal ?? `exit code ${code}` }));
  });
  const received = stopOnSignal(child);
  const { exitCode, reason } = await ended;
  const signal = received();
  if (signal !== undefined) {
    process.stderr.write('orrery: stopped before everything was set up; the next start goes on from here\n');
    process.exit(128 + os.constants.signals[signal]);
  }
  return { command: [path.basename(command), ...args].join(' '), startedAt, finishedAt: new Date(), exitCode, reason: hopeless ?? reason };
}

/** Ends the program when we get a signal; the returned function stops that and says which one it was. */
function stopOnSignal(child) {
  let received;
  const receive = (signal) => {
    received = signal;
    // npm would first finish its work and then undo it: what it leaves behind when it is cut off is cleared away by the next start.
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  };
  for (const signal of signals) process.on(signal, receive);
  return () => {
    for (const signal of signals) process.off(signal, receive);
    return received;
  };
}
