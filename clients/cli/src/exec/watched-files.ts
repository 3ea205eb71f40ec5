import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { digestFile } from './file-digest.js';

export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Absent when the file is too large to hash or cannot be read. */
  readonly digest?: string;
}

export interface Found {
  readonly files: readonly FoundFile[];
  /** Files beyond the limit, which were left out. */
  readonly leftOut: number;
}

const MOST_FILES = 1_000;
const LARGEST_HASHED_BYTES = 16 * 1024 * 1024 * 1024;

type Mark = string;

/** The files that match glob patterns, before and after a command. */
export class WatchedFiles {
  private constructor(
    private readonly patterns: readonly string[],
    private readonly folder: string,
    private readonly before: ReadonlyMap<string, Mark>,
  ) {}

  /** Remembers which files there are now and how they stand. */
  static async watch(patterns: readonly string[], folder: string): Promise<WatchedFiles> {
    return new WatchedFiles(patterns, folder, await marks(await match(patterns, folder)));
  }

  /** The files that are new or were written since, hashed; each by its own look at size and times, whatever the clock says. */
  async written(): Promise<Found> {
    const now = await marks(await match(this.patterns, this.folder));
    const changed = [...now].filter(([path, mark]) => this.before.get(path) !== mark).map(([path]) => path);
    return describeFiles(changed);
  }
}

/** The files that match now, hashed. */
export async function findFiles(patterns: readonly string[], folder: string): Promise<Found> {
  return describeFiles(await match(patterns, folder));
}

async function match(patterns: readonly string[], folder: string): Promise<string[]> {
  if (patterns.length === 0) return [];
  const named = patterns.join('\n');
  const ignore = ['node_modules', '.git'].filter((name) => !named.includes(name)).map((name) => `**/${name}/**`);
  // A file that cannot be looked at, or a folder that vanishes meanwhile, is no reason not to see the others.
  const paths = await glob([...patterns], { cwd: folder, absolute: true, dot: true, ignore, followSymbolicLinks: false }).catch(() => []);
  return paths.map((path) => resolve(path)).sort();
}

async function marks(paths: readonly string[]): Promise<Map<string, Mark>> {
  const entries = await Promise.all(
    paths.map(async (path): Promise<[string, Mark] | undefined> => {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      // The change time moves with every write, also where a tool sets the modification time back.
      return found?.isFile() ? [path, `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`] : undefined;
    }),
  );
  return new Map(entries.filter((entry) => entry !== undefined));
}

async function describeFiles(paths: readonly string[]): Promise<Found> {
  const files: FoundFile[] = [];
  for (const path of paths.slice(0, MOST_FILES)) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) continue;
    const digest = found.size > LARGEST_HASHED_BYTES ? undefined : await digestFile(path).catch(() => undefined);
    files.push({ path, sizeBytes: found.size, digest });
  }
  return { files, leftOut: Math.max(0, paths.length - MOST_FILES) };
}
