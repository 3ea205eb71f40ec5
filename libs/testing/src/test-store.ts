import { openDatabase, type Database, type DatabaseOptions } from '@orrery/persistence';
import pg from 'pg';
import { testDatabase, type TestDatabase } from './test-database.js';

/** A database of its own with the schema of one service. */
export class TestStore {
  private constructor(
    private readonly server: TestDatabase,
    readonly database: Database,
    /** Not bound by row security. */
    readonly admin: pg.Client,
  ) {}

  static async open({ schema, migrations }: Pick<DatabaseOptions, 'schema' | 'migrations'>): Promise<TestStore> {
    const server = await testDatabase();
    const database = await openDatabase({ url: server.url, schema, migrations });
    const admin = new pg.Client({ connectionString: server.url, options: `-c search_path=${schema}` });
    await admin.connect();
    return new TestStore(server, database, admin);
  }

  get url(): string {
    return this.server.url;
  }

  async close(): Promise<void> {
    await this.admin.end();
    await this.database.close();
    await this.server.drop();
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, values)).rows;
  }
}
