import type { RunPlan } from './run-plan.js';
import type { StepCourse } from './scenario.js';

/**
 * Places of the tasks that decide when the run ends, in their order: from the one that ends last back to what each waited for longest, as
 * far as that has not ended.
 */
export function criticalSteps({ steps }: RunPlan, courses: readonly StepCourse[]): readonly number[] {
  const path: number[] = [];
  let at = latest(courses.flatMap(({ fate }, place) => (fate === 'open' ? [place] : [])), courses);
  while (at !== undefined) {
    if (courses[at]?.fate === 'open' && steps[at]?.isTask === true) path.unshift(at);
    // Ends and begins that meet: of what it waited for, the last; a step that ended long ago stands at the head of the path.
    const before = latest(steps[at]?.predecessors ?? [], courses);
    at = before !== undefined && courses[before]?.fate === 'ended' ? undefined : before;
  }
  return path;
}

function latest(places: readonly number[], courses: readonly StepCourse[]): number | undefined {
  return places.reduce<number | undefined>((last, place) => (last === undefined || (courses[place]?.endMs ?? 0) > (courses[last]?.endMs ?? 0) ? place : last), undefined);
}
