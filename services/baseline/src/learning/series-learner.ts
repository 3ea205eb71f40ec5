import { causeOfSeries, emptySeries, learnSeriesEvent, seriesIdOf, subjectOfSeries, type SeriesEvent, type SeriesState } from '../domain/index.js';
import type { CauseSettings } from '../storage/cause-setting.repository.js';
import type { StoredSeries } from '../storage/series.repository.js';
import type { AnomalyBoard } from './anomaly-board.js';

/** What a fact tells of a series, and when the log took the fact. */
export interface RecordedSeriesEvent {
  readonly event: SeriesEvent;
  readonly recordedAtMs: number;
}

export interface SeriesMemory {
  /** By series id: all that are known, and none that is not to be watched. */
  readonly states: ReadonlyMap<string, SeriesState | null>;
  readonly settings: CauseSettings;
  readonly anomalies: AnomalyBoard;
}

/** Learns series one event after the other, in memory: what it needs was loaded before, and what it changed is saved after. */
export class SeriesLearner {
  private readonly changed = new Map<string, StoredSeries>();

  constructor(private readonly memory: SeriesMemory) {}

  learn({ event, recordedAtMs }: RecordedSeriesEvent): void {
    const { states, settings, anomalies } = this.memory;
    const { key } = event;
    const seriesId = seriesIdOf(key);
    const stored = states.get(seriesId);
    if (stored === undefined) return;
    const earlier = this.changed.get(seriesId);
    const { subjectKeyId } = subjectOfSeries(key);
    const cause = causeOfSeries(key, seriesId);
    const { state, verdicts } = learnSeriesEvent(earlier?.state ?? stored ?? emptySeries(), event, settings.of(subjectKeyId, cause).threshold);
    this.changed.set(seriesId, { seriesId, key, state, learnedAtMs: Math.max(recordedAtMs, earlier?.learnedAtMs ?? 0) });
    for (const { atMs, finding } of verdicts) {
      if (finding === null) anomalies.normal(subjectKeyId, [cause], atMs);
      else anomalies.find(finding, recordedAtMs);
    }
  }

  series(): readonly StoredSeries[] {
    return [...this.changed.values()];
  }
}
