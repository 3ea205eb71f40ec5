import type { ReactElement } from 'react';
import type { Pages } from '../api/use-pages.js';
import { ProblemNote } from './problem-note.js';

/** The end of a list that is read page by page: its problem, or the way to the next page. */
export function LoadMore({ pages }: { readonly pages: Omit<Pages<unknown>, 'update'> }): ReactElement | null {
  if (pages.problem !== undefined) return <ProblemNote problem={pages.problem} retry={pages.reload} />;
  if (!pages.hasMore) return null;
  return (
    <div className="load-more">
      <button type="button" disabled={pages.isLoading} onClick={pages.loadMore}>
        {pages.isLoading ? 'Reading …' : 'Load more'}
      </button>
    </div>
  );
}
