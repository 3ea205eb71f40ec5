/** Anything that runs SQL within a transaction, such as TypeORM's EntityManager or a `pg` client. */
export interface SqlSession {
  query(sql: string, parameters: unknown[]): Promise<unknown>;
}

/** A service's schema; `Database` of @orrery/persistence is one. */
export interface SqlDatabase {
  readonly schema: string;
  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
}

/** The rows of a select: `pg` gives a result around them, TypeORM the bare array. */
export function rowsOf<Row>(result: unknown): readonly Row[] {
  return Array.isArray(result) ? (result as Row[]) : (result as { rows: Row[] }).rows;
}
