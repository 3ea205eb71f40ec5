import { OrreryError } from '@orrery/errors';
import type { Command } from 'commander';
import type { SchedulePolicy, SchedulePolicyCard } from '../../schedule-shapes.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../../session.js';
import { oneLine } from '../../view/style.js';
import { layTable } from '../../view/table.js';
import { showAgo } from '../../view/time.js';

interface ChoiceOptions extends ConnectionOptions {
  readonly by?: string;
  readonly note?: string;
}

export const POLICIES = '/api/v1/schedule/policies';

/** The commands that show which policies there are, and that put them into service and out of it. */
export function definePolicies(group: Command, surroundings: Surroundings): void {
  const list = group
    .command('policies')
    .summary('show scheduling policies')
    .description('Lists heuristics, the policies that come with the product, and those that were learned; one of them serves.')
    .action(async (options: ConnectionOptions) => show(await openSession(options, surroundings)));
  shareOptions(list, { examples: ['orrery schedule policies', "orrery schedule policies --json | jq -r '.policies[] | select(.serving).name'"] });
  const promote = choiceOptions(group.command('promote'))
    .summary('put a policy into service')
    .description('Lets a policy decide from now on, whatever the release gate said of it: a learned one by its own name, or a heuristic.')
    .action(async (name: string, options: ChoiceOptions) => {
      const session = await openSession(options, surroundings);
      const card = await post<SchedulePolicyCard>(session, name, 'promote', options);
      if (session.isJson) session.terminal.document(card);
      else session.terminal.line(`${oneLine(card.name, 100)} serves now`);
    });
  shareOptions(promote, { examples: ['orrery schedule promote learned-3 --note "cheaper"', 'orrery schedule promote fair'] });
  const rollback = choiceOptions(group.command('rollback'))
    .summary('go back to the policy that served before')
    .description('Takes the policy that serves out of service: what served before it does again.')
    .action(async (name: string, options: ChoiceOptions) => {
      const session = await openSession(options, surroundings);
      const answer = await post<{ readonly from: { readonly name: string; readonly version: number }; readonly to: { readonly name: string; readonly version: number } }>(session, name, 'rollback', options);
      if (session.isJson) session.terminal.document(answer);
      else session.terminal.line(`${ownName(answer.to)} serves again, in place of ${ownName(answer.from)}`);
    });
  shareOptions(rollback, { examples: ['orrery schedule rollback learned-3'] });
}

function choiceOptions(command: Command): Command {
  return command.argument('<name>', 'own name of the policy, as `orrery schedule policies` shows it').option('--by <name>', 'who does it (default: whom the API key belongs to)').option('--note <text>', 'why');
}

async function show({ client, terminal, isJson }: Session): Promise<void> {
  const answer = await client.get<{ readonly policies: readonly SchedulePolicy[] }>(POLICIES);
  if (isJson) return terminal.document(answer);
  const { style } = terminal;
  const columns = [
    { head: 'POLICY', cell: ({ name }: SchedulePolicy) => oneLine(name, 60), paint: ({ serving }: SchedulePolicy, text: string) => (serving ? style.strong(text) : text) },
    { head: 'KIND', cell: ({ kind }: SchedulePolicy) => kind },
    { head: 'STATUS', cell: ({ serving, fault }: SchedulePolicy) => (fault !== null ? 'damaged' : serving ? 'serves' : ''), paint: ({ fault }: SchedulePolicy, text: string) => (fault === null ? style.good(text) : style.bad(text)) },
    { head: 'LEARNED', cell: ({ created_at: at }: SchedulePolicy) => (at === null ? '' : showAgo(at, Date.now())) },
    { head: 'WHAT', cell: ({ description, fault }: SchedulePolicy) => oneLine(fault ?? description, 200), maxWidth: 200 },
  ];
  for (const line of layTable(answer.policies, columns, terminal.width)) terminal.line(line);
}

async function post<Answer>({ client }: Session, name: string, what: string, { by, note }: ChoiceOptions): Promise<Answer> {
  const answer = await client.post<Answer>({ path: `${POLICIES}/${encodeURIComponent(name)}/${what}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ by, note }) });
  if (answer === null) throw new OrreryError('ORRERY_DEPENDENCY', `${client.url} did not say what became of ${name}`);
  return answer;
}

function ownName({ name, version }: { readonly name: string; readonly version: number }): string {
  return version >= 2 ? `${name}-${version}` : name;
}
