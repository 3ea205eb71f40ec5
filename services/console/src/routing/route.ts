/** Where the page is, as its address says behind the '#'. */
export type Route =
  | { readonly page: 'runs'; readonly query: URLSearchParams }
  | { readonly page: 'run'; readonly runId: string; readonly query: URLSearchParams }
  | { readonly page: 'anomalies'; readonly query: URLSearchParams }
  | { readonly page: 'predictions'; readonly query: URLSearchParams }
  | { readonly page: 'schedule'; readonly query: URLSearchParams }
  | { readonly page: 'provenance'; readonly query: URLSearchParams }
  | { readonly page: 'dead-letters'; readonly query: URLSearchParams }
  | { readonly page: 'unknown'; readonly query: URLSearchParams };

const rooms: ReadonlyMap<string, 'runs' | 'anomalies' | 'predictions' | 'schedule' | 'provenance' | 'dead-letters'> = new Map([
  ['runs', 'runs'],
  ['anomalies', 'anomalies'],
  ['predictions', 'predictions'],
  ['schedule', 'schedule'],
  ['artifacts', 'provenance'],
  ['dead-letters', 'dead-letters'],
]);

/** Reads the part of an address behind the '#'; an empty one is the list of runs. */
export function routeOf(hash: string): Route {
  const [path = '', search = ''] = split(hash.replace(/^#/, ''));
  const query = new URLSearchParams(search);
  const parts = path.split('/').filter((part) => part !== '');
  const [room = 'runs', id] = parts;
  if (parts.length > 2) return { page: 'unknown', query };
  if (id !== undefined) return room === 'runs' ? { page: 'run', runId: decoded(id), query } : { page: 'unknown', query };
  return { page: rooms.get(room) ?? 'unknown', query };
}

export type Query = Readonly<Record<string, string | null | undefined>>;

/** The address of the list of runs under a filter. */
export const runsAddress = (filter: Query = {}): string => `#/runs${searchOf(filter)}`;

/** The address of a run, of one of its tabs, or of a task or event within. */
export const runAddress = (runId: string, view: Query = {}): string => `#/runs/${encodeURIComponent(runId)}${searchOf(view)}`;

/** The address of the list of anomalies under a filter. */
export const anomaliesAddress = (filter: Query = {}): string => `#/anomalies${searchOf(filter)}`;

/** The address of what is predicted, and of how good that was. */
export const predictionsAddress = (filter: Query = {}): string => `#/predictions${searchOf(filter)}`;

/** The address of who decides what starts next, of one of its views, or of a policy or experiment within. */
export const scheduleAddress = (view: Query = {}): string => `#/schedule${searchOf(view)}`;

/** The address of the page that tells where an artifact came from. */
export const provenanceAddress = (of: Query = {}): string => `#/artifacts${searchOf(of)}`;

export const deadLettersAddress = (filter: Query = {}): string => `#/dead-letters${searchOf(filter)}`;

/** The address of the same page with some of its query changed; null takes a part away. */
export function addressWith(hash: string, change: Query): string {
  const [path = '', search = ''] = split(hash.replace(/^#/, ''));
  const query: Record<string, string | null | undefined> = { ...Object.fromEntries(new URLSearchParams(search)), ...change };
  return `#${path === '' ? '/runs' : path}${searchOf(query)}`;
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, value);
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

function split(text: string): [string, string] {
  const at = text.indexOf('?');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
