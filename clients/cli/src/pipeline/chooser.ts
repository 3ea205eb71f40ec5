import { isOrreryError, messageOf } from '@orrery/errors';
import type { ApiClient } from '../api-client.js';
import { oneLine } from '../view/style.js';
import type { MachineView, Pick } from './machine-view.js';
import { plainOrder, type PlainOrder } from './plain-order.js';
import { questionOf, readDecision, type Asker, type Decision } from './scheduler-question.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Reasons to fall back that do not pass with the next question. */
const LASTING: ReadonlySet<string> = new Set(['no_policy', 'breaker']);

/** What is to be started, and who said so. */
export interface Choice {
  readonly picks: readonly Pick[];
  /** Absent when nobody answered. */
  readonly decision?: Decision;
}

/**
 * Asks the platform what to start, and goes by plain order while the platform is away, late or talks nonsense. After a vain
 * question it is not asked again for a while, so that slots do not wait for it each time.
 */
export class Chooser {
  private pauseMs = 0;
  private notBeforeMs = 0;
  private hasToldFallback = false;

  /** @param remark hears when the platform's advice begins to be missing, and when it is back */
  constructor(
    private readonly client: ApiClient,
    private readonly asker: Asker,
    private readonly remark: (text: string) => void,
  ) {}

  get order(): PlainOrder {
    return this.asker.policy === 'fifo' ? 'file' : 'critical_path';
  }

  async choose(view: MachineView): Promise<Choice> {
    if (performance.now() < this.notBeforeMs) return this.plainly(view);
    try {
      const answer = await this.client.post<unknown>({ path: '/api/v1/schedule/decide', headers: { 'content-type': 'application/json' }, body: JSON.stringify(questionOf(view, this.asker)) });
      const decision = readDecision(answer, view);
      if (typeof decision === 'string') return this.miss(view, `its answer makes no sense: ${decision}`);
      this.hasAnswered();
      this.tellFallback(decision);
      return { picks: decision.picks, decision };
    } catch (error) {
      return this.miss(view, reasonOf(error));
    }
  }

  private miss(view: MachineView, reason: string): Choice {
    const words = this.order === 'file' ? 'first come, first served' : 'the longest chain first';
    if (this.pauseMs === 0) this.remark(`the scheduler at ${this.client.url} does not help (${oneLine(reason, 300)}); until it does, tasks start in plain order, ${words}`);
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.pauseMs * 2));
    this.notBeforeMs = performance.now() + this.pauseMs;
    return this.plainly(view);
  }

  private hasAnswered(): void {
    if (this.pauseMs > 0) this.remark('the scheduler answers again');
    this.pauseMs = 0;
    this.notBeforeMs = 0;
  }

  /** Once: a policy that lets another one decide for good is not what was asked for. */
  private tellFallback({ fallback, fallbackWords, policy }: Decision): void {
    const { policy: asked } = this.asker;
    if (asked === undefined || this.hasToldFallback || !LASTING.has(fallback)) return;
    this.hasToldFallback = true;
    this.remark(`${policy} decides in place of ${asked}: ${oneLine(fallbackWords || fallback, 300)}`);
  }

  private plainly(view: MachineView): Choice {
    return { picks: plainOrder(view, this.order) };
  }
}

function reasonOf(error: unknown): string {
  const message = messageOf(error);
  // The advice in the usual message is for commands that need the platform.
  return isOrreryError(error) && error.details['isUnreachable'] === true ? (/\(([^)]*)\)/.exec(message)?.[1] ?? message) : message;
}
