import { messageOf } from '@orrery/errors';

type Check = () => Promise<void>;

/** What an operator should know of a part that works: what it runs on, or what it does without. */
export interface HealthNotice {
  readonly isDegraded: boolean;
  readonly reason: string;
}

type Notice = () => HealthNotice | undefined;

export interface HealthReport {
  readonly status: 'ok' | 'error';
  readonly details: Readonly<Record<string, { readonly status: 'up' | 'degraded' | 'down'; readonly reason?: string }>>;
}

/** What must be up for the service to be ready; each part of it registers its own check. */
export class HealthRegistry {
  private readonly checks = new Map<string, Check>();
  private readonly notices = new Map<string, Notice>();
  private isDraining = false;
  private isStarted = false;

  /** The check rejects, with a message for the operator, while its part cannot work. */
  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** What is told of a part without taking the service out of use; undefined while there is nothing to tell. */
  registerNotice(name: string, notice: Notice): void {
    this.notices.set(name, notice);
  }

  markStarted(): void {
    this.isStarted = true;
  }

  /** From here on the service says that it is not ready, so that no new work is sent to it. */
  markDraining(): void {
    this.isDraining = true;
  }

  startup(): HealthReport {
    return report({ startup: this.isStarted ? undefined : 'still starting' });
  }

  async ready(): Promise<HealthReport> {
    const names = [...this.checks.keys()];
    const reasons = await Promise.all([...this.checks.values()].map(reasonOf));
    const entries = names.map((name, index) => [name, reasons[index]] as const);
    const checked = report({ ...Object.fromEntries(entries), ...(this.isDraining ? { shutdown: 'shutting down' } : {}) });
    return { ...checked, details: { ...checked.details, ...this.told() } };
  }

  private told(): HealthReport['details'] {
    const told = [...this.notices].flatMap(([name, notice]) => {
      const { isDegraded, reason } = notice() ?? {};
      return reason === undefined ? [] : [[name, { status: isDegraded ? ('degraded' as const) : ('up' as const), reason }] as const];
    });
    return Object.fromEntries(told);
  }
}

const checkTimeoutMs = 3000;

async function reasonOf(check: Check): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${checkTimeoutMs} ms`), checkTimeoutMs);
  });
  try {
    return await Promise.race([check().then(() => undefined), timeout]);
  } catch (error) {
    return messageOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function report(reasons: Readonly<Record<string, string | undefined>>): HealthReport {
  const details = Object.fromEntries(
    Object.entries(reasons).map(([name, reason]) => [name, reason === undefined ? { status: 'up' as const } : { status: 'down' as const, reason }]),
  );
  return { status: Object.values(reasons).every((reason) => reason === undefined) ? 'ok' : 'error', details };
}
