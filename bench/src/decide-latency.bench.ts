import { assignmentsOf, Cluster, createLearnedPolicy, decideGuarded, KnownRuns, readArtifact, servingHeuristics, strangenessOf, type Policy } from '@orrery/scheduler/domain';
import { parseOptions } from './harness/options.js';
import { report } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';
import { AskedCluster } from './schedule/asked-cluster.js';
import { shippedArtifact } from './schedule/learned-policies.js';

// How long one answer takes the scheduler once the question is read: building what policies see, the heuristic beside the policy, and the words.
// An engine asks again and again; between two questions, what was decided is started and as much has ended.

const options = parseOptions('decide-latency', { deadline: { type: 'string', default: '20' }, questions: { type: 'string', default: '400' } });
const states = [
  { runs: 50, tasks: 50, free: 8, weight: 1 },
  { runs: 50, tasks: 50, free: 50, weight: 1 },
  { runs: 1000, tasks: 100, free: 8, weight: 0.25 },
  { runs: 1000, tasks: 100, free: 64, weight: 0.25 },
];
/** The first questions meet code and graphs that nobody has seen yet. */
const warmUpShare = 0.1;

const heuristic = servingHeuristics.get('fair')?.policy as Policy;
const artifact = readArtifact(shippedArtifact('learned'));
const learned = { policy: createLearnedPolicy(artifact), strangeness: strangenessOf(artifact) };

function measure({ runs, tasks, free, weight }: (typeof states)[number], name: string, { policy, strangeness }: { readonly policy: Policy | undefined; readonly strangeness?: ((cluster: Cluster) => string | undefined) | undefined }) {
  const engine = new AskedCluster(runs, tasks, free);
  const known = new KnownRuns();
  const count = Math.round(Number(options.questions) * weight);
  const tookMs: number[] = [];
  let fallbacks = 0;
  for (let question = 0; question < count; question += 1) {
    const request = engine.ask();
    const startMs = performance.now();
    const cluster = new Cluster(request, { known });
    const objection = (state: Cluster) => {
      const words = strangeness?.(state);
      return words === undefined ? undefined : { fallback: 'out_of_distribution' as const, words };
    };
    const decision = decideGuarded(cluster, { heuristic, policy, objection, clock: () => performance.now(), deadlineMs: Number(options.deadline) });
    const assignments = assignmentsOf(decision.given, name);
    const endMs = performance.now();
    if (question >= count * warmUpShare) tookMs.push(endMs - startMs);
    if (decision.objection !== undefined) fallbacks += 1;
    engine.goOn(assignments);
  }
  return { state: `${runs} runs x ${tasks} tasks`, free_slots: free, policy: name, questions: tookMs.length, p50_ms: rounded(quantile(tookMs, 0.5), 2), p99_ms: rounded(quantile(tookMs, 0.99), 2), fallback_share: rounded(fallbacks / count, 3) };
}

const rows = states.flatMap((state) => [measure(state, 'fair', { policy: undefined }), measure(state, 'learned', learned)]);
report(rows, { bench: 'decide-latency', deadline_ms: Number(options.deadline), states: rows });
