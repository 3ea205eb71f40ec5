/** SQL for a moment that is given as Unix ms in a parameter. */
export function momentOf(parameter: string): string {
  return `timestamptz 'epoch' + ${parameter}::double precision * interval '1 ms'`;
}

/** SQL for a moment as Unix ms. */
export function millisecondsOf(column: string): string {
  return `round(extract(epoch from ${column}) * 1000)::double precision`;
}
