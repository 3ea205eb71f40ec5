import { standings, type Standing } from '../parts/standing.js';

/** What the list of runs is narrowed to; empty parts narrow nothing. */
export interface RunFilter {
  readonly engine: string;
  readonly workflow: string;
  readonly text: string;
  /** A status or an outcome, in one choice. */
  readonly standing: Standing | '';
}

const statuses = ['queued', 'running', 'paused'] as const;
const outcomes = ['success', 'failure', 'error', 'timeout', 'cancellation', 'skip', 'unknown'] as const;

/** What can be chosen, in the order in which it is offered. */
export const standingChoices: readonly Standing[] = ['running', 'success', 'failure', 'error', 'timeout', 'cancellation', 'queued', 'paused', 'skip', 'unknown'];

/** Reads a filter from an address; what it does not know narrows nothing. */
export function filterOf(query: URLSearchParams): RunFilter {
  const chosen = query.get('outcome') ?? query.get('status') ?? '';
  return {
    engine: query.get('engine') ?? '',
    workflow: query.get('workflow') ?? '',
    text: query.get('q') ?? '',
    standing: Object.hasOwn(standings, chosen) ? (chosen as Standing) : '',
  };
}

/** The filter as query of both the page's address and the API. */
export function queryOfFilter({ engine, workflow, text, standing }: RunFilter): Record<string, string> {
  const query: Record<string, string> = {
    engine,
    workflow,
    q: text,
    status: isOneOf(statuses, standing) ? standing : '',
    outcome: isOneOf(outcomes, standing) ? standing : '',
  };
  return query;
}

/** Whether anything is narrowed. */
export const isNarrowed = (filter: RunFilter): boolean => Object.values(filter).some((part) => part !== '');

function isOneOf(words: readonly string[], word: string): boolean {
  return words.includes(word);
}
