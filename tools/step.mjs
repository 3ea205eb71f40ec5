// Runs the programs that set-up consists of, one at a time, and lets a signal end them before it ends us.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { root } from './node-version.mjs';

const graceMs = 1500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a program to its end, its output passed through; a signal to this process ends the program, then this process. */
export async function runStep(command, args, { onStderr, onStart } = {}) {
  const startedAt = new Date();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', onStderr ? 'ignore' : 'inherit', onStderr ? 'pipe' : 'inherit'] });
  if (onStderr) child.stderr.on('data', onStderr);
  if (child.pid !== undefined) onStart?.(child.pid);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: 127, reason: error.message }));
    child.once('close', (code, signal) => resolve({ exitCode: code ?? 1, reason: signal ?? `exit code ${code}` }));
  });
  let received;
  const receive = (signal) => {
    received = signal;
    // A terminal has sent it to the program as well; one that was sent to us alone is passed on. npm would first finish its work and then undo it:
    // what it leaves behind when it is cut off is cleared away by the next start.
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  };
  for (const signal of signals) process.on(signal, receive);
  const { exitCode, reason } = await ended;
  for (const signal of signals) process.off(signal, receive);
  if (received !== undefined) {
    process.stderr.write('orrery: stopped before everything was set up; the next start goes on from here\n');
    process.exit(128 + os.constants.signals[received]);
  }
  return { command: [path.basename(command), ...args].join(' '), startedAt, finishedAt: new Date(), exitCode, reason };
}
