// Keeps a server process for a terminal: passes signals on, ends with it, and ends it when whoever started us is gone.
import { spawn } from 'node:child_process';
import os from 'node:os';
import { identityOf, isAlive, lineageOf } from './kafka/processes.mjs';
import { pinnedNode, root } from './set-up.mjs';

// npm passes a Ctrl-C on that the terminal has sent to everyone already.
const echoMs = 500;
const parentCheckMs = 1000;
/** npm runs a script through one of them, and some of them stay in between. */
const shells = new Set(['sh', 'bash', 'dash']);

/** Runs a script of ours as the server and ends this process with its exit code; `onReady` gets the message that it sends when it is ready. */
export function runServer(script, { onReady = () => undefined } = {}) {
  // A session of its own: a Ctrl-C reaches it once, through us, and a closed terminal does not cut it off in the middle.
  const server = spawn(pinnedNode(), ['--enable-source-maps', script], { cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let passedAtMs = -Infinity;
  const pass = (signal) => {
    if (performance.now() - passedAtMs < echoMs) return;
    passedAtMs = performance.now();
    server.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  if (process.env.npm_lifecycle_event !== undefined) endWithNpm(pass);
  server.once('message', (message) => {
    if (passedAtMs === -Infinity) onReady(message);
  });
  server.once('error', (error) => {
    process.stderr.write(`orrery: ${script} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  server.once('exit', (code, signal) => {
    if (signal !== null) process.stderr.write(`orrery: the server was ended by ${signal}\n`);
    process.exit(code ?? 128 + os.constants.signals[signal]);
  });
}

/** An npm that was killed cannot pass anything on, and without it nobody is left to press Ctrl-C. */
function endWithNpm(pass) {
  const parent = lineageOf(process.ppid);
  const npm = identityOf(shells.has(parent?.name) ? parent.parentPid : process.ppid);
  if (npm === undefined) return;
  setInterval(() => {
    if (!isAlive(npm)) pass('SIGTERM');
  }, parentCheckMs).unref();
}
