/** Hears of what went wrong without anyone having asked: a reader's log, for example. Details hold ids, never payloads. */
export type LogWarning = (message: string, details: Readonly<Record<string, unknown>>) => void;
