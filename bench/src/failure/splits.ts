import type { Random } from '@orrery/stats';
import type { Parts } from './evaluate.js';
import type { KnownRun } from './known-before.js';

const testShare = 0.2;
const validationShare = 0.15;
const folds = 5;

type Part = keyof Parts;

function partsBy(known: readonly KnownRun[], partOf: (run: KnownRun, index: number) => Part): Parts {
  const parts: Record<Part, KnownRun[]> = { training: [], validation: [], test: [] };
  known.forEach((run, index) => parts[partOf(run, index)].push(run));
  return parts;
}

/** The published protocol: each run by itself. */
export function randomSplit(known: readonly KnownRun[], random: Random): Parts {
  return partsBy(known, () => partAt(random.next()));
}

function partAt(draw: number): Part {
  return draw < testShare ? 'test' : draw < testShare + validationShare ? 'validation' : 'training';
}

/** The latest fifth is tested; what chose the model lies just before it. */
export function splitByTime(known: readonly KnownRun[]): Parts {
  const [validationFrom, testFrom] = [known.length * (1 - testShare - validationShare), known.length * (1 - testShare)];
  return partsBy(known, (_, index) => (index >= testFrom ? 'test' : index >= validationFrom ? 'validation' : 'training'));
}

/** Each repository is tested once, by a model that saw none of its runs; the repositories of the next fold chose the model. */
export function foldsByRepository(known: readonly KnownRun[], random: Random): Parts[] {
  const foldOf = new Map([...new Set(known.map(({ run }) => run.repository))].sort().map((repository) => [repository, random.below(folds)]));
  return Array.from({ length: folds }, (_, fold) =>
    partsBy(known, ({ run }) => {
      const found = foldOf.get(run.repository)!;
      return found === fold ? 'test' : found === (fold + 1) % folds ? 'validation' : 'training';
    }),
  );
}
