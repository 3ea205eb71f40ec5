export { errorCodes, isOrreryError, isRetriable, messageOf, OrreryError, type ErrorCode, type ErrorOptions } from './orrery-error.js';
export { toGrpcStatus, toProblem, type ProblemDocument } from './problem.js';
