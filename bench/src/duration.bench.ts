import path from 'node:path';
import { isOrreryError } from '@orrery/errors';
import { createConformalState } from '@orrery/learning';
import { median } from '@orrery/stats';
import { dataFolder } from './baseline/evaluation-data.js';
import { judgeMachine, localMachine, type Judged } from './duration/held-out-runs.js';
import { readLotaru, type LotaruData } from './duration/lotaru-data.js';
import { parseOptions } from './harness/options.js';
import { report } from './harness/report.js';

// How long tasks take on machines on which they never ran, from at most six local runs and micro-benchmarks, beside the naive mean and Lotaru-A.

const rounded = (value: number): number => Number(value.toFixed(4));
const share = (all: readonly Judged[], holds: (one: Judged) => boolean): number => rounded(all.filter(holds).length / all.length);

function dataOrEnd(folder: string): LotaruData {
  try {
    return readLotaru(folder);
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

const figures = (all: readonly Judged[]) => ({
  mdape: rounded(median(all.map(({ error }) => error))),
  mean_ape: rounded(all.reduce((sum, { error }) => sum + error, 0) / all.length),
  naive_mdape: rounded(median(all.map(({ naiveError }) => naiveError))),
  lotaru_mdape: rounded(median(all.map(({ lotaruError }) => lotaruError))),
  coverage80: share(all, ({ isHeld }) => isHeld),
  coverage80_uncalibrated: share(all, ({ isHeldUncalibrated }) => isHeldUncalibrated),
  n: all.length,
});

const options = parseOptions('duration', { data: { type: 'string' } });
const data = dataOrEnd(path.join(dataFolder(options.data), 'runtime-lotaru'));
const machines = [localMachine, ...data.machines.filter((machine) => machine !== localMachine)];
const startedAtMs = performance.now();
const judged = data.workflows.flatMap((workflow) => {
  let calibration = createConformalState();
  return machines.flatMap((machine) => {
    const found = judgeMachine(data, workflow, machine, calibration);
    calibration = found.calibration;
    return found.judged;
  });
});
const seconds = (performance.now() - startedAtMs) / 1000;

const rows = machines.flatMap((machine) =>
  data.workflows.map((workflow) => ({ machine, workflow, ...figures(judged.filter((one) => one.machine === machine && one.workflow === workflow)) })),
);
const remote = judged.filter(({ machine }) => machine !== localMachine);
const local = judged.filter(({ machine }) => machine === localMachine);
const coverageByWorkflow = Object.fromEntries(data.workflows.map((workflow) => [workflow, figures(judged.filter((one) => one.workflow === workflow)).coverage80]));
const all = [
  { machine: 'all remote', workflow: '', ...figures(remote) },
  { machine: 'all local', workflow: '', ...figures(local) },
  { machine: 'all', workflow: '', ...figures(judged) },
];
report([...rows.filter(({ n }) => n > 0), ...all], {
  bench: 'duration',
  machines: rows.filter(({ n }) => n > 0),
  mdape_remote: figures(remote).mdape,
  coverage80: figures(judged).coverage80,
  mdape_local: figures(local).mdape,
  naive_mdape_remote: figures(remote).naive_mdape,
  lotaru_mdape_remote: figures(remote).lotaru_mdape,
  lotaru_mdape_local: figures(local).lotaru_mdape,
  coverage80_remote: figures(remote).coverage80,
  coverage80_local: figures(local).coverage80,
  coverage80_by_workflow: coverageByWorkflow,
  coverage80_uncalibrated: figures(judged).coverage80_uncalibrated,
  runs: judged.length,
  seconds: rounded(seconds),
});
