import type { Anomaly } from '../api/anomaly-shapes.js';

/** Where an anomaly stands in the list: what was seen last comes first. */
const placeOf = ({ last_detected_at: last, detected_at: first }: Anomaly): number => Date.parse(last ?? first ?? '') || 0;

/**
 * Puts a fresh first page over the anomalies that are shown: what is new comes first, what is known is renewed in its place, and what
 * the page no longer holds, though it should, is dropped, unless the reader has just dealt with it: that stays in its place until the next filter.
 */
export function mergeAnomalies(shown: readonly Anomaly[], fresh: readonly Anomaly[], { kept, isWhole }: { readonly kept: ReadonlySet<string>; readonly isWhole: boolean }): readonly Anomaly[] {
  const byId = new Map(fresh.map((anomaly) => [anomaly.anomaly_id, anomaly]));
  const known = new Set(shown.map((anomaly) => anomaly.anomaly_id));
  const oldest = Math.min(...fresh.map(placeOf));
  const isStillThere = (anomaly: Anomaly): boolean => byId.has(anomaly.anomaly_id) || kept.has(anomaly.anomaly_id) || (!isWhole && placeOf(anomaly) <= oldest);
  const added = fresh.filter((anomaly) => !known.has(anomaly.anomaly_id));
  return [...added, ...shown.filter(isStillThere).map((anomaly) => byId.get(anomaly.anomaly_id) ?? anomaly)];
}

/** The list with another version of one of its anomalies. */
export function withAnomaly(shown: readonly Anomaly[], changed: Anomaly): readonly Anomaly[] {
  return shown.map((anomaly) => (anomaly.anomaly_id === changed.anomaly_id ? changed : anomaly));
}
