import { useEffect } from 'react';
import { plainText } from '../parts/plain-text.js';

/** Names the browser tab after what it shows. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Orrery' : `${plainText(title)} · Orrery`;
  }, [title]);
}
