import { quotedSchema } from '../postgres/postgres-connection.js';

/**
 * The statements that make the tables of the outbox and of the consumer's positions in a service's schema; run them in one of the
 * service's migrations. Both are the service's own machinery and hold rows of all tenants: no tenant column, no row security.
 */
export function outboxStatements(schema: string): readonly string[] {
  const quoted = quotedSchema(schema);
  return [
    `create table ${quoted}.outbox (
       outbox_id bigint generated always as identity primary key,
       topic text not null,
       key bytea,
       value bytea,
       headers text,
       written_at timestamptz not null default clock_timestamp(),
       parked_at timestamptz,
       park_reason text)`,
    `create index outbox_parked on ${quoted}.outbox (outbox_id) where parked_at is not null`,
    `create table ${quoted}.consumer_position (
       group_id text not null,
       topic text not null,
       partition int not null,
       next_offset bigint not null,
       moved_at timestamptz not null default clock_timestamp(),
       primary key (group_id, topic, partition)) with (fillfactor = 50)`,
  ];
}

/** The channel that a schema's outbox notifies on. */
export function outboxChannel(schema: string): string {
  return `${schema}_outbox`;
}
