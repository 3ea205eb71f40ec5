import { list, text } from '../json-reading.js';

/**
 * The texts of a list that Airflow wrote with Python's `str()`: `"['a', \"b's\"]"`; also of a real list, a set or JSON.
 *
 * @example
 * pythonList("['extract', 'load']") // ['extract', 'load']
 */
export function pythonList(value: unknown): readonly string[] {
  if (Array.isArray(value)) return list(value).filter((entry): entry is string => typeof entry === 'string' && entry !== '');
  const written = text(value) ?? '';
  const found: string[] = [];
  // By hand: an expression with alternatives goes back over the whole text for each quote that does not close.
  for (let position = 0; position < written.length; position += 1) {
    const quote = written[position];
    if (quote !== "'" && quote !== '"') continue;
    const end = closingQuote(written, position);
    if (end === undefined) break;
    if (end > position + 1) found.push(unescaped(written.slice(position + 1, end)));
    position = end;
  }
  return found;
}

function closingQuote(written: string, opening: number): number | undefined {
  for (let position = opening + 1; position < written.length; position += written[position] === '\\' ? 2 : 1) {
    if (written[position] === written[opening]) return position;
  }
  return undefined;
}

function unescaped(written: string): string {
  return written.includes('\\') ? written.replaceAll(/\\(.)/gs, '$1') : written;
}
