import { useEffect, useState } from 'react';
import type { LayoutRequest, Positions } from './graph-layout.js';
import LayoutWorker from './layout.worker.js?worker';

const mostKept = 12;
const kept = new Map<string, Positions>();

export interface Layout {
  /** Null until the first layout is there. */
  readonly positions: Positions | null;
  readonly isBusy: boolean;
  readonly problem: string | null;
}

/** Places nodes in a worker; a graph that was laid out before keeps its places. */
export function useLayout(request: LayoutRequest): Layout {
  const key = JSON.stringify(request);
  const [layout, setLayout] = useState<{ readonly key: string; readonly positions: Positions | null; readonly problem: string | null }>({ key: '', positions: null, problem: null });
  useEffect(() => {
    const known = kept.get(key);
    if (known !== undefined) {
      setLayout({ key, positions: known, problem: null });
      return undefined;
    }
    const worker = new LayoutWorker();
    worker.onmessage = ({ data }: MessageEvent<Positions>): void => {
      keep(key, data);
      setLayout({ key, positions: data, problem: null });
    };
    worker.onerror = (): void => {
      setLayout((before) => ({ ...before, key, problem: 'The graph could not be laid out.' }));
    };
    worker.postMessage(request);
    return () => {
      worker.terminate();
    };
  }, [key]);
  return { positions: layout.positions, isBusy: layout.key !== key, problem: layout.problem };
}

function keep(key: string, positions: Positions): void {
  kept.set(key, positions);
  const oldest = kept.keys().next().value;
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}
