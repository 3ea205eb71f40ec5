import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';

/** What people said of one cause on one subject. */
export interface CauseSetting {
  readonly keyId: string;
  readonly cause: string;
  /** How much wider its bounds are than built; 1 as built. */
  readonly threshold: number;
  /** Nobody is told of it until then; null when it is not muted. */
  readonly mutedUntilMs: number | null;
}

const load: Statement = {
  name: 'load cause_setting',
  text: `
    select s.key_id as "keyId", s.cause, s.threshold, ${milliseconds('s.muted_until')} as "mutedUntilMs"
    from unnest($1::text[]) as k (key_id) cross join lateral (select * from cause_setting t where t.tenant_id = $2 and t.key_id = k.key_id offset 0) s`,
};
const save: Statement = {
  name: 'save cause_setting',
  text: `
    insert into cause_setting (tenant_id, key_id, cause, threshold, muted_until) values ($1, $2, $3, $4, ${moment('$5')})
    on conflict (tenant_id, key_id, cause) do update set threshold = excluded.threshold, muted_until = excluded.muted_until`,
};

/** What people said of the causes on some subjects. */
export class CauseSettings {
  private readonly settings: ReadonlyMap<string, CauseSetting>;

  constructor(settings: readonly CauseSetting[]) {
    this.settings = new Map(settings.map((setting) => [`${setting.keyId} ${setting.cause}`, setting]));
  }

  of(keyId: string, cause: string): CauseSetting {
    return this.settings.get(`${keyId} ${cause}`) ?? { keyId, cause, threshold: 1, mutedUntilMs: null };
  }
}

export async function loadCauseSettings(transaction: Transaction, tenantId: string, keyIds: readonly string[]): Promise<CauseSettings> {
  return new CauseSettings(keyIds.length === 0 ? [] : await execute<CauseSetting>(transaction, load, [keyIds, tenantId]));
}

export async function saveCauseSetting(transaction: Transaction, tenantId: string, { keyId, cause, threshold, mutedUntilMs }: CauseSetting): Promise<void> {
  await execute(transaction, save, [tenantId, keyId, cause, threshold, mutedUntilMs]);
}
