import type { Faults, Path } from './faults.js';
import { parseBytes, parseDurationMs } from './quantity.js';

type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the fields of one mapping of a file; what is wrong with them goes to the faults, and counts as absent. */
export class Fields {
  constructor(
    private readonly mapping: Mapping,
    private readonly path: Path,
    private readonly faults: Faults,
  ) {}

  /** Tells of every field that is not in the list, with the one that may be meant. */
  allow(names: readonly string[]): void {
    for (const key of Object.keys(this.mapping)) {
      if (names.includes(key)) continue;
      const meant = names.find((name) => name.startsWith(key) || distance(name, key.toLowerCase().replaceAll('-', '_')) <= 2);
      this.fault(key, meant === undefined ? `there is no such field; there are ${names.join(', ')}` : `there is no such field; ${meant} is meant?`);
    }
  }

  has(name: string): boolean {
    return this.mapping[name] !== undefined && this.mapping[name] !== null;
  }

  raw(name: string): unknown {
    return this.mapping[name] ?? undefined;
  }

  text(name: string): string | undefined {
    return this.read(name, 'text without control characters', (value) => (isLine(value) ? value : undefined));
  }

  bytes(name: string): number | undefined {
    return this.read(name, 'an amount of memory like 512MiB', parseBytes);
  }

  durationMs(name: string): number | undefined {
    return this.read(name, 'a length of time like 500ms, 30s, 10m or 1h', parseDurationMs);
  }

  whole(name: string, least: number, most: number): number | undefined {
    return this.read(name, `a whole number from ${least} to ${most}`, (value) => (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined));
  }

  amount(name: string): number | undefined {
    return this.read(name, 'a number above 0', (value) => (typeof value === 'number' && value > 0 && value <= 1e6 ? value : undefined));
  }

  /** A list of texts, or one text alone. */
  texts(name: string): readonly string[] | undefined {
    return this.read(name, 'a list of texts', (value) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      return list.every(isLine) ? list : undefined;
    });
  }

  /** Names and values; numbers and truth values become text. */
  variables(name: string): Readonly<Record<string, string>> {
    const value = this.raw(name);
    if (value === undefined) return {};
    if (!isMapping(value)) {
      this.fault(name, 'must be names and values');
      return {};
    }
    return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => this.variable(name, key, each)));
  }

  fault(name: string, message: string): void {
    this.faults.add([...this.path, name], message);
  }

  private variable(name: string, key: string, value: unknown): [string, string][] {
    const isSimple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) this.faults.add([...this.path, name, key], 'a name has letters, digits and _ only, and begins with none of the digits');
    else if (!isSimple || String(value).includes('\0')) this.faults.add([...this.path, name, key], 'must be text or a number, without NUL characters');
    else return [[key, String(value)]];
    return [];
  }

  private read<Value>(name: string, expected: string, parse: (value: unknown) => Value | undefined): Value | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) this.fault(name, `must be ${expected}, got ${shown(value)}`);
    return parsed;
  }
}

/** How many letters must be put in, taken out or changed to make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      next.push(Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/[\u0000-\u001f\u007f]/.test(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
