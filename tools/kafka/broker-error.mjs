/**
 * A local broker cannot be started or stopped.
 *
 * `code` is `ORRERY_CONFIG` when the caller can repair it (a port, a folder) and `ORRERY_DEPENDENCY` when
 * something outside is missing or fails (Java, Maven, the broker itself).
 */
export class BrokerError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'BrokerError';
    this.code = code;
  }
}

/** A program that one way of running Kafka needs is not there; another way may still work. */
export class MissingProgramError extends BrokerError {
  constructor(message, options) {
    super('ORRERY_DEPENDENCY', message, options);
    this.name = 'MissingProgramError';
  }
}
