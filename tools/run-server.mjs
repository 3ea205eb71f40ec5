// Keeps a server process for a terminal: passes signals on, and ends with it.
import { spawn } from 'node:child_process';
import os from 'node:os';
import { pinnedNode, root } from './node-version.mjs';
import { serverEnvironment, serverFlags } from './server-process.mjs';

// npm passes a Ctrl-C on that the terminal has sent to everyone already.
const echoMs = 500;

/** Runs a script of ours as the server and ends this process with its exit code; `onReady` gets the message that it sends when it is ready, and what tells whether it has been told to end since. */
export function runServer(script, { onReady = () => undefined } = {}) {
  // A session of its own: a Ctrl-C reaches it once, through us, and a closed terminal does not cut it off in the middle. When we are killed, the end of
  // its channel to us tells it.
  const server = spawn(pinnedNode(), [...serverFlags, script], { cwd: root, env: serverEnvironment, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let passedAtMs;
  const pass = (signal) => {
    if (passedAtMs !== undefined && performance.now() - passedAtMs < echoMs) return;
    passedAtMs = performance.now();
    server.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  server.once('message', (message) => {
    if (passedAtMs === undefined) onReady(message, () => passedAtMs !== undefined);
  });
  server.once('error', (error) => {
    process.stderr.write(`orrery: ${script} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  server.once('exit', (code, signal) => {
    if (signal !== null && passedAtMs === undefined) process.stderr.write(`orrery: the server was ended by ${signal}; the next start puts its data in order\n`);
    process.exit(code ?? 128 + os.constants.signals[signal]);
  });
}
