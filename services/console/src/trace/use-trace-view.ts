import { useCallback, useEffect, useMemo, useState } from 'react';
import type { RunDetail, Task } from '../api/wire-shapes.js';
import { isUnderWay } from '../parts/standing.js';
import { useNow } from '../parts/use-now.js';
import { changeQuery } from '../routing/use-route.js';
import { eventsIn, outsideKey, taskKey, type Branches } from './branch.js';
import { criticalTasks } from './critical-path.js';
import { matchingTasks, type TaskFilter } from './task-filter.js';
import { taskForest, walk, type TaskNode } from './task-forest.js';
import { spanOf, type TimeSpan } from './time-axis.js';
import type { RowActions } from './trace-row.js';
import { canOpenTask, traceRows, type TraceRow } from './trace-rows.js';
import { useBranches } from './use-branches.js';

export interface TraceView {
  readonly forest: readonly TaskNode[];
  readonly rows: readonly TraceRow[];
  readonly whole: TimeSpan;
  /** Where bars end of what has not ended, as epoch milliseconds. */
  readonly nowMs: number;
  readonly critical: ReadonlySet<string>;
  readonly visibleTasks: ReadonlySet<string> | null;
  readonly actions: RowActions;
  readonly setAllOpen: (isOpen: boolean) => void;
}

export interface TraceInput {
  readonly run: RunDetail;
  readonly tasks: readonly Task[];
  readonly revision: number;
  readonly filter: TaskFilter;
  readonly selectedKey: string | null;
  /** The task in which what is selected lies. */
  readonly selectedIn: string | null;
}

// So few tasks are opened at once: what happened inside them is then the point of the trace.
const fewTasks = 3;
const mostOpenedAtOnce = 200;

/** Everything that the waterfall shows, from the run and from what the reader has opened. */
export function useTraceView({ run, tasks, revision, filter, selectedKey, selectedIn }: TraceInput): TraceView {
  const { branches, actions: branchActions } = useBranches(run.run_id, tasks.length > 0, revision);
  const forest = useMemo(() => taskForest(tasks), [tasks]);
  const critical = useMemo(() => (tasks.length > 1 ? criticalTasks(forest) : new Set<string>()), [forest, tasks.length]);
  const visibleTasks = useMemo(() => matchingTasks(forest, filter), [forest, filter]);
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  useOpenSelected(tasks, selectedIn ?? selectedKey, setToggled);
  const hasOutside = useMemo(() => hasOutsideEvents(run, tasks), [run, tasks]);
  const { ensure } = branchActions;
  useEffect(() => {
    if (tasks.length === 0) ensure(outsideKey);
  }, [tasks.length, ensure]);

  const rows = useMemo(() => {
    const isFew = tasks.length <= fewTasks;
    return traceRows({ forest, branches, visibleTasks, hasOutside, isOpen: (key, isOpenAtFirst) => toggled.get(key) ?? (isOpenAtFirst || (isFew && key.startsWith('task:'))) });
  }, [forest, branches, visibleTasks, hasOutside, toggled, tasks.length]);
  const nowMs = useNow(isUnderWay(run));
  const whole = useWholeSpan({ run, tasks, branches, nowMs });
  const actions = useMemo<RowActions>(
    () => ({
      ...branchActions,
      toggle: (key, isOpen) => {
        setToggled((before) => new Map(before).set(key, isOpen));
        if (isOpen && key.startsWith('event:')) branchActions.ensure(key);
      },
      select: (key) => {
        changeQuery({ at: key, in: null });
      },
    }),
    [branchActions],
  );
  const setAllOpen = useSetAllOpen(forest, setToggled);
  // What never said that it ended, ends with its run.
  const openEndMs = isUnderWay(run) ? nowMs : whole.toMs;
  return { forest, rows, whole, nowMs: openEndMs, critical, visibleTasks, actions, setAllOpen };
}

type SetToggled = (change: (before: ReadonlyMap<string, boolean>) => ReadonlyMap<string, boolean>) => void;

/** Opens what a selected task lies in, so that its row is there; also the task itself when an event within is meant. */
function useOpenSelected(tasks: readonly Task[], selected: string | null, setToggled: SetToggled): void {
  useEffect(() => {
    if (selected === null || selected.startsWith('event:')) return;
    const byId = new Map(tasks.map((task) => [task.task_id, task]));
    const isMeantInside = !selected.startsWith('task:');
    const opened = new Map<string, boolean>();
    let id: string | null = isMeantInside ? selected : (byId.get(selected.slice('task:'.length))?.parent_task_id ?? null);
    while (id !== null && byId.has(id) && !opened.has(taskKey(id))) {
      opened.set(taskKey(id), true);
      id = byId.get(id)?.parent_task_id ?? null;
    }
    if (opened.size > 0) setToggled((before) => new Map([...before, ...opened]));
  }, [selected]);
}

function useSetAllOpen(forest: readonly TaskNode[], setToggled: SetToggled): (isOpen: boolean) => void {
  return useCallback(
    (isOpen) => {
      setToggled(() => {
        const toggled = new Map<string, boolean>();
        let left = mostOpenedAtOnce;
        for (const node of walk(forest)) {
          if (!canOpenTask(node)) continue;
          // Opening a task reads its events, so only containers are opened beyond a number of them.
          if (isOpen && node.children.length === 0 && left-- <= 0) continue;
          toggled.set(taskKey(node.task.task_id), isOpen);
        }
        return toggled;
      });
    },
    [forest, setToggled],
  );
}

function hasOutsideEvents(run: RunDetail, tasks: readonly Task[]): boolean {
  let events = 0;
  let artifacts = 0;
  for (const task of tasks) {
    events += task.event_count;
    artifacts += task.artifact_count;
  }
  return tasks.length === 0 || run.event_count > events || run.artifact_count > artifacts;
}

interface SpanInput {
  readonly run: RunDetail;
  readonly tasks: readonly Task[];
  readonly branches: Branches;
  readonly nowMs: number;
}

function useWholeSpan({ run, tasks, branches, nowMs }: SpanInput): TimeSpan {
  const told = useMemo(() => {
    const instants: (string | null)[] = [run.queued_at, run.started_at, run.finished_at];
    for (const { queued_at: queued, started_at: started, finished_at: finished, attempts } of tasks) instants.push(queued, started, finished, attempts[0]?.queued_at ?? null, attempts[0]?.started_at ?? null);
    for (const event of eventsIn(branches)) instants.push(event.started_at, event.finished_at);
    return spanOf(instants) ?? spanOf([run.received_at]);
  }, [run, tasks, branches]);
  const isOpenEnded = isUnderWay(run);
  return useMemo(() => {
    const { fromMs, toMs } = told ?? { fromMs: nowMs - 1000, toMs: nowMs };
    return { fromMs, toMs: isOpenEnded ? Math.max(toMs, nowMs) : toMs };
  }, [told, isOpenEnded, isOpenEnded ? nowMs : 0]);
}
