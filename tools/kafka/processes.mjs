import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const POLL_MS = 50;

/** Runs a program to its end; resolves to `{ stdout, stderr }` and rejects as `child_process.execFile` does. */
export const run = promisify(execFile);

/**
 * Returns what tells one process from every other, also after its pid was given to a new one or the machine was
 * started anew; `undefined` when there is no such process, or only its remains (a zombie).
 */
export function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the second field, the name, may hold spaces and brackets; the state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, startTicks: fields[19], bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
  } catch {
    return undefined;
  }
}

/** Says whether the very process that `identityOf` saw still runs. */
export function isAlive(identity) {
  const now = identity && identityOf(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** Resolves to whether the process was gone within `timeoutMs`. */
async function waitUntilGone(identity, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Returns the pid of the parent and the name of the program; `undefined` when there is no such process. */
export function lineageOf(pid) {
  try {
    const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return { name, parentPid: Number(rest.split(' ')[1]) };
  } catch {
    return undefined;
  }
}

/** Asks a process to stop and kills it when it has not after `graceMs`; resolves when it is gone. */
export async function stopProcess(identity, graceMs) {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    if (!isAlive(identity)) return;
    sendSignal(identity.pid, signal);
    if (await waitUntilGone(identity, graceMs)) return;
  }
}

/** Sends a signal; a process that is gone already is as good as stopped. */
export function sendSignal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

// The pipe to this process closes when it ends in any way, kill -9 included; `read` then fails and the shell stops the child.
const GUARD_SCRIPT = `read -r word && exit 0
kill -TERM "$1" 2>/dev/null || exit 0
for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$1" 2>/dev/null || exit 0; done
kill -KILL "$1" 2>/dev/null`;

/** Sees to it that `child` does not outlive this process; returns a function that lifts the guard. */
export function guard(child) {
  const shell = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'sh', String(child.pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  shell.stdin.unref?.();
  return () => shell.stdin.end('done\n');
}
