import type { ListRules } from './list-policy.js';

const exponents = Array.from({ length: 17 }, (_, step) => -2 + step * 0.25);

/** Every member of the family that the tuner tries: 264. At exponent 0, total and remaining work give the same shares. */
export const tunedFamily: readonly ListRules[] = exponents.flatMap((shareExponent) =>
  (['total-work', 'remaining-work'] as const)
    .filter((shareBy) => shareExponent !== 0 || shareBy === 'total-work')
    .flatMap((shareBy) =>
      [true, false].flatMap((staysLocal) =>
        [false, true].flatMap((givesLeftovers) => (['arrival', 'remaining-work'] as const).map((order): ListRules => ({ order, shareExponent, shareBy, staysLocal, givesLeftovers, stage: 'critical-work' }))),
      ),
    ),
);
