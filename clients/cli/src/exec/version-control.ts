import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface VersionControl {
  readonly repository_url?: string;
  readonly revision?: string;
  readonly ref_name?: string;
  readonly ref_type?: 'branch';
}

/**
 * Reads commit, branch and origin of the repository around a folder from Git's own files, without starting Git.
 *
 * @returns undefined outside a repository; fields that cannot be told (a detached head has no branch) stay away
 */
export function readVersionControl(folder: string): VersionControl | undefined {
  const gitFolder = findGitFolder(resolve(folder));
  if (gitFolder === undefined) return undefined;
  // A worktree has a HEAD of its own and shares the rest with the main one, which `commondir` names.
  const shared = resolve(gitFolder, read(join(gitFolder, 'commondir'))?.trim() ?? '.');
  const head = read(join(gitFolder, 'HEAD'))?.trim() ?? '';
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  const branch = ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return {
    repository_url: readOrigin(read(join(shared, 'config')) ?? ''),
    revision: ref === undefined ? asCommit(head) : readRef(ref, [gitFolder, shared]),
    ...(branch === undefined ? {} : { ref_name: branch, ref_type: 'branch' as const }),
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function findGitFolder(folder: string): string | undefined {
  const candidate = join(folder, '.git');
  const entry = statSync(candidate, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return candidate;
  // In worktrees and submodules .git is a file that points to the folder.
  const pointer = entry?.isFile() ? /^gitdir: (.+)$/m.exec(read(candidate) ?? '')?.[1] : undefined;
  if (pointer !== undefined) return resolve(folder, pointer.trim());
  const parent = dirname(folder);
  return parent === folder ? undefined : findGitFolder(parent);
}

function readRef(ref: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    const loose = asCommit(read(join(folder, ref))?.trim() ?? '');
    if (loose !== undefined) return loose;
    const packed = read(join(folder, 'packed-refs'))?.split('\n').find((line) => line.endsWith(` ${ref}`));
    if (packed !== undefined) return asCommit(packed.split(' ')[0] ?? '');
  }
  return undefined;
}

function asCommit(text: string): string | undefined {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text) ? text : undefined;
}

function readOrigin(config: string): string | undefined {
  const section = /\[remote "origin"\]([^[]*)/.exec(config)?.[1];
  const url = /^\s*url\s*=\s*(.+?)\s*$/m.exec(section ?? '')?.[1];
  return url === undefined ? undefined : withoutCredentials(url);
}

/** The address of a repository as a web address, without what signs in: git@host:owner/name.git and https:// forms are one. */
export function withoutCredentials(url: string): string {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(?!\d+\/)([^\s]+)$/.exec(url);
  if (scp !== null) return `https://${scp[1]}/${(scp[2] ?? '').replace(/^\//, '').replace(/\.git$/, '')}`;
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (!['http:', 'https:', 'ssh:', 'git:'].includes(parsed.protocol)) return url;
  const host = parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed.host : parsed.hostname;
  return `${parsed.protocol === 'http:' ? 'http' : 'https'}://${host}${parsed.pathname.replace(/\.git\/?$/, '')}`;
}
