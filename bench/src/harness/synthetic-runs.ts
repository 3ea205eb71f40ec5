/** One CloudEvent as it is posted, and what it must leave behind. */
export interface SyntheticEvent {
  readonly cloudEvent: Readonly<Record<string, unknown>>;
  readonly kind: 'run' | 'task' | 'event';
}

const tools = ['search', 'read_file', 'write_file', 'run_tests', 'review'];

/** A made-up agent run: a start, tasks, and inside each task many tool calls of about 600 bytes; deterministic. */
export function* syntheticRun(runNumber: number, { tasks, eventsPerTask, prefix = 'bench' }: { tasks: number; eventsPerTask: number; prefix?: string }): Generator<SyntheticEvent> {
  const run = { id: `${prefix}-run-${runNumber}` };
  const startMs = Date.parse('2026-11-01T08:00:00Z') + runNumber * 60_000;
  const at = (offsetMs: number) => new Date(startMs + offsetMs).toISOString();
  const wrap = (id: string, kind: SyntheticEvent['kind'], data: object, offsetMs: number): SyntheticEvent => ({
    kind,
    cloudEvent: { specversion: '1.0', id: `${run.id}/${id}`, source: `urn:orrery:${prefix}`, type: 'dev.orrery.execution.v1', time: at(offsetMs), data: { run, ...data } },
  });
  yield wrap('start', 'run', { run: { ...run, workflow: `workflow-${runNumber % 20}`, status: 'running', started_at: at(0) } }, 0);
  for (let task = 0; task < tasks; task += 1) {
    const begin = task * 1000;
    const id = `task-${task}`;
    yield wrap(`${id}/start`, 'task', { tasks: [{ id, name: id, kind: 'step', depends_on: task > 0 ? [`task-${task - 1}`] : [], status: 'running', started_at: at(begin) }] }, begin);
    for (let event = 0; event < eventsPerTask; event += 1) {
      const offsetMs = begin + event * 5;
      const tool = tools[event % tools.length];
      const details = { path: `src/module-${task}/file-${event}.ts`, note: 'x'.repeat(120), lines: event * 3 };
      const entry = { id: `${id}/call-${event}`, task: id, kind: 'tool_call', name: tool, actor: `agent-${event % 4}`, target: tool, status: 'finished', outcome: 'success' };
      yield wrap(`${id}/call-${event}`, 'event', { events: [{ ...entry, started_at: at(offsetMs), finished_at: at(offsetMs + 4), attributes: details }] }, offsetMs);
    }
    yield wrap(`${id}/finish`, 'task', { tasks: [{ id, status: 'finished', outcome: 'success', finished_at: at(begin + 900) }] }, begin + 900);
  }
  yield wrap('finish', 'run', { run: { ...run, status: 'finished', outcome: 'success', finished_at: at(tasks * 1000) } }, tasks * 1000);
}

/** A request's body and what it tells. */
export interface Batch {
  readonly body: string;
  /** CloudEvents. */
  readonly count: number;
  /** Those of them that tell of an execution event. */
  readonly executionEvents: number;
}

/** Groups events into CloudEvents batches as JSON text. */
export function* batches(events: Iterable<SyntheticEvent>, size: number): Generator<Batch> {
  let batch: SyntheticEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length < size) continue;
    yield batchOf(batch);
    batch = [];
  }
  if (batch.length > 0) yield batchOf(batch);
}

function batchOf(events: readonly SyntheticEvent[]): Batch {
  return {
    body: JSON.stringify(events.map(({ cloudEvent }) => cloudEvent)),
    count: events.length,
    executionEvents: events.filter(({ kind }) => kind === 'event').length,
  };
}
