import { describe, expect, it } from '@jest/globals';
import { unitCount } from './definition.js';
import { readPipeline } from './read-pipeline.js';

function faultsOf(text: string): string[] {
  try {
    readPipeline(text, 'p.yaml');
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('a pipeline file', () => {
  it('names tasks, their commands and what they wait for', () => {
    const pipeline = readPipeline(
      `
name: release
namespace: shop
env: { LEVEL: 1, SHARED: yes }
defaults: { retries: 1, timeout: 10m }
deadline: 30m
weight: 2
max_slots: 3
tasks:
  fetch: ./fetch.sh --all
  build:
    command: [make, build, -j, 2]
    depends_on: fetch
    env: { LEVEL: high }
    memory: 1GiB
    expected: 1m30s
    retries: 0
`,
      'x/p.yaml',
    );

    expect(pipeline).toMatchObject({ name: 'release', namespace: 'shop', deadline: { afterMs: 1_800_000 }, weight: 2, maxSlots: 3 });
    expect(pipeline.stages).toMatchObject([
      { name: 'fetch', command: ['/bin/sh', '-c', './fetch.sh --all'], dependsOn: [], count: 1, retries: 1, timeoutMs: 600_000, environment: { LEVEL: '1', SHARED: 'yes' } },
      { name: 'build', command: ['make', 'build', '-j', '2'], dependsOn: ['fetch'], memoryBytes: 2 ** 30, expectedMs: 90_000, retries: 0, environment: { LEVEL: 'high' } },
    ]);
  });

  it('is called after its file when it has no name of its own', () => {
    expect(readPipeline('tasks: {a: "true"}', 'ci/nightly.yml').name).toBe('nightly');
  });

  it('repeats a task, and makes one for each combination of a matrix', () => {
    const pipeline = readPipeline('tasks:\n  test: {command: t, matrix: {node: [20, 22], os: [linux]}, count: 2}\n  report: {command: r, depends_on: test}\n', 'p.yaml');

    expect(pipeline.stages.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['test[node=20,os=linux]', []],
      ['test[node=22,os=linux]', []],
      ['report', ['test[node=20,os=linux]', 'test[node=22,os=linux]']],
    ]);
    expect(pipeline.stages[1]?.environment).toEqual({ MATRIX_NODE: '22', MATRIX_OS: 'linux' });
    expect(unitCount(pipeline)).toBe(5);
  });

  it('tells everything that is wrong at once, with lines', () => {
    const faults = faultsOf(`
tasks:
  a:
    comand: x
  b:
    command: x
    depends_on: [nowhere]
    memory: lots
    retries: -1
  "c]": x
weigth: 2
`);

    expect(faults).toEqual([
      'p.yaml:3: task a: command: is missing',
      expect.stringMatching(/^p\.yaml:4: task a: comand: there is no such field/),
      'p.yaml:7: task b: depends_on: there is no task nowhere',
      'p.yaml:8: task b: memory: must be an amount of memory like 512MiB, got "lots"',
      'p.yaml:9: task b: retries: must be a whole number from 0 to 1000, got -1',
      expect.stringMatching(/^p\.yaml:10: task c\]: a name /),
      expect.stringMatching(/^p\.yaml:11: weigth: there is no such field/),
    ]);
  });

  it.each([
    ['a circle', 'tasks:\n  a: {command: x, depends_on: b}\n  b: {command: x, depends_on: c}\n  c: {command: x, depends_on: a}\n', /p\.yaml:2: task a: depends_on: a -> b -> c -> a is a circle/],
    ['a task that waits for itself', 'tasks:\n  a: {command: x, depends_on: a}\n', /a depends on itself/],
    ['the same name twice', 'tasks:\n  a: x\n  a: y\n', /p\.yaml:3: Map keys must be unique/],
    ['NUL characters', 'tasks:\n  a: "x\\0y"\n', /p\.yaml:2: task a: command: must not hold NUL/],
    ['NUL characters in the environment', 'env: {A: "x\\0"}\ntasks:\n  a: x\n', /p\.yaml:1: env.A: must be text/],
    ['no tasks', 'name: x\n', /p\.yaml:1: tasks: must be the tasks by name/],
    ['no mapping', '- a\n', /p\.yaml:1: a pipeline is a mapping/],
    ['nothing', '', /p\.yaml:1: a pipeline is a mapping/],
    ['no YAML', 'tasks: [\n', /p\.yaml:/],
    ['two documents', 'tasks: {a: x}\n---\ntasks: {b: x}\n', /p\.yaml:/],
  ])('with %s is refused', (_, text, expected) => {
    expect(faultsOf(text)[0]).toMatch(expected);
  });
});
