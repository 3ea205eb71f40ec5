/** The place of a row in a listing by time: when it is, and its id among those of the same moment. */
export interface Place {
  readonly atUs: number;
  readonly id: string;
}
