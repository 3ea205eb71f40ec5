export interface ServerSettingsChoice {
  readonly durable: boolean;
  readonly sharedBuffersMb: number;
  readonly maxConnections: number;
}

/** The server's settings beyond PostgreSQL's defaults. */
export function serverSettings({ durable, sharedBuffersMb, maxConnections }: ServerSettingsChoice): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    shared_buffers: `${sharedBuffersMb}MB`,
    max_connections: String(maxConnections),
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Errors of statements reach the client that sent them; in the server's log they would be noise, with statement texts in it.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    // Our statements are short; compiling them costs more than it saves.
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0' }),
  };
}
