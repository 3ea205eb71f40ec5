import type { ReactElement } from 'react';

/** Stands where something will be once it is read. */
export function Waiting({ what }: { readonly what: string }): ReactElement {
  return (
    <div className="waiting" aria-busy="true" aria-label={`Reading ${what}`}>
      <div className="shimmer shimmer-card" />
      <div className="shimmer" />
    </div>
  );
}
