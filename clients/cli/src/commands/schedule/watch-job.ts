import { setTimeout as sleep } from 'node:timers/promises';
import { Progress } from '../../import/progress.js';
import type { JobProgress, JobStatus } from '../../schedule-shapes.js';
import type { Session } from '../../session.js';
import { oneLine } from '../../view/style.js';

const LOOK_MS = 500;

interface Job {
  readonly name: string;
  readonly status: JobStatus;
  readonly jobs_before: number;
  readonly progress: JobProgress | null;
}

/** Shows how far a job of the platform is until it ends, or until the command is told to stop; the job itself goes on. */
export async function watchJob<Answer extends Job>(path: string, asked: Answer, { client, terminal, isJson }: Session): Promise<Answer> {
  const progress = new Progress(terminal, isJson);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  let job = asked;
  try {
    while (isOpen(job) && !stop.signal.aborted) {
      progress.show(stateOf(job), job.progress?.share);
      await sleep(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) job = await client.get<Answer>(path);
    }
  } finally {
    progress.clear();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
  return job;
}

export function isOpen({ status }: { readonly status: JobStatus }): boolean {
  return status === 'queued' || status === 'running';
}

function stateOf({ name, status, jobs_before: before, progress }: Job): string {
  if (status === 'queued') return `${name}: waits${before === 0 ? ' its turn' : `, ${before} before it`}`;
  if (progress === null) return `${name}: begins`;
  const { best_percent: best, eta_seconds: eta } = progress;
  return [`${name}: ${progress.phase}`, oneLine(progress.words, 120), best === null ? '' : `best ${best.toFixed(1)} %`, eta === null ? '' : `${timeLeft(eta)} left`].filter((part) => part !== '').join(', ');
}

function timeLeft(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
