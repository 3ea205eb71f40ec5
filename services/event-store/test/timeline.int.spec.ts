import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Status } from '@orrery/contracts';
import type { TestStore } from '@orrery/testing';
import { at, RunTeller } from './records.js';
import { openStore, ServiceScene } from './store-scene.js';

let store: TestStore;
let scene: ServiceScene;
const wide = new RunTeller('wide');
const deep = new RunTeller('deep');
const split = new RunTeller('split');

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
  const children = Array.from({ length: 120 }, (_, index) => ({ eventId: wide.event(`c${index}`), externalId: `c${index}`, parentEventId: wide.event('root'), kind: 'log', startedAtMs: at(index + 1) }));
  const chain = Array.from({ length: 15 }, (_, index) => ({ eventId: deep.event(`${index}`), externalId: `${index}`, parentEventId: index === 0 ? '' : deep.event(`${index - 1}`), kind: 'span', startedAtMs: at(index) }));
  const long = 'é'.repeat(40_000);
  await scene.tell([
    wide.record({ events: [{ eventId: wide.event('root'), kind: 'agent_call', startedAtMs: at(0), input: long, attributesJson: JSON.stringify({ long }) }, ...children] }),
    deep.record({ events: chain }),
    // A stage whose span lies under the root's, as OpenTelemetry has it: the outermost event of task b has a parent in task a.
    split.record({
      tasks: [{ taskId: split.task('a') }, { taskId: split.task('b'), status: Status.RUNNING }],
      events: [
        { eventId: split.event('root'), externalId: 'root', taskId: split.task('a'), kind: 'span', startedAtMs: at(0) },
        { eventId: split.event('stage'), externalId: 'stage', taskId: split.task('b'), parentEventId: split.event('root'), kind: 'span', startedAtMs: at(1) },
        { eventId: split.event('call'), externalId: 'call', taskId: split.task('b'), parentEventId: split.event('stage'), kind: 'tool_call', startedAtMs: at(2) },
        { eventId: split.event('orphan'), externalId: 'orphan', taskId: split.task('b'), parentEventId: split.event('never told'), kind: 'tool_call', startedAtMs: at(3) },
      ],
    }),
  ]);
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

interface Node {
  readonly event_id: string;
  readonly external_id: string | null;
  readonly child_count: number;
  readonly children: readonly Node[];
}

const timeline = async (teller: RunTeller, query = '') => (await scene.get(`/api/v1/runs/${teller.runId}/timeline?${query}`)).body;
const depthOf = (node: Node): number => 1 + Math.max(0, ...node.children.map(depthOf));

describe('a timeline', () => {
  it('shows the first 50 children of an event, says how many there are, and pages the rest', async () => {
    const [root] = (await timeline(wide)).items;
    const seen: (string | null)[] = [];
    for (let query: string | null = ''; query !== null; ) {
      const page = await timeline(wide, `parent=${wide.event('root')}&limit=50${query}`);
      seen.push(...page.items.map(({ external_id }: Node) => external_id));
      query = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
    }

    expect(root.child_count).toBe(120);
    expect(root.children.map(({ external_id }: Node) => external_id)).toEqual(Array.from({ length: 50 }, (_, index) => `c${index}`));
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => `c${index}`));
  });

  it('nests ten levels deep and counts what lies below', async () => {
    const [root] = (await timeline(deep)).items;

    expect(depthOf(root)).toBe(11);
    const lowest = (node: Node): Node => (node.children[0] === undefined ? node : lowest(node.children[0]));
    expect(lowest(root)).toMatchObject({ external_id: '10', child_count: 1, children: [] });
  });

  it('cuts texts that are too long to show, and says so', async () => {
    const [root] = (await timeline(wide)).items;

    expect(root.input).toHaveLength(32_769);
    expect(root.input.endsWith('é…')).toBe(true);
    expect(root.attributes).toEqual({ truncated: expect.stringMatching(/^\{"long": "é+$/) });
  });

  it('of a task begins where the task\'s events have no parent in the task', async () => {
    const { items, total } = await timeline(split, `task=${split.task('b')}`);

    expect(total).toBe(3);
    expect(items.map(({ external_id, children }: Node) => [external_id, children.map((child) => child.external_id)])).toEqual([
      ['stage', ['call']],
      [null, ['orphan']],
    ]);
  });

  it('shows a parent that was named but never told, without counting it', async () => {
    const { items, total } = await timeline(split);

    expect(total).toBe(4);
    expect(items.map(({ external_id, event_id }: Node) => external_id ?? event_id)).toEqual(['root', split.event('never told')]);
    expect((await timeline(split, 'kind=tool_call')).total).toBe(2);
  });
});
