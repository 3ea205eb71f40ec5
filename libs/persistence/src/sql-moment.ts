/** SQL for a moment that is given as Unix ms in a parameter. */
export function moment(parameter: string): string {
  return `timestamptz 'epoch' + ${parameter}::double precision * interval '1 ms'`;
}

/** SQL for a moment as Unix ms. */
export function milliseconds(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::double precision`;
}

/** SQL for a moment as Unix ms without a fraction. */
export function wholeMilliseconds(column: string): string {
  return `round(extract(epoch from ${column}) * 1000)::double precision`;
}
