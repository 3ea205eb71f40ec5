import type { ReactElement } from 'react';
import { listMessages } from '../api/calls.js';
import { usePages } from '../api/use-pages.js';
import type { Message, RunDetail } from '../api/wire-shapes.js';
import { clockText, instantText } from '../parts/instant.js';
import { LoadMore } from '../parts/load-more.js';
import { hueClass } from '../parts/hue.js';
import { Plain, PlainBlock } from '../parts/plain.js';
import { isJson, laidOut } from '../trace/spoken-text.js';
import { useOnRevision } from './use-run.js';

/** What the actors of a run said to each other. */
export function MessagesTab({ run, revision }: { readonly run: RunDetail; readonly revision: number }): ReactElement {
  const pages = usePages(run.run_id, (request) => listMessages(run.run_id, request));
  useOnRevision(revision, pages.reload);
  if (pages.isReady && pages.items.length === 0) {
    return (
      <div className="empty">
        <h2>No messages</h2>
        <p>What agents say to each other is listed here, when a run tells of it.</p>
      </div>
    );
  }
  return (
    <>
      <ol className="messages">
        {pages.items.map((message) => (
          <MessageLine key={message.message_id} message={message} />
        ))}
      </ol>
      <LoadMore pages={pages} />
    </>
  );
}

function MessageLine({ message }: { readonly message: Message }): ReactElement {
  const { sender, receiver, role, content, occurred_at: at } = message;
  return (
    <li className={`message ${hueClass(sender ?? role ?? '')}`}>
      <header>
        <strong>
          <Plain text={sender ?? role ?? 'somebody'} />
        </strong>
        {receiver !== null && (
          <>
            <span className="to">→</span>
            <Plain text={receiver} />
          </>
        )}
        {role !== null && sender !== null && <span className="kind"><Plain text={role} /></span>}
        <time title={instantText(at)}>{clockText(at)}</time>
      </header>
      {content === null || content === '' ? <p className="muted">without words</p> : <div className={isJson(content) ? undefined : 'prose'}><PlainBlock text={laidOut(content)} /></div>}
    </li>
  );
}
