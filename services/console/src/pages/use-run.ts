import { useEffect, useMemo, useRef, useState } from 'react';
import { readGraph, readRun } from '../api/calls.js';
import { useRequest, type Request } from '../api/use-request.js';
import type { RunDetail, Task } from '../api/wire-shapes.js';
import type { FeedState } from '../live/live-feed.js';
import { useLive } from '../live/use-live.js';
import { useThrottled } from '../live/use-throttled.js';

export interface LiveRun {
  readonly run: Request<RunDetail>;
  readonly tasks: Request<readonly Task[]>;
  readonly feed: FeedState;
  /** Grows when something in the run changed, so that what was read of it is worth reading again. */
  readonly revision: number;
}

const renewalIntervalMs = 1000;
const tasksPerRenewalMs = 2;

/** A run with its tasks, read again as it changes. */
export function useRun(runId: string): LiveRun {
  const [revision, setRevision] = useState(0);
  const run = useRequest(runId, (signal) => readRun(runId, signal));
  const tasks = useRequest(runId, async (signal) => (await readGraph(runId, signal)).tasks);
  // Reading a run of ten thousand tasks takes a while, so that is done more seldom.
  const intervalMs = Math.max(renewalIntervalMs, (tasks.value?.length ?? 0) / tasksPerRenewalMs);
  const renew = useThrottled(() => {
    setRevision((before) => before + 1);
  }, intervalMs);
  // A run that the server refuses or does not know has no changes to follow.
  const isRefused = run.value === undefined && (run.problem?.status ?? 0) >= 400;
  const feed = useLive(isRefused ? null : { runId }, { onChange: renew, onGap: renew });

  useOnRevision(revision, () => {
    run.reload();
    tasks.reload();
  });
  return useMemo(() => ({ run, tasks, feed, revision }), [run, tasks, feed, revision]);
}

/** Runs an action again whenever the run changed, but not the first time. */
export function useOnRevision(revision: number, act: () => void): void {
  const seen = useRef(revision);
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (seen.current === revision) return;
    seen.current = revision;
    latest.current();
  }, [revision]);
}
