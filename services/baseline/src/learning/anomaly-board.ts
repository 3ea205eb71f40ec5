import { fold, isNormalAgain, type Anomaly, type AnomalyEvent, type Finding } from '../domain/index.js';
import type { CauseSettings } from '../storage/cause-setting.repository.js';

export interface AnomalyChange {
  /** Null for one that is new. */
  readonly before: Anomaly | null;
  readonly after: Anomaly;
  /** When it was last seen, by the log's clock; null when it was not seen now. */
  readonly heardAtMs: number | null;
  /** Runs that showed it now. */
  readonly runIds: readonly string[];
}

/** The anomalies of some subjects that are not resolved, and what becomes of them within one transaction. */
export class AnomalyBoard {
  private readonly unresolved = new Map<string, Map<string, Anomaly>>();
  private readonly changed = new Map<string, AnomalyChange>();

  constructor(
    known: readonly Anomaly[],
    private readonly settings: CauseSettings,
  ) {
    for (const anomaly of known) this.remember(anomaly);
  }

  /** Opens an anomaly, or counts the open one up. */
  find(finding: Finding, heardAtMs: number): void {
    const before = this.unresolved.get(finding.subjectKeyId)?.get(finding.cause) ?? null;
    const after = fold(before, { kind: 'finding', finding });
    if (after === null) return;
    const { mutedUntilMs } = this.settings.of(finding.subjectKeyId, finding.cause);
    // A mute outlives the episode that it was said of.
    this.change(before, before === null ? { ...after, mutedUntilMs } : after, { heardAtMs, runIds: finding.evidence });
  }

  /** Tells all anomalies of a subject, but for some causes, which causes were found normal. */
  normal(subjectKeyId: string, normal: readonly string[], atMs: number, except: ReadonlySet<string> = new Set()): void {
    for (const anomaly of [...(this.unresolved.get(subjectKeyId)?.values() ?? [])]) {
      if (!except.has(anomaly.cause) && isNormalAgain(anomaly.cause, normal)) this.tell(anomaly, { kind: 'normal', atMs });
    }
  }

  /** Lets an event happen to an anomaly of the board, or to one that is resolved already. */
  tell(anomaly: Anomaly, event: Exclude<AnomalyEvent, { readonly kind: 'finding' }>): Anomaly {
    const after = fold(anomaly, event) ?? anomaly;
    if (after !== anomaly) this.change(anomaly, after, { heardAtMs: null, runIds: [] });
    return after;
  }

  /** What changed, in the order in which the anomalies first did: an episode that ended comes before the next of its cause. */
  changes(): readonly AnomalyChange[] {
    return [...this.changed.values()];
  }

  private change(before: Anomaly | null, after: Anomaly, { heardAtMs, runIds }: Pick<AnomalyChange, 'heardAtMs' | 'runIds'>): void {
    const earlier = this.changed.get(after.anomalyId);
    this.changed.set(after.anomalyId, {
      before: earlier === undefined ? before : earlier.before,
      after,
      heardAtMs: later(earlier?.heardAtMs ?? null, heardAtMs),
      runIds: runIds.length === 0 ? (earlier?.runIds ?? []) : [...new Set([...(earlier?.runIds ?? []), ...runIds])],
    });
    this.remember(after);
  }

  private remember(anomaly: Anomaly): void {
    const causes = this.unresolved.get(anomaly.subjectKeyId) ?? new Map<string, Anomaly>();
    this.unresolved.set(anomaly.subjectKeyId, causes);
    if (anomaly.status !== 'resolved') causes.set(anomaly.cause, anomaly);
    else if (causes.get(anomaly.cause)?.anomalyId === anomaly.anomalyId) causes.delete(anomaly.cause);
  }
}

function later(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : Math.max(left, right);
}
