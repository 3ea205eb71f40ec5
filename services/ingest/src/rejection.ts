import type { ErrorCode, ProblemDocument } from '@orrery/errors';

/** Why a payload was refused; the closed set that the metric is labelled with. */
export type RejectionReason = 'invalid' | 'invalid_ids' | 'internal' | 'log_unavailable' | 'overloaded' | 'too_large' | 'unauthorised' | 'unsupported_media_type';

const reasonByCode: Readonly<Partial<Record<ErrorCode | 'ORRERY_INTERNAL', RejectionReason>>> = {
  ORRERY_VALIDATION: 'invalid',
  ORRERY_FORBIDDEN: 'unauthorised',
  ORRERY_LIMIT: 'overloaded',
  ORRERY_DEPENDENCY: 'log_unavailable',
  ORRERY_TIMEOUT: 'log_unavailable',
};

const reasonByStatus: Readonly<Record<number, RejectionReason>> = { 413: 'too_large', 415: 'unsupported_media_type' };

/** The reason that a problem document stands for. */
export function rejectionReasonOf({ code, status }: Pick<ProblemDocument, 'code' | 'status'>): RejectionReason {
  return reasonByStatus[status] ?? reasonByCode[code] ?? 'internal';
}
