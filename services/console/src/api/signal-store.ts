export interface SignalStore<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  /** Calls back on every change; returns what ends the subscription. */
  readonly subscribe: (changed: () => void) => () => void;
}

/** One value that several parts of the page watch; in the form that React's useSyncExternalStore wants. */
export function signalStore<Value>(initial: Value): SignalStore<Value> {
  let current = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => current,
    set: (value) => {
      if (Object.is(value, current)) return;
      current = value;
      for (const changed of [...watchers]) changed();
    },
    subscribe: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
