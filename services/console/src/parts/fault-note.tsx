import type { ReactElement } from 'react';
import type { Fault } from '../api/wire-shapes.js';
import { Plain, PlainBlock } from './plain.js';

/** An error as its engine told it. */
export function FaultNote({ fault }: { readonly fault: Fault }): ReactElement {
  const isLong = (fault.message ?? '').includes('\n');
  return (
    <div className="fault">
      <div className="fault-head">
        {fault.type !== null && (
          <code>
            <Plain text={fault.type} />
          </code>
        )}
        {fault.exit_code !== null && <span>exit code {fault.exit_code}</span>}
      </div>
      {fault.message !== null && (isLong ? <PlainBlock text={fault.message} /> : <p><Plain text={fault.message} /></p>)}
    </div>
  );
}
