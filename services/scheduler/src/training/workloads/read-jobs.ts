import { OrreryError } from '@orrery/errors';
import { z } from 'zod';
import { measuredWorkload, type JobTemplate, type Workload } from '../../domain/index.js';
import { templateOfStages, templateOfTasks } from './task-graph.js';

/** What an upload can be: measured query plans, executions in WfFormat, or stages with durations. */
export const jobFormats = ['measured', 'wfformat', 'dag'] as const;
export type JobFormat = (typeof jobFormats)[number];

/** Jobs to draw from, as they were uploaded. */
export interface ReadJobs {
  readonly format: JobFormat;
  readonly workload: Workload;
}

/** More would make an episode take seconds. */
const mostJobs = 2000;
const mostTasks = 100_000;

const name = z.string().min(1).max(500);
const count = z.number().int().min(1).max(mostTasks);
const durationMs = z.number().min(0).max(1e9);
const lists = z.record(z.string().regex(/^\d{1,6}$/), z.array(durationMs).max(mostTasks));

const measuredSchema = z.object({
  levels: z.array(z.number().int().min(1).max(100_000)).min(1).max(64),
  sizes: z.array(name).min(1).max(100),
  jobs: z.record(name, z.object({ edges: z.array(z.tuple([z.number().int().min(0), z.number().int().min(0)])), stages: z.array(z.object({ n: count, fw: lists, rw: lists, fd: lists })).min(1).max(1000) })),
});

const dagStage = z.strictObject({
  name,
  tasks: count.default(1),
  duration_ms: durationMs.optional(),
  durations_ms: z.array(durationMs).min(1).max(mostTasks).optional(),
  memory_bytes: z.number().min(0).max(2 ** 50).default(0),
  depends_on: z.array(name).max(1000).default([]),
});
const dagJob = z.strictObject({ name, stages: z.array(dagStage).min(1).max(1000) });
const dagList = z.strictObject({ jobs: z.array(dagJob).min(1).max(mostJobs) });

const wfSpecification = z.object({ id: name, name: name.optional(), parents: z.array(name).default([]) });
const wfExecution = z.object({ id: name, runtimeInSeconds: z.number().min(0).max(1e6).optional(), memoryInBytes: z.number().min(0).optional() });
/** Version 1.4 on: what is to be done and what was done lie apart. */
const wfSchema = z.object({ name, workflow: z.object({ specification: z.object({ tasks: z.array(wfSpecification).min(1).max(mostTasks) }), execution: z.object({ tasks: z.array(wfExecution).max(mostTasks) }) }) });
const wfList = z.array(wfSchema).min(1).max(mostJobs);

/**
 * Reads jobs from JSON in one of three forms: measured query plans ({levels, sizes, jobs}), executions in WfFormat 1.4 or newer (one or a list), or
 * stages with durations ({name, stages: [{name, tasks, duration_ms, depends_on}]}, or {jobs: [...]}).
 *
 * @throws ORRERY_VALIDATION that names every fault by its path.
 */
export function readJobs(workloadName: string, text: string): ReadJobs {
  const value = jsonOf(text);
  const [first] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (has(first, 'levels')) return { format: 'measured', workload: bounded(measuredWorkload(workloadName, measuredOf(value))) };
  if (has(first, 'workflow')) return { format: 'wfformat', workload: bounded(flat(workloadName, parsed(wfList, Array.isArray(value) ? value : [value]).map(wfTemplate))) };
  if (!has(first, 'stages') && !has(first, 'jobs')) {
    throw new OrreryError('ORRERY_VALIDATION', 'these are no jobs: expected measured plans {levels, sizes, jobs}, WfFormat {name, workflow}, or stages {name, stages} or {jobs: [{name, stages}]}');
  }
  const read = parsed(dagList, has(value, 'jobs') ? value : { jobs: [value] });
  return { format: 'dag', workload: bounded(flat(workloadName, read.jobs.map(dagTemplate))) };
}

function measuredOf(value: unknown): z.output<typeof measuredSchema> {
  const measured = parsed(measuredSchema, value);
  for (const [job, { edges, stages }] of Object.entries(measured.jobs)) {
    for (const end of edges.flat()) if (end >= stages.length) throw new OrreryError('ORRERY_VALIDATION', `jobs.jobs.${job}.edges: there is no stage ${end}`);
    if (stages.some(({ fw }) => Object.values(fw).every((list) => list.length === 0))) throw new OrreryError('ORRERY_VALIDATION', `jobs.jobs.${job}: a stage has no duration of a first wave`);
  }
  return measured;
}

function wfTemplate({ name: job, workflow: { specification, execution } }: z.output<typeof wfSchema>): JobTemplate {
  const done = new Map(execution.tasks.map((task) => [task.id, task]));
  const tasks = specification.tasks.map((task) => ({
    id: task.id,
    name: kindOf(task.name ?? task.id),
    durationMs: 1000 * (done.get(task.id)?.runtimeInSeconds ?? 0),
    memoryBytes: done.get(task.id)?.memoryInBytes ?? 0,
    parents: task.parents,
  }));
  if (tasks.every((task) => task.durationMs === 0)) throw new OrreryError('ORRERY_VALIDATION', `job ${job}: no task has a runtimeInSeconds`);
  return templateOfTasks(job, tasks);
}

/** `individuals_ID0000001` and `blastall_000002` are of the kinds `individuals` and `blastall`. */
function kindOf(task: string): string {
  return task.replace(/(_ID\d+|_?\d+)$/, '') || task;
}

function dagTemplate({ name: job, stages }: z.output<typeof dagJob>): JobTemplate {
  const indexes = new Map(stages.map((stage, index) => [stage.name, index]));
  if (indexes.size < stages.length) throw new OrreryError('ORRERY_VALIDATION', `job ${job}: two stages have the same name`);
  return templateOfStages(
    job,
    stages.map(({ name: stage, tasks, duration_ms: one, durations_ms: many, memory_bytes: memoryBytes, depends_on: dependsOn }) => {
      const durationsMs = many ?? (one === undefined ? undefined : [one]);
      if (durationsMs === undefined) throw new OrreryError('ORRERY_VALIDATION', `job ${job}, stage ${stage}: expected duration_ms or durations_ms`);
      const parents = dependsOn.map((parent) => {
        const index = indexes.get(parent);
        if (index === undefined) throw new OrreryError('ORRERY_VALIDATION', `job ${job}, stage ${stage}: depends on ${parent}, which is not there`);
        return index;
      });
      return { name: stage, taskCount: tasks, durationsMs, memoryBytes, parents };
    }),
  );
}

function flat(workloadName: string, templates: readonly JobTemplate[]): Workload {
  return { name: workloadName, sizes: [templates] };
}

/** @throws ORRERY_LIMIT when there is more than episodes can be run with, ORRERY_VALIDATION when there is nothing to do. */
function bounded(workload: Workload): Workload {
  const templates = workload.sizes.flat();
  const most = Math.max(...templates.map(({ shape }) => shape.taskCount));
  if (templates.length > mostJobs || most > mostTasks) {
    throw new OrreryError('ORRERY_LIMIT', `at most ${mostJobs} jobs of at most ${mostTasks} tasks each, got ${templates.length}, the largest of ${most}`, { retriable: false, details: { httpStatus: 413 } });
  }
  if (!templates.some(({ shape }) => shape.workMs > 0)) throw new OrreryError('ORRERY_VALIDATION', 'no task takes any time');
  return workload;
}

/** More faults than these are more of the same. */
const shownFaults = 10;

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.slice(0, shownFaults).map(({ path, message }) => `${['jobs', ...path].map(String).join('.')}: ${message}`);
  throw new OrreryError('ORRERY_VALIDATION', faults.join('; '), { details: { faults } });
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', 'the jobs are not JSON', { cause });
  }
}
