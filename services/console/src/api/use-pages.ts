import { useCallback, useEffect, useRef, useState } from 'react';
import type { PageRequest } from './calls.js';
import { asProblem, type ApiProblem } from './problem.js';
import { useRepeat } from './use-repeat.js';
import type { Page } from './wire-shapes.js';

export interface Pages<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** True once the first page of the present key is there. */
  readonly isReady: boolean;
  readonly problem: ApiProblem | undefined;
  readonly loadMore: () => void;
  readonly reload: () => void;
  /** Puts other items in place of those shown, as live changes do. */
  readonly update: (change: (items: readonly Item[]) => readonly Item[]) => void;
}

interface Held<Item> {
  readonly key: string | null;
  readonly items: readonly Item[];
  readonly cursor: string | null;
  readonly isLoading: boolean;
  readonly problem: ApiProblem | undefined;
}

const nothing = { key: null, items: [], cursor: null, isLoading: true, problem: undefined };

type SetHeld<Item> = (change: (before: Held<Item>) => Held<Item>) => void;

/** What reads the page at a cursor into what is held; an answer that another reading has overtaken is dropped. */
function useReading<Item>(key: string, load: (request: PageRequest) => Promise<Page<Item>>, setHeld: SetHeld<Item>): (cursor: string | null) => void {
  const latestLoad = useRef(load);
  latestLoad.current = load;
  const running = useRef<AbortController | null>(null);

  const read = useCallback(
    (cursor: string | null) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setHeld((before) => ({ ...(before.key === key ? before : nothing), isLoading: true, problem: undefined }));
      latestLoad.current({ cursor, signal: abort.signal }).then(
        (page) => {
          if (abort.signal.aborted) return;
          setHeld((before) => ({
            key,
            items: cursor === null ? page.items : [...before.items, ...page.items],
            cursor: page.next_cursor,
            isLoading: false,
            problem: undefined,
          }));
        },
        (thrown: unknown) => {
          if (!abort.signal.aborted) setHeld((before) => ({ ...before, isLoading: false, problem: asProblem(thrown) }));
        },
      );
    },
    [key, setHeld],
  );
  useEffect(() => () => running.current?.abort(), [read]);
  return read;
}

/** Reads a list page by page; a new key starts anew, and an answer to an earlier key is dropped. */
export function usePages<Item>(key: string, load: (request: PageRequest) => Promise<Page<Item>>): Pages<Item> {
  const [held, setHeld] = useState<Held<Item>>(nothing);
  const read = useReading(key, load, setHeld);
  const reload = useCallback(() => {
    read(null);
  }, [read]);
  useEffect(() => {
    read(null);
  }, [read]);
  useRepeat(held.problem !== undefined, reload);

  const isReady = held.key === key;
  const { cursor } = held;
  const loadMore = useCallback(() => {
    if (cursor !== null) read(cursor);
  }, [cursor, read]);
  const update = useCallback((change: (items: readonly Item[]) => readonly Item[]) => {
    setHeld((before) => ({ ...before, items: change(before.items) }));
  }, []);
  return {
    items: isReady ? held.items : [],
    hasMore: isReady && cursor !== null,
    isLoading: held.isLoading || (!isReady && held.problem === undefined),
    isReady,
    problem: held.problem,
    loadMore,
    reload,
    update,
  };
}
