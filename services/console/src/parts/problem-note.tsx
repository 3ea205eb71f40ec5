import type { ReactElement } from 'react';
import { headingOf, offlineCode, type ApiProblem } from '../api/problem.js';
import { Plain } from './plain.js';

/** A problem in words, with its code for those who search for it, and a way to try again. */
export function ProblemNote({ problem, retry }: { readonly problem: ApiProblem; readonly retry?: () => void }): ReactElement | null {
  // The banner at the top of the page speaks of a server that is away, and a dialog asks for the key.
  const isSaidElsewhere = problem.code === offlineCode || problem.status === 401;
  return (
    <div className={`note ${isSaidElsewhere ? 'note-calm' : 'note-bad'}`} role="alert">
      <strong>{problem.status === 401 ? 'An API key is needed' : headingOf(problem)}</strong>
      <p>
        <Plain text={problem.message} />
      </p>
      <p className="note-foot">
        <code>{problem.code}</code>
        {problem.retryAfterSeconds !== null && <span>try again in {problem.retryAfterSeconds} s</span>}
        {retry !== undefined && problem.status !== 401 && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}
