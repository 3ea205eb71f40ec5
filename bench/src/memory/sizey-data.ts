import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import { parseCsv } from '../baseline/evaluation-data.js';

/** One execution of a process as the trace tells it. */
export interface TracedExecution {
  readonly process: string;
  readonly peakBytes: number;
  readonly requestedBytes: number;
  readonly inputBytes: number;
  readonly durationMs: number;
}

export interface TracedWorkflow {
  readonly name: string;
  /** By process; those with too few executions, or with one too short to be measured, are left out as published. */
  readonly processes: readonly (readonly TracedExecution[])[];
}

const source = 'github.com/dos-group/sizey, data/trace_*.csv';
const leastExecutions = 34;

/** The workflows of a folder. @throws ORRERY_NOT_FOUND when it is absent; the message says where the public gets them. */
export function readWorkflows(folder: string): TracedWorkflow[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /^trace_.+\.csv$/.test(file)).sort() : [];
  if (files.length === 0) throw new OrreryError('ORRERY_NOT_FOUND', `${folder} holds no trace_*.csv; the data is public: ${source}`);
  return files.map((file) => ({ name: file.replace(/^trace_|\.csv$/g, ''), processes: processesOf(readFileSync(path.join(folder, file), 'utf8')) }));
}

/** Executions with a measured memory, by process, of those processes that the published evaluation keeps. */
export function processesOf(csv: string): TracedExecution[][] {
  const [header = [], ...rows] = parseCsv(csv);
  const column = (name: string): number => header.indexOf(name);
  const [process, rss, memory, rchar, realtime] = ['process', 'rss', 'memory', 'rchar', 'realtime'].map(column) as [number, number, number, number, number];
  const all = rows
    .map((cells) => ({ process: cells[process] ?? '', peakBytes: Number(cells[rss]), requestedBytes: Number(cells[memory]), inputBytes: Number(cells[rchar]), durationMs: Number(cells[realtime]) }))
    .filter(({ peakBytes }) => peakBytes > 0);
  const byProcess = new Map<string, TracedExecution[]>();
  for (const one of all) byProcess.set(one.process, [...(byProcess.get(one.process) ?? []), one]);
  return [...byProcess.values()].filter((executions) => executions.length >= leastExecutions && executions.every(({ durationMs }) => durationMs > 0));
}
