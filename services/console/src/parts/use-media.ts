import { useSyncExternalStore } from 'react';

/** Whether a media query matches now. */
function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => {
        list.removeEventListener('change', changed);
      };
    },
    () => window.matchMedia(query).matches,
  );
}

/** Whether the page is as narrow as on a phone. */
export const useIsNarrow = (): boolean => useMedia('(max-width: 720px)');
