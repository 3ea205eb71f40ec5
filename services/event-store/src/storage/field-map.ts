import type { ColumnType } from './table.js';

export type Row = Readonly<Record<string, unknown>>;
/** A row under construction. */
export type RowDraft = Record<string, unknown>;

/** Which fields of a state lie in columns of their own, and how they become a row and come back. */
export interface FieldMap<State, Field extends keyof State> {
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Adds the fields to a row. */
  fill(row: RowDraft, state: Pick<State, Field>): void;
  fromRow(row: Row): Pick<State, Field>;
}

/**
 * Maps fields to columns by name: `externalId` to `external_id`, `startedAtUs` to `started_at`. Nulls are left out of the row.
 */
export function fieldMap<State, Field extends keyof State & string>(types: Readonly<Record<Field, ColumnType>>): FieldMap<State, Field> {
  const fields = (Object.keys(types) as Field[]).map((field) => ({ field, column: columnOf(field), type: types[field] }));
  return {
    columns: Object.fromEntries(fields.map(({ column, type }) => [column, type])),
    fill: (row, state) => {
      for (const { field, column } of fields) {
        const value = state[field];
        if (value !== null) row[column] = value;
      }
    },
    fromRow: (row) => {
      const state: Partial<Record<Field, unknown>> = {};
      for (const { field, column } of fields) state[field] = row[column];
      return state as Pick<State, Field>;
    },
  };
}

function columnOf(field: string): string {
  return field.replace(/AtUs$/, 'At').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
