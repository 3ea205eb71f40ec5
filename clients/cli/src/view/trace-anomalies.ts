import type { Anomaly } from '../anomaly-shapes.js';
import type { Task } from '../api-shapes.js';
import { worstFirst } from './anomaly-view.js';
import { severityMark } from './severity-mark.js';
import { oneLine, type Style } from './style.js';

interface AnomalyListOptions {
  readonly style: Style;
  readonly width: number;
  /** Anomalies to show. */
  readonly breadth: number;
}

/** The anomalies of a run with their sentences, the worst first; nothing where there are none. */
export function listAnomalies(anomalies: readonly Anomaly[], { style, width, breadth }: AnomalyListOptions): string[] {
  if (anomalies.length === 0) return [];
  const shown = worstFirst(anomalies).slice(0, breadth);
  const hidden = anomalies.length - shown.length;
  return [
    '',
    style.strong('not as usual'),
    ...shown.map(({ severity, text, anomaly_id: id, status }) => `${severityMark(severity, style)} ${oneLine(text, Math.max(40, width - 30))}  ${style.faint(status === 'open' ? id.slice(0, 8) : `${id.slice(0, 8)} ${status}`)}`),
    ...(hidden > 0 ? [`… ${hidden} more; see \`orrery anomalies --run\``] : []),
  ];
}

/** What stands at the tasks that are not as usual. An anomaly tells of its task by name, so several of one name share it. */
export class TaskMarks {
  private readonly byName = new Map<string, Anomaly[]>();

  constructor(
    anomalies: readonly Anomaly[],
    private readonly style: Style,
  ) {
    for (const anomaly of worstFirst(anomalies)) {
      const { subject, task } = anomaly.subject;
      // A false alarm says that the task was as usual.
      if (subject !== 'task' || !task || anomaly.resolution?.kind === 'false_positive') continue;
      this.byName.set(task, [...(this.byName.get(task) ?? []), anomaly]);
    }
  }

  of(task: Task): string {
    const anomalies = this.byName.get(task.name ?? task.external_id) ?? [];
    return anomalies.map(({ severity, title, subject }) => `  ${severityMark(severity, this.style)} ${oneLine(withoutName(title, subject.task ?? ''), 60)}`).join('');
  }
}

/** A title without the name that stands on the task's line. */
function withoutName(title: string, task: string): string {
  return title.startsWith(`${task}: `) ? title.slice(task.length + 2) : title;
}
