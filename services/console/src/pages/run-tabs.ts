export const runTabs = ['trace', 'graph', 'artifacts', 'actors', 'messages', 'state', 'sources'] as const;
export type RunTab = (typeof runTabs)[number];

export const tabNames: Readonly<Record<RunTab, string>> = {
  trace: 'Trace',
  graph: 'Graph',
  artifacts: 'Artifacts',
  actors: 'Actors',
  messages: 'Messages',
  state: 'State at',
  sources: 'Sources',
};

/** The tab that an address names; the trace where it names none. */
export function tabOf(query: URLSearchParams): RunTab {
  return runTabs.find((tab) => tab === query.get('tab')) ?? 'trace';
}
