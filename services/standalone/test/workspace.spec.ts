import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly nx?: { readonly tags?: readonly string[] };
}

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const manifestOf = (folder: string): Manifest => JSON.parse(read(path.join(folder, 'package.json'))) as Manifest;
const foldersIn = (folder: string): string[] => readdirSync(path.join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));

const projects = (manifestOf('.').workspaces ?? []).flatMap((pattern) => (pattern.endsWith('/*') ? foldersIn(pattern.slice(0, -2)) : [pattern]));
/** The kinds between which the linter lets imports pass. */
const kinds = new Set([...read('eslint.config.mjs').matchAll(/sourceTag: '([^']+)'/g)].map(([, tag]) => tag));

function sourcesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'gen'].includes(entry.name) ? [] : sourcesBelow(place);
    return /\.tsx?$/.test(entry.name) ? [place] : [];
  });
}

describe('the workspace', () => {
  it.each(projects)('knows of exactly one kind that %s is', (folder) => {
    const tags = manifestOf(folder).nx?.tags ?? [];

    expect(tags.filter((tag) => tag.startsWith('type:'))).toHaveLength(1);
    expect([...kinds]).toEqual(expect.arrayContaining([...tags]));
  });

  it('has a rule for each kind of project and no other', () => {
    const used = new Set(projects.flatMap((folder) => manifestOf(folder).nx?.tags ?? []));

    expect(projects.length).toBeGreaterThan(15);
    expect([...used].filter((tag) => !kinds.has(tag))).toEqual([]);
  });

  it('reads the environment where settings are checked, where programs begin, and in clients', () => {
    const mayRead = /^(libs\/config\/src\/|clients\/|bench\/)|\/main\.ts$|\/test\/|\.spec\.ts$|\/src\/testing\//;
    const readers = ['libs', 'services', 'clients', 'bench'].flatMap(sourcesBelow).filter((file) => read(file).includes('process.env'));

    expect(readers.length).toBeGreaterThan(1);
    expect(readers.filter((file) => !mayRead.test(file))).toEqual([]);
  });
});
