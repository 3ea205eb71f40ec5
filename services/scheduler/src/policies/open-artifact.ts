import { baseOf, createLearnedPolicy, readArtifact, strangenessOf } from '../domain/agents/index.js';
import type { OpenPolicy } from './open-policy.js';

/** Makes a policy of an artifact of this version. */
export const openArtifact: OpenPolicy = (stored) => {
  const artifact = readArtifact(stored);
  return { policy: createLearnedPolicy(artifact), base: baseOf(artifact), strangeness: strangenessOf(artifact) };
};
