import { quoteIdentifier } from './identifiers.js';
import { applicationRole } from './row-security.js';

/** Rows of earlier years are undated: their clock was wrong. */
export const firstDatedYear = 2000;

const attributes = `language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC'`;

/** SQL that gives a schema the functions behind `ensureMonthlyPartitions` and `dropPartitionsOlderThan`; idempotent. */
export function partitionFunctions(schema: string): string {
  const name = quoteIdentifier(schema);
  return `
    ${checkFunction(name)};
    ${ensureFunction(name)};
    ${dropFunction(name)};
    revoke all on function ${name}.ensure_monthly_partitions, ${name}.drop_partitions_older_than, ${name}.check_partitioned from public;
    grant execute on function ${name}.ensure_monthly_partitions, ${name}.drop_partitions_older_than to ${applicationRole}`;
}

function checkFunction(name: string): string {
  return `
    create or replace function ${name}.check_partitioned(parent text) returns void ${attributes} as $function$
    begin
      if not exists (select from pg_class where relnamespace = '${name}'::regnamespace and relname = parent and relkind = 'p') then
        raise exception '% is not a partitioned table', parent using errcode = 'undefined_table';
      end if;
    end $function$`;
}

function ensureFunction(name: string): string {
  return `
    create or replace function ${name}.ensure_monthly_partitions(parent text, months date[]) returns void ${attributes} as $function$
    declare
      month_start date;
      partition text;
    begin
      perform ${name}.check_partitioned(parent);
      -- In order, so that two transactions with the same months in another order cannot wait for each other in a circle.
      for month_start in select distinct date_trunc('month', month)::date as first_day from unnest(months) as month order by first_day loop
        if month_start < '${firstDatedYear}-01-01' or month_start > now() + interval '1 year' then
          raise exception 'no partition for month %: implausible', month_start using errcode = 'datetime_field_overflow';
        end if;
        partition := parent || to_char(month_start, '"_"YYYY"_"MM');
        continue when exists (select from pg_class where relnamespace = '${name}'::regnamespace and relname = partition);
        -- One at a time; readers and writers go on. The second look is a query of its own and sees what was committed while waiting,
        -- which to_regclass, out of the session's cache, may not.
        execute format('lock table ${name}.%I in share update exclusive mode', parent);
        continue when exists (select from pg_class where relnamespace = '${name}'::regnamespace and relname = partition);
        -- Attaching a finished table lets reads and writes of the parent go on; "create table ... partition of" would stop them.
        execute format('create table ${name}.%I (like ${name}.%I including defaults including constraints including generated including storage including compression)', partition, parent);
        execute format('revoke all on ${name}.%I from ${applicationRole}', partition);
        execute format('alter table ${name}.%I attach partition ${name}.%I for values from (%L) to (%L)', parent, partition, month_start, (month_start + interval '1 month')::date);
      end loop;
    end $function$`;
}

function dropFunction(name: string): string {
  return `
    create or replace function ${name}.drop_partitions_older_than(parent text, month date) returns text[] ${attributes} set lock_timeout = '2s' as $function$
    declare
      partition text;
      dropped text[] := '{}';
    begin
      perform ${name}.check_partitioned(parent);
      if month > now() then
        raise exception 'month % is not over', month using errcode = 'datetime_field_overflow';
      end if;
      for partition in
        select child.relname from pg_inherits join pg_class child on child.oid = inhrelid
        where inhparent = format('${name}.%I', parent)::regclass
          and right(child.relname, 7) ~ '^[0-9]{4}_[0-9]{2}$' and right(child.relname, 7) < to_char(month, 'YYYY_MM')
        order by child.relname
      loop
        execute format('drop table ${name}.%I', partition);
        dropped := dropped || partition;
      end loop;
      return dropped;
    end $function$`;
}
