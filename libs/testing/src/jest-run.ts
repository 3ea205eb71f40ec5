import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import { identityOf } from '@orrery/persistence';

/** What the worker processes of one jest run have in common. */
export interface JestRun {
  readonly pid: number;
  /** One folder for all workers of the run, open to every account's passing through. */
  readonly folder: string;
}

/** The run this process belongs to: jest's workers are children with a channel to it, a run in band is the process itself. */
export function presentRun(): JestRun {
  const pid = process.connected ? process.ppid : process.pid;
  const startedAtTicks = identityOf(pid)?.startedAtTicks ?? '0';
  const folder = path.join(tmpdir(), `orrery-specs-${process.getuid?.() ?? 0}-${pid}-${startedAtTicks}`);
  mkdirSync(folder, { recursive: true });
  if (statSync(folder).uid !== process.getuid?.()) throw new OrreryError('ORRERY_CONFIG', `${folder} belongs to someone else`);
  chmodSync(folder, 0o755);
  return { pid, folder };
}

/**
 * Starts a small process that waits for the end of the run, however it ends, and then stops the server below the run's folder and
 * removes the folder. It is no child that jest would wait for, and starts before the server does: no orphan is left at any moment.
 */
export function cleanUpAfter(run: JestRun): void {
  const script = `
    while kill -0 "$1" 2>/dev/null; do sleep 0.3; done
    data=$(cat "$2/database/location" 2>/dev/null || echo "$2/database")
    kill -QUIT "$(head -n 1 "$data/cluster/postmaster.pid")" 2>/dev/null
    sleep 0.5
    rm -rf "$data" "$2" || { sleep 5; rm -rf "$data" "$2"; }`;
  spawn('/bin/sh', ['-c', script, 'orrery-specs', String(run.pid), run.folder], { detached: true, stdio: 'ignore', cwd: '/' }).unref();
}
