import { isOrreryError } from '@orrery/errors';

/** The answer, or undefined where there is no such thing. */
export async function ifThere<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isOrreryError(error) && error.code === 'ORRERY_NOT_FOUND') return undefined;
    throw error;
  }
}
