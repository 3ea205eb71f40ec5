import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { listArtifacts, readTimeline, type TimelineScope } from '../api/calls.js';
import { asProblem, headingOf } from '../api/problem.js';
import type { Timeline } from '../api/wire-shapes.js';
import { failedBranch, grownBranch, loadingBranch, outsideKey, withArtifacts, type Branches } from './branch.js';

export interface BranchActions {
  /** Reads the inside of a task or event, unless that was done. */
  readonly ensure: (key: string) => void;
  readonly loadMore: (key: string) => void;
}

const pageSize = 200;
const largestPage = 1000;
const pagesSearched = 5;

interface PageWanted {
  readonly cursor: string | null;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** What was read of the insides of a run's tasks and events; read again when the run changes. */
export function useBranches(runId: string, hasTasks: boolean, revision: number): { readonly branches: Branches; readonly actions: BranchActions } {
  const [branches, setBranches] = useState<Branches>(new Map());
  const latest = useRef(branches);
  latest.current = branches;
  const asked = useRef(new Set<string>());
  const ending = useRef(new AbortController());
  useEffect(() => {
    const abort = new AbortController();
    ending.current = abort;
    return () => {
      abort.abort();
      asked.current.clear();
    };
  }, [runId]);

  const read = useCallback(
    (key: string, cursor: string | null, limit: number) => {
      const { signal } = ending.current;
      const place = { runId, key, hasTasks };
      readBranch(place, { cursor, limit, signal }).then(
        (timeline) => { setBranches((before) => grownBranch(before, key, timeline, cursor === null)); },
        (thrown: unknown) => {
          asked.current.delete(key);
          if (!signal.aborted) setBranches((before) => failedBranch(before, key, headingOf(asProblem(thrown))));
        },
      );
      if (cursor !== null || key.startsWith('event:')) return;
      // When this fails, the events of the same branch say what is wrong.
      readOwnArtifacts(place, signal).then((page) => { setBranches((before) => withArtifacts(before, key, page)); }, () => undefined);
    },
    [runId, hasTasks],
  );

  const actions = useMemo<BranchActions>(
    () => ({
      ensure: (key) => {
        if (asked.current.has(key)) return;
        asked.current.add(key);
        setBranches((before) => loadingBranch(before, key));
        read(key, null, pageSize);
      },
      loadMore: (key) => {
        setBranches((before) => loadingBranch(before, key));
        asked.current.add(key);
        read(key, latest.current.get(key)?.cursor ?? null, pageSize);
      },
    }),
    [read],
  );
  useRenewal(revision, latest, read);
  return { branches, actions };
}

function useRenewal(revision: number, branches: { readonly current: Branches }, read: (key: string, cursor: null, limit: number) => void): void {
  const seen = useRef(revision);
  useEffect(() => {
    if (seen.current === revision) return;
    seen.current = revision;
    for (const [key, branch] of branches.current) {
      if (!branch.isLoading) read(key, null, Math.min(largestPage, Math.max(pageSize, branch.events.length)));
    }
  }, [revision, branches, read]);
}

interface BranchPlace {
  readonly runId: string;
  readonly key: string;
  readonly hasTasks: boolean;
}

async function readBranch({ runId, key, hasTasks }: BranchPlace, { cursor, limit, signal }: PageWanted): Promise<Timeline> {
  const scope = scopeOf(key);
  const first = await readTimeline(runId, { ...scope, limit }, { cursor, signal });
  if (key !== outsideKey || !hasTasks) return first;
  // The run's own listing holds the events of all tasks too; only those of none belong here.
  let page = first;
  let items = first.items.filter((event) => event.task_id === null);
  for (let pages = 1; pages < pagesSearched && items.length === 0 && page.next_cursor !== null; pages += 1) {
    page = await readTimeline(runId, { ...scope, limit: largestPage }, { cursor: page.next_cursor, signal });
    items = page.items.filter((event) => event.task_id === null);
  }
  return { items, next_cursor: page.next_cursor, total: 0 };
}

async function readOwnArtifacts({ runId, key, hasTasks }: BranchPlace, signal: AbortSignal): ReturnType<typeof listArtifacts> {
  const page = await listArtifacts(runId, key === outsideKey ? {} : { task: scopeOf(key).task }, { cursor: null, signal });
  return key === outsideKey && hasTasks ? { ...page, items: page.items.filter((artifact) => artifact.task_id === null) } : page;
}

function scopeOf(key: string): TimelineScope {
  const id = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('task:')) return { task: id };
  return key.startsWith('event:') ? { parent: id } : {};
}
