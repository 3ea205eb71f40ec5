import { findRowsByIndex, openDatabase, type Database, type DatabaseOptions, type Transaction } from '@orrery/persistence';
import pg from 'pg';
import { testDatabase, type TestDatabase } from './test-database.js';

/** A node of a query plan, as PostgreSQL explains it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Disabled?: boolean;
  readonly Plans?: readonly PlanNode[];
}

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

  /** Runs some work as the default tenant, undoes it, and explains every statement it made; returns what the plans read and how. */
  async plansOf(work: (transaction: Transaction) => Promise<unknown>): Promise<readonly PlanNode[]> {
    const statements: { text: string; values: unknown[] }[] = [];
    const nodes: PlanNode[] = [];
    const undo = new Error('undo');
    const explain = async (transaction: Transaction) => {
      await findRowsByIndex(transaction);
      const client = await transaction.queryRunner?.connect();
      const send = client.query;
      client.query = (query: { text?: string; values?: unknown[] }, ...rest: unknown[]) => {
        if (query.text !== undefined) statements.push({ text: query.text, values: query.values ?? [] });
        return send.call(client, query, ...rest);
      };
      await work(transaction).finally(() => (client.query = send));
      for (const { text, values } of statements) {
        const { rows } = await client.query(`explain (format json) ${text}`, values);
        collect(rows[0]['QUERY PLAN'][0].Plan, nodes);
      }
      throw undo;
    };
    await this.database.forTenant('default', explain).catch((error: unknown) => {
      if (error !== undo) throw error;
    });
    return nodes;
  }
}

function collect(node: PlanNode, into: PlanNode[]): void {
  into.push(node);
  for (const plan of node.Plans ?? []) collect(plan, into);
}
