import { OrreryError } from '@orrery/errors';
import type { OpenPolicy } from './open-policy.js';

/** No form of artifact is known yet. */
export const openArtifact: OpenPolicy = () => {
  throw new OrreryError('ORRERY_VALIDATION', 'this version knows no form of learned policies');
};
