import { useRef, useState, type ReactElement } from 'react';
import { listDeadLetters, replayDeadLetters } from '../api/calls.js';
import { asProblem, type ApiProblem } from '../api/problem.js';
import { usePages, type Pages } from '../api/use-pages.js';
import type { DeadLetter } from '../api/wire-shapes.js';
import { agoText, instantText } from '../parts/instant.js';
import { LoadMore } from '../parts/load-more.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { bytesText, counted } from '../parts/quantity.js';
import { useNow } from '../parts/use-now.js';
import { changeQuery } from '../routing/use-route.js';
import { TextFilter } from './filter-bar.js';
import { useTitle } from './use-title.js';

/** Records that could not be stored: why, and a way to try them again once the cause is gone. */
export function DeadLettersPage({ query }: { readonly query: URLSearchParams }): ReactElement {
  useTitle('Dead letters');
  const topic = query.get('topic') ?? '';
  const pages = usePages(topic, (request) => listDeadLetters(topic, request));
  const isEmpty = pages.isReady && pages.items.length === 0 && pages.problem === undefined;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Dead letters</h1>
      </div>
      <p className="muted lead">Records that were accepted but could not be stored. Their bytes are kept; once the cause is mended, replay them.</p>
      {(!isEmpty || topic !== '') && (
        <div className="filters">
          <TextFilter value={topic} label="Topic" placeholder="Any topic" choices={[...new Set(pages.items.map((letter) => letter.topic))]} change={(text) => { changeQuery({ topic: text }); }} />
        </div>
      )}
      {isEmpty ? (
        <div className="empty">
          <h2>{topic === '' ? 'No dead letters' : 'None from this topic'}</h2>
          <p>Everything that was sent could be stored.</p>
        </div>
      ) : (
        <Letters pages={pages} topic={topic} />
      )}
      <LoadMore pages={pages} />
    </div>
  );
}

function Letters({ pages, topic }: { readonly pages: Pages<DeadLetter>; readonly topic: string }): ReactElement {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { replay, said, problem, isBusy } = useReplay(() => {
    setChosen(new Set());
    pages.reload();
  });
  const open = pages.items.filter((letter) => !letter.replayed);
  const ids = open.filter((letter) => chosen.has(letter.id)).map((letter) => letter.id);
  return (
    <>
      <div className="toolbar">
        <button type="button" className="primary" disabled={ids.length === 0 || isBusy} onClick={() => { replay({ ids }); }}>
          {ids.length === 0 ? 'Replay' : `Replay ${counted(ids.length, 'record')}`}
        </button>
        {topic !== '' && (
          <button type="button" disabled={isBusy} onClick={() => { replay({ topic }); }}>
            Replay all of this topic
          </button>
        )}
        <span role="status" className="muted">
          {said}
        </span>
      </div>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <LetterTable letters={pages.items} chosen={chosen} choose={setChosen} />
    </>
  );
}

interface Replay {
  readonly replay: (which: { ids: readonly string[] } | { topic: string }) => void;
  readonly said: string;
  readonly problem: ApiProblem | undefined;
  readonly isBusy: boolean;
}

function useReplay(done: () => void): Replay {
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setIsBusy] = useState(false);
  const running = useRef(new AbortController());
  const replay: Replay['replay'] = (which) => {
    setIsBusy(true);
    setProblem(undefined);
    replayDeadLetters(which, running.current.signal)
      .then(
        ({ replayed }) => {
          setSaid(`${counted(replayed, 'record')} sent through again.`);
          done();
        },
        (thrown: unknown) => {
          setProblem(asProblem(thrown));
        },
      )
      .finally(() => {
        setIsBusy(false);
      });
  };
  return { replay, said, problem, isBusy };
}

interface LetterTableProps {
  readonly letters: readonly DeadLetter[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
}

function LetterTable({ letters, chosen, choose }: LetterTableProps): ReactElement {
  const nowMs = useNow(true, 15_000);
  const open = letters.filter((letter) => !letter.replayed);
  const isAll = open.length > 0 && open.every((letter) => chosen.has(letter.id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <table className="plain-table letters">
      <thead>
        <tr>
          <th scope="col">
            <input type="checkbox" aria-label="Choose all that are shown" checked={isAll} disabled={open.length === 0} onChange={() => { choose(isAll ? new Set() : new Set(open.map((letter) => letter.id))); }} />
          </th>
          <th scope="col">Reason</th>
          <th scope="col">Record</th>
          <th scope="col">Received</th>
          <th scope="col" className="number">Size</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <LetterRow key={letter.id} letter={letter} nowMs={nowMs} isChosen={chosen.has(letter.id)} toggle={toggle} />
        ))}
      </tbody>
    </table>
  );
}

interface LetterRowProps {
  readonly letter: DeadLetter;
  readonly nowMs: number;
  readonly isChosen: boolean;
  readonly toggle: (id: string) => void;
}

function LetterRow({ letter, nowMs, isChosen, toggle }: LetterRowProps): ReactElement {
  return (
    <tr className={letter.replayed ? 'is-done' : undefined}>
      <td>
        <input type="checkbox" aria-label={`Choose ${letter.id}`} disabled={letter.replayed} checked={isChosen} onChange={() => { toggle(letter.id); }} />
      </td>
      <td>
        <div className="reason">
          {letter.error_code !== null && <code>{letter.error_code}</code>}
          <span className="breakable">
            <Plain text={letter.reason ?? 'no reason was kept'} />
          </span>
        </div>
      </td>
      <td>
        <code className="breakable">
          <Plain text={`${letter.topic}/${String(letter.partition)}/${String(letter.offset)}`} />
        </code>
      </td>
      <td title={instantText(letter.received_at)}>{agoText(letter.received_at, nowMs)}</td>
      <td className="number">{bytesText(letter.size_bytes)}</td>
      <td>{letter.replayed ? 'Replayed' : 'Kept'}</td>
    </tr>
  );
}
