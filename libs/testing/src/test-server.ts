import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';
import { startEmbeddedPostgres } from '@orrery/persistence';
import { cleanUpAfter, presentRun, type JestRun } from './jest-run.js';

const startTimeoutMs = 45_000;

/** The URL of the run's one server; the first worker that asks starts it. */
export async function testServer(): Promise<string> {
  const run = presentRun();
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    const url = readUrl(run);
    if (url !== undefined) return url;
    if (claimStart(run)) return await start(run);
    await sleep(50);
  }
  throw new OrreryError('ORRERY_TIMEOUT', `another jest worker did not start the database within ${startTimeoutMs} ms (see ${run.folder})`);
}

function readUrl(run: JestRun): string | undefined {
  const file = path.join(run.folder, 'url');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function claimStart(run: JestRun): boolean {
  try {
    closeSync(openSync(path.join(run.folder, 'starting'), 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function start(run: JestRun): Promise<string> {
  try {
    cleanUpAfter(run);
    const dataFolder = path.join(run.folder, 'database');
    const { url } = await startEmbeddedPostgres({ dataFolder, durable: false, background: true, sharedBuffersMb: 64 });
    const draft = path.join(run.folder, 'url.draft');
    writeFileSync(draft, url, { mode: 0o600 });
    renameSync(draft, path.join(run.folder, 'url'));
    return url;
  } catch (error) {
    // The next spec file may try again.
    rmSync(path.join(run.folder, 'starting'), { force: true });
    throw error;
  }
}
