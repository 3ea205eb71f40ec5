import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import type { MachineBenchmarks } from '@orrery/predictor/domain';
import { median } from '@orrery/stats';
import { parseCsv } from '../baseline/evaluation-data.js';

/** One run of a task as the traces tell it. */
export interface TracedRun {
  readonly label: string;
  readonly task: string;
  readonly sizeBytes: number;
  readonly durationMs: number;
  /** Busy cores on average, and bytes read and written a second. */
  readonly busyCores: number;
  readonly ioBytesPerSecond: number;
}

export interface LotaruData {
  readonly workflows: readonly string[];
  /** Machines with benchmarks and traces, the local one among them. */
  readonly machines: readonly string[];
  runs(machine: string, workflow: string): readonly TracedRun[];
  benchmarks(machine: string, workflow: string): MachineBenchmarks;
}

const source = 'github.com/CRC-FONDA/Lotaru, execution_reports/*/results_*/execution_report_*.csv (as traces/MACHINE__WORKFLOW.csv) and benchmarks/*.csv';
// What the published tables write where a task was not probed.
const notProbed = new Set([-1, 1]);

/** The traces and benchmarks of a folder. @throws ORRERY_NOT_FOUND when it is absent; the message says where the public gets them. */
export function readLotaru(folder: string): LotaruData {
  const traces = path.join(folder, 'traces');
  if (!existsSync(traces)) throw new OrreryError('ORRERY_NOT_FOUND', `${traces} does not exist; the data is public: ${source}`);
  const parts = readdirSync(traces)
    .filter((file) => /^[^_]+__[^_]+\.csv$/.test(file))
    .map((file) => file.replace('.csv', '').split('__') as [string, string]);
  const probes = (machine: string): string => path.join(folder, 'benchmarks', `bio-bench-${machine}.csv`);
  const scores = new Map(rowsOf(path.join(folder, 'benchmarks', 'lotaru-g.csv')).map((row) => [row.node ?? '', row]));
  return {
    workflows: [...new Set(parts.map(([, workflow]) => workflow))].sort(),
    machines: [...new Set(parts.map(([machine]) => machine))].filter((machine) => existsSync(probes(machine))).sort(),
    runs: (machine, workflow) => {
      const file = path.join(traces, `${machine}__${workflow}.csv`);
      return existsSync(file) ? rowsOf(file).map(runOf).filter(({ durationMs }) => durationMs > 0) : [];
    },
    benchmarks: (machine, workflow) => ({
      cpuScore: scoreOf(scores.get(machine)?.cpu_score),
      ioScore: scoreOf(scores.get(machine)?.io_score),
      taskSeconds: Object.fromEntries(rowsOf(probes(machine)).filter((row) => row.Workflow?.toLowerCase() === workflow).flatMap(probeOf)),
    }),
  };
}

function rowsOf(file: string): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(readFileSync(file, 'utf8'));
  return rows.filter((cells) => cells.length === header.length).map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}

function runOf(row: Record<string, string>): TracedRun {
  const durationMs = Number(row.Realtime);
  return {
    label: row.Label ?? '',
    task: row.Task ?? '',
    sizeBytes: Number(row.TaskInputSizeUncompressed),
    durationMs,
    busyCores: Number.parseFloat(row['%cpu'] ?? '') / 100,
    ioBytesPerSecond: (Number(row.rchar) + Number(row.wchar)) / (durationMs / 1000),
  };
}

function probeOf(row: Record<string, string>): [string, number][] {
  const seconds = median([row.Realtime1, row.Realtime2, row.Realtime3].map(Number));
  return notProbed.has(seconds) || !(seconds > 0) ? [] : [[row.Task?.toLowerCase() ?? '', seconds]];
}

function scoreOf(text: string | undefined): number | null {
  const score = Number(text);
  return score > 0 ? score : null;
}
