import { messageOf } from '@orrery/errors';

type Check = () => Promise<void>;

export interface HealthReport {
  readonly status: 'ok' | 'error';
  readonly details: Readonly<Record<string, { readonly status: 'up' | 'down'; readonly reason?: string }>>;
}

/** What must be up for the service to be ready; each part of it registers its own check. */
export class HealthRegistry {
  private readonly checks = new Map<string, Check>();
  private isDraining = false;
  private isStarted = false;

  /** The check rejects, with a message for the operator, while its part cannot work. */
  register(name: string, check: Check): void {
    this.checks.set(name, check);
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
    return report({ ...Object.fromEntries(entries), ...(this.isDraining ? { shutdown: 'shutting down' } : {}) });
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
