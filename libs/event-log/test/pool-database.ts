import type pg from 'pg';
import type { SqlDatabase, SqlSession } from '../src/index.js';

/** A service's schema over a pool; its sessions answer with the bare rows, as TypeORM's do, or with the driver's result. */
export class PoolDatabase implements SqlDatabase {
  constructor(
    private readonly pool: pg.Pool,
    readonly schema: string,
    private readonly answers: 'rows' | 'results' = 'rows',
  ) {}

  async transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    const query = async (sql: string, parameters: unknown[]): Promise<unknown> => {
      const result = await client.query(sql, parameters);
      return this.answers === 'rows' ? result.rows : result;
    };
    try {
      await client.query('begin');
      const result = await work({ query });
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
}
