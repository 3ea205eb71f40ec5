import type { MetricName } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter, readDecaying, writeDecaying, type EwState } from '@orrery/stats';
import { metricNames } from './baseline-learning.js';
import type { BaselineState, FlakyResult, HistoryState, MetricState } from './baseline-state.js';

const version = 1;

/** A state as bytes: equal states give equal bytes, and reading them back gives an equal state. */
export function encodeState(state: BaselineState): Uint8Array {
  const writer = new ByteWriter().unsigned(version).unsigned(state.count).double(state.lastUpdatedMs).double(state.shiftedAtMs);
  const { successes, failures, recentResults, recentCount } = state.rate;
  writer.single(successes).single(failures).unsigned(recentResults).unsigned(recentCount);
  const present = metricNames.reduce((bits, name, index) => (state.metrics[name] === null ? bits : bits | (1 << index)), state.history === null ? 0 : 1 << metricNames.length);
  writer.unsigned(present);
  for (const name of metricNames) {
    const metric = state.metrics[name];
    if (metric !== null) writeMetric(writer, metric);
  }
  if (state.history !== null) writeHistory(writer, state.history);
  return writer.bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are not a state of this version. */
export function decodeState(bytes: Uint8Array): BaselineState {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `baseline state has version ${found}, expected ${version}`);
  const [count, lastUpdatedMs, shiftedAtMs] = [reader.unsigned(), reader.double(), reader.double()];
  const rate = { successes: reader.single(), failures: reader.single(), recentResults: reader.unsigned(), recentCount: reader.unsigned() };
  const present = reader.unsigned();
  const metrics = Object.fromEntries(metricNames.map((name, index) => [name, present & (1 << index) ? readMetric(reader) : null])) as Record<MetricName, MetricState | null>;
  const history = present & (1 << metricNames.length) ? readHistory(reader) : null;
  if (!reader.isAtEnd()) throw new OrreryError('ORRERY_VALIDATION', `baseline state of ${bytes.length} bytes has more than it should`);
  return { count, lastUpdatedMs, shiftedAtMs, rate, metrics, history };
}

function writeMetric(writer: ByteWriter, { count, steady, quick, sketch, recent }: MetricState): void {
  writer.unsigned(count);
  for (const { mean, variance, weight } of [steady, quick]) writer.single(mean).single(variance).single(weight);
  writeDecaying(writer, sketch);
  writer.unsigned(recent.length);
  for (const value of recent) writer.single(value);
}

function readMetric(reader: ByteReader): MetricState {
  const count = reader.unsigned();
  const ew = (): EwState => ({ mean: reader.single(), variance: reader.single(), weight: reader.single() });
  const [steady, quick] = [ew(), ew()];
  const sketch = readDecaying(reader);
  return { count, steady, quick, sketch, recent: Array.from({ length: reader.unsigned() }, () => reader.single()) };
}

function writeHistory(writer: ByteWriter, { results, lastFailedRunId, lastPassedRunId, passesInRow, knownErrors }: HistoryState): void {
  // Inputs repeat (attempts of one revision): each is written once, then told by its place.
  const inputs = [...new Set(results.map((result) => result.inputs))];
  writer.unsigned(inputs.length);
  for (const input of inputs) writer.unsigned(input);
  writer.unsigned(results.length);
  for (const result of results) writer.unsigned(inputs.indexOf(result.inputs) * 2 + (result.passed ? 1 : 0));
  writer.text(lastFailedRunId).text(lastPassedRunId).unsigned(passesInRow).unsigned(knownErrors.length);
  for (const hash of knownErrors) writer.unsigned(hash);
}

function readHistory(reader: ByteReader): HistoryState {
  const inputs = Array.from({ length: reader.unsigned() }, () => reader.unsigned());
  const results = Array.from({ length: reader.unsigned() }, (): FlakyResult => {
    const packed = reader.unsigned();
    return { inputs: inputs[packed >>> 1] ?? 0, passed: (packed & 1) === 1 };
  });
  const [lastFailedRunId, lastPassedRunId, passesInRow] = [reader.text(), reader.text(), reader.unsigned()];
  return { results, lastFailedRunId, lastPassedRunId, passesInRow, knownErrors: Array.from({ length: reader.unsigned() }, () => reader.unsigned()) };
}
