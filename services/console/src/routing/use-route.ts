import { useMemo, useSyncExternalStore } from 'react';
import { addressWith, routeOf, type Query, type Route } from './route.js';

const changed = 'orrery:address';

function subscribe(watcher: () => void): () => void {
  window.addEventListener('hashchange', watcher);
  window.addEventListener(changed, watcher);
  return () => {
    window.removeEventListener('hashchange', watcher);
    window.removeEventListener(changed, watcher);
  };
}

const currentHash = (): string => window.location.hash;

/** The route of the present address, renewed whenever that changes. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, currentHash);
  return useMemo(() => routeOf(hash), [hash]);
}

/** Goes to an address; `replace` leaves no step to go back to. */
export function goTo(address: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') window.location.hash = address;
  else {
    window.history.replaceState(null, '', address);
    window.dispatchEvent(new Event(changed));
  }
}

/** Changes parts of the query of the present address. */
export function changeQuery(change: Query, how: 'push' | 'replace' = 'replace'): void {
  const address = addressWith(currentHash(), change);
  if (address !== currentHash()) goTo(address, how);
}
