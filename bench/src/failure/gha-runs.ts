import path from 'node:path';
import { csvRows, pythonList } from '../baseline/evaluation-data.js';

const publicSource = 'https://github.com/jiangnanpro/Reruns-of-GHA-workflow (data/dataframes)';

/** One run of a workflow, as the paper labels it. */
export interface LabelledRun {
  /** Ids of the platform grow with time. */
  readonly id: number;
  readonly repository: string;
  readonly workflow: string;
  readonly branch: string;
  readonly event: string;
  /** The runs of one set are of one state of the code (a following commit may be empty). */
  readonly revision: string;
  /** Place in its set; the first run of a set always failed: that is how the sets were found. */
  readonly place: number;
  readonly failed: boolean;
  readonly durationMs: number | null;
}

/**
 * The labelled runs of the rerun sets, by time: sets with other conclusions than success and failure are left out whole, as the paper does
 * (On the Reruns of GitHub Actions Workflows, 2024).
 */
export function labelledRuns(dataFolder: string): LabelledRun[] {
  const folder = path.join(dataFolder, 'ci-gha-reruns');
  const durations = durationsOf(folder);
  const runs = csvRows(folder, 'dataframe_workflow_rerun_distinct.csv.gz', publicSource).flatMap((row, rowIndex) => {
    const [ids, events, conclusions] = [pythonList<number[]>(row['reruns ids']!), pythonList<string[]>(row.event!), pythonList<(string | null)[]>(row['rerun conclusion']!)];
    return ids.flatMap((set, setIndex) => {
      const labels = conclusions[setIndex]!;
      if (!labels.every((label) => label === 'success' || label === 'failure')) return [];
      const common = { repository: row['repo path']!, workflow: row['workflow file path']!, branch: row.branch!, revision: `${rowIndex}:${setIndex}` };
      return set.map((id, place): LabelledRun => ({ ...common, id, place, event: events[setIndex]![place]!, failed: labels[place] === 'failure', durationMs: durations.get(id) ?? null }));
    });
  });
  return runs.sort((left, right) => left.id - right.id || left.place - right.place);
}

/** How long jobs of a run took in all; zero stands for not known. */
function durationsOf(folder: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const row of csvRows(folder, 'dataframe_workflow_rerun_totalduration_distinct.csv.gz', publicSource)) {
    const [ids, durations] = [pythonList<number[]>(row['reruns ids']!), pythonList<(number | null)[]>(row['total duration']!)];
    ids.forEach((set, setIndex) => set.forEach((id, place) => {
      const durationMs = durations[setIndex]?.[place];
      if (durationMs) found.set(id, durationMs);
    }));
  }
  return found;
}
