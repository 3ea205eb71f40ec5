import type { ReactElement } from 'react';
import { readTimeline } from '../api/calls.js';
import { usePages } from '../api/use-pages.js';
import type { Actor, RunDetail } from '../api/wire-shapes.js';
import { durationText } from '../parts/duration.js';
import { Icon } from '../parts/icon.js';
import { clockText, instantText } from '../parts/instant.js';
import { LoadMore } from '../parts/load-more.js';
import { Plain } from '../parts/plain.js';
import { costText, countText } from '../parts/quantity.js';
import { standingOf } from '../parts/standing.js';
import { StandingGlyph } from '../parts/standing-mark.js';
import { runAddress } from '../routing/route.js';
import { eventKey } from '../trace/branch.js';
import { eventWords, kindWords } from '../trace/event-words.js';

/** Who did what how often, and what it cost; a chosen actor shows the calls one by one. */
export function ActorsTab({ run, query }: { readonly run: RunDetail; readonly query: URLSearchParams }): ReactElement {
  const actor = query.get('actor');
  const kind = query.get('kind');
  if (run.actors.length === 0) {
    return (
      <div className="empty">
        <h2>No actors</h2>
        <p>Agents, models and tools are listed here once a run tells of their calls.</p>
      </div>
    );
  }
  return (
    <>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Actor</th>
            <th scope="col">Does</th>
            <th scope="col" className="number">Calls</th>
            <th scope="col" className="number">Failures</th>
            <th scope="col" className="number">Tokens in</th>
            <th scope="col" className="number">Tokens out</th>
            <th scope="col" className="number">Cost</th>
            <th scope="col" className="number">Time</th>
          </tr>
        </thead>
        <tbody>
          {run.actors.map((entry) => (
            <ActorRow key={`${entry.actor ?? ''} ${entry.kind ?? ''}`} runId={run.run_id} entry={entry} isChosen={entry.actor === actor && entry.kind === kind} />
          ))}
        </tbody>
      </table>
      {actor !== null && <Calls runId={run.run_id} actor={actor} kind={kind} />}
    </>
  );
}

interface ActorRowProps {
  readonly runId: string;
  readonly entry: Actor;
  readonly isChosen: boolean;
}

function ActorRow({ runId, entry, isChosen }: ActorRowProps): ReactElement {
  const [word, icon] = kindWords(entry.kind);
  return (
    <tr className={isChosen ? 'is-selected' : undefined}>
      <td>
        {entry.actor === null ? (
          <span className="muted">not told</span>
        ) : (
          <a href={runAddress(runId, { tab: 'actors', actor: entry.actor, kind: entry.kind })}>
            <Plain text={entry.actor} />
          </a>
        )}
      </td>
      <td>
        <span className="with-icon">
          <Icon name={icon} />
          {word}
        </span>
      </td>
      <td className="number">{countText(entry.calls)}</td>
      <td className={`number${entry.failures > 0 ? ' bad-text' : ' muted'}`}>{entry.failures === 0 ? '–' : countText(entry.failures)}</td>
      <td className="number">{countText(entry.input_tokens)}</td>
      <td className="number">{countText(entry.output_tokens)}</td>
      <td className="number">{costText(entry.cost_usd)}</td>
      <td className="number">{durationText(entry.duration_ms)}</td>
    </tr>
  );
}

function Calls({ runId, actor, kind }: { readonly runId: string; readonly actor: string; readonly kind: string | null }): ReactElement {
  const scope = kind === null ? { actor, limit: 200 } : { actor, kind, limit: 200 };
  const pages = usePages(`${runId} ${actor} ${kind ?? ''}`, (request) => readTimeline(runId, scope, request));
  return (
    <section className="calls">
      <h2>
        Calls of <Plain text={actor} />
      </h2>
      <ol className="call-list">
        {pages.items.map((event) => {
          const { icon, kind: word, title, preview, fault, facts } = eventWords(event);
          return (
            <li key={event.event_id}>
              <time title={instantText(event.started_at)}>{clockText(event.started_at)}</time>
              <Icon name={icon} label={word} />
              <a href={runAddress(runId, { at: eventKey(event.event_id), in: event.task_id })}>
                <Plain text={title} />
              </a>
              <StandingGlyph standing={standingOf(event)} />
              <span className="fact">{durationText(event.duration_ms)}</span>
              {facts.length > 0 && <span className="fact"><Plain text={facts.join(' · ')} /></span>}
              {(fault ?? preview) !== null && <span className={`preview cut${fault === null ? '' : ' bad-text'}`}><Plain text={fault ?? preview ?? ''} /></span>}
            </li>
          );
        })}
      </ol>
      <LoadMore pages={pages} />
    </section>
  );
}
