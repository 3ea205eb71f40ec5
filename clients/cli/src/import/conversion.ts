/** One request to be posted. */
export interface PreparedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What became of one document: requests, and why not (all of) it could be turned into some. */
export interface Conversion {
  readonly requests: readonly PreparedRequest[];
  readonly fault?: string;
}

/** The conversions of a list's elements as one; the first fault stands for all. */
export function merge(conversions: readonly Conversion[]): Conversion {
  const faults = conversions.map(({ fault }) => fault).filter((fault) => fault !== undefined);
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more like it)` : '';
  return { requests: conversions.flatMap(({ requests }) => requests), fault: faults[0] === undefined ? undefined : faults[0] + more };
}

/** The JSON of one element that had to be taken out of its list. */
export function asText(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? 'null');
}
