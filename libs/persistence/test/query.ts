import pg from 'pg';

/** One statement on a connection of its own. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text, values)).rows as unknown[];
  } finally {
    await client.end().catch(() => undefined);
  }
}
