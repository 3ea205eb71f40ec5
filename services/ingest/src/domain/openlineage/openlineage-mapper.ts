import { OrreryError } from '@orrery/errors';
import { contentIdOf } from '../content-id.js';
import { entries, isRecord, record, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution, MappedEvent, Mapper } from '../source-event.js';
import { placeOf } from './lineage-place.js';
import { runEventExecution } from './run-event.js';

/**
 * Maps one OpenLineage event. A RunEvent speaks of a run or of a task of one (see {@link placeOf}); JobEvents and DatasetEvents
 * describe what exists and not what happened, so they are kept without an execution. Faults against the schema are flags and
 * never a reason to refuse: a fair part of real producers' events does not fit it.
 *
 * @throws ORRERY_VALIDATION when there is neither a run id nor a job nor a dataset.
 */
export const mapOpenLineage: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  const kind = kindOf(value);
  if (kind === undefined || !isRecord(value)) {
    throw new OrreryError('ORRERY_VALIDATION', 'not an OpenLineage event: expected run.runId, a job or a dataset');
  }
  const place = kind === 'RunEvent' ? placeOf(value, context.tenantId) : undefined;
  const executions: Execution[] = place === undefined ? [] : [runEventExecution(value, place)];
  const named = record(value, kind === 'DatasetEvent' ? 'dataset' : 'job');
  return [
    {
      format: 'openlineage',
      formatVersion: /\/spec\/(\d+-\d+-\d+)\//.exec(text(value, 'schemaURL') ?? '')?.[1]?.replaceAll('-', '.'),
      type: kind === 'RunEvent' ? `RunEvent.${text(value, 'eventType') ?? 'unspecified'}` : kind,
      source: text(value, 'producer') ?? 'openlineage',
      externalId: contentIdOf(value),
      subject: [text(named, 'namespace'), text(named, 'name')].filter((part) => part !== undefined).join('/'),
      occurredAtMs: timeMs(value, 'eventTime'),
      ...withoutEnvironment(value),
      executions,
      flags: flagsOf(value),
    },
  ];
};

/** The three shapes are told apart by what is there; a RunEvent may hold a stray dataset as well. */
function kindOf(value: unknown): 'RunEvent' | 'JobEvent' | 'DatasetEvent' | undefined {
  if (text(value, 'run', 'runId') !== undefined) return 'RunEvent';
  if (record(value, 'job') !== undefined) return 'JobEvent';
  return record(value, 'dataset') === undefined ? undefined : 'DatasetEvent';
}

function flagsOf(event: JsonRecord): readonly string[] {
  const flags: string[] = [];
  if (text(event, 'schemaURL') === undefined) flags.push('missing_schema');
  if (text(event, 'producer') === undefined) flags.push('missing_producer');
  if (timeMs(event, 'eventTime') === undefined) flags.push('missing_time');
  else if (!/(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text(event, 'eventTime') ?? '')) flags.push('assumed_utc');
  if (hasEnvironment(event)) flags.push('environment_dropped');
  return flags;
}

function hasEnvironment(event: JsonRecord): boolean {
  return record(event, 'run', 'facets', 'environmentVariables') !== undefined;
}

/** Environment variables are the likeliest place of secrets and the least likely to be asked for: they are not kept. */
function withoutEnvironment(event: JsonRecord): Pick<MappedEvent, 'raw'> {
  if (!hasEnvironment(event)) return {};
  const facets = entries(event, 'run', 'facets').filter(([name]) => name !== 'environmentVariables');
  const kept = { ...event, run: { ...record(event, 'run'), facets: Object.fromEntries(facets) } };
  return { raw: { body: new TextEncoder().encode(JSON.stringify(kept)), contentType: 'application/json' } };
}
