import type { ReactElement } from 'react';
import { CopyButton } from '../parts/copy-button.js';

/** A command to copy. */
export function CommandLine({ command }: { readonly command: string }): ReactElement {
  return (
    <div className="command">
      <code>{command}</code>
      <CopyButton text={command} what="command" />
    </div>
  );
}

interface NothingYetProps {
  readonly title: string;
  readonly text: string;
  readonly command: string;
}

/** What stands where nothing is: the next step. */
export function NothingYet({ title, text, command }: NothingYetProps): ReactElement {
  return (
    <div className="empty nothing-yet">
      <h2>{title}</h2>
      <p>{text}</p>
      <CommandLine command={command} />
    </div>
  );
}
