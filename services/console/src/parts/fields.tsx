import type { ReactElement, ReactNode } from 'react';

/** Names and values; a value that is null or empty leaves its line away. */
export function Fields({ entries }: { readonly entries: readonly (readonly [string, ReactNode])[] }): ReactElement | null {
  const told = entries.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== '–');
  if (told.length === 0) return null;
  return (
    <dl className="fields">
      {told.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
