import { useCallback, useEffect, useRef, useState } from 'react';
import { asProblem, type ApiProblem } from './problem.js';
import { useRepeat } from './use-repeat.js';

export interface Request<Value> {
  readonly value: Value | undefined;
  readonly problem: ApiProblem | undefined;
  readonly isLoading: boolean;
  /** Reads again; what is shown stays until the answer is there. */
  readonly reload: () => void;
}

interface Held<Value> {
  readonly key: string;
  readonly value: Value | undefined;
  readonly problem: ApiProblem | undefined;
  readonly isLoading: boolean;
}

/** Reads a value whenever its key changes; a null key reads nothing. Values of an earlier key are never shown under a new one. */
export function useRequest<Value>(key: string | null, load: (signal: AbortSignal) => Promise<Value>): Request<Value> {
  const [held, setHeld] = useState<Held<Value>>({ key: '', value: undefined, problem: undefined, isLoading: true });
  const [turn, setTurn] = useState(0);
  const latestLoad = useRef(load);
  latestLoad.current = load;

  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    setHeld((before) => ({ key, value: before.key === key ? before.value : undefined, problem: undefined, isLoading: true }));
    latestLoad.current(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setHeld({ key, value, problem: undefined, isLoading: false });
      },
      (thrown: unknown) => {
        if (abort.signal.aborted) return;
        setHeld((before) => ({ ...before, problem: asProblem(thrown), isLoading: false }));
      },
    );
    return () => {
      abort.abort();
    };
  }, [key, turn]);

  const reload = useCallback(() => {
    setTurn((before) => before + 1);
  }, []);
  useRepeat(held.problem !== undefined, reload);
  const isCurrent = held.key === key;
  return {
    value: isCurrent ? held.value : undefined,
    problem: isCurrent ? held.problem : undefined,
    isLoading: key !== null && (isCurrent ? held.isLoading : true),
    reload,
  };
}
