import { LineCounter, parseDocument } from 'yaml';
import { basename } from 'node:path';
import type { Pipeline, Stage } from './definition.js';
import { unitCount } from './definition.js';
import { Faults } from './faults.js';
import { Fields, isMapping } from './fields.js';
import { findCycle } from './graph.js';
import { parseDurationMs } from './quantity.js';
import { readStages } from './read-stages.js';

const FIELDS = ['name', 'namespace', 'labels', 'env', 'defaults', 'deadline', 'weight', 'max_slots', 'tasks'] as const;
const MOST_TASKS = 10_000;

/**
 * Reads a pipeline file.
 *
 * @param file its name, for the messages; without a `name` in the file the pipeline is called after it
 * @throws ORRERY_VALIDATION with everything that is wrong with it, each fault with its line
 */
export function readPipeline(text: string, file: string): Pipeline {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const faults = new Faults(file, document, lines);
  for (const error of document.errors) faults.addAt(error.pos[0], error.message);
  faults.throwIfAny();
  const root = toPlain(document, faults);
  faults.throwIfAny();
  const pipeline = read(root, file, faults);
  faults.throwIfAny();
  return pipeline;
}

function toPlain(document: ReturnType<typeof parseDocument>, faults: Faults): Readonly<Record<string, unknown>> {
  try {
    const root: unknown = document.toJS();
    if (isMapping(root)) return root;
    faults.add([], 'a pipeline is a mapping with `name` and `tasks`');
  } catch (error) {
    faults.add([], `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {};
}

function read(root: Readonly<Record<string, unknown>>, file: string, faults: Faults): Pipeline {
  const fields = new Fields(root, [], faults);
  fields.allow(FIELDS);
  const stages = readStages(fields, faults);
  checkGraph(stages, faults);
  const labels = fields.variables('labels');
  const deadline = readDeadline(fields);
  const pipeline = {
    name: fields.text('name') ?? basename(file).replace(/\.(ya?ml|json)$/i, ''),
    namespace: fields.text('namespace'),
    labels,
    deadline,
    weight: fields.amount('weight'),
    maxSlots: fields.whole('max_slots', 1, 100_000),
    stages,
  };
  if (unitCount(pipeline) > MOST_TASKS) faults.add(['tasks'], `a pipeline has at most ${MOST_TASKS} tasks, this one ${unitCount(pipeline)}`);
  return pipeline;
}

function readDeadline(fields: Fields): Pipeline['deadline'] {
  const value = fields.raw('deadline');
  if (value === undefined) return undefined;
  const afterMs = parseDurationMs(value);
  if (afterMs !== undefined) return { afterMs };
  const atMs = /^\d{4}-\d\d-\d\d/.test(String(value)) ? Date.parse(String(value)) : NaN;
  if (!Number.isNaN(atMs)) return { atMs };
  fields.fault('deadline', 'must be a length of time like 30m, or a time like 2026-01-31T12:00Z');
  return undefined;
}

function checkGraph(stages: readonly Stage[], faults: Faults): void {
  const cycle = findCycle(stages);
  if (cycle === undefined) return;
  const [first = ''] = cycle;
  const words = cycle.length === 1 ? `${first} depends on itself` : `${[...cycle, first].join(' -> ')} is a circle: each waits for the next`;
  faults.add(['tasks', first, 'depends_on'], words);
}
