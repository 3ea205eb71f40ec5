import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon.js';
import { Plain } from './plain.js';
import { webAddress } from './plain-text.js';

/** A link out of the console; an address that a page must not open, such as `javascript:`, is shown as text. */
export function WebLink({ address, children }: { readonly address: string; readonly children?: ReactNode }): ReactElement {
  const safe = webAddress(address);
  if (safe === null) return <Plain text={address} />;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer" className="outward">
      {children ?? <Plain text={address} />}
      <Icon name="open" label="opens in a new tab" />
    </a>
  );
}
