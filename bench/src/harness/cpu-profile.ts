/** What V8 writes for `--cpu-prof`, as far as it is used here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** Microseconds of the clock that `process.hrtime` reads. */
  readonly startTime: number;
  /** The node that ran at each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before; of the first one, since the start. */
  readonly timeDeltas: readonly number[];
}

/** A stretch of time on the clock of `process.hrtime`, in microseconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface TimeSpent {
  /** A package, a part of ours (`libs/event-log`), or a part of Node (`node:net`, `garbage collector`). */
  readonly where: string;
  /** The function and its line, when time is told by function. */
  readonly what?: string;
  readonly selfMs: number;
  /** Of all the time that the process was busy. */
  readonly share: number;
}

/** Where a process was busy itself (not in what it called), most first; idle time does not count. */
export function timeByPackage(profile: CpuProfile, window: Window): readonly TimeSpent[] {
  return spent(profile, window, ({ url, functionName }) => ({ where: packageOf(url, functionName) }));
}

/** The same for single functions. */
export function timeByFunction(profile: CpuProfile, window: Window): readonly TimeSpent[] {
  return spent(profile, window, ({ url, functionName, lineNumber }) => {
    const file = url.split('/').at(-1) ?? '';
    return { where: packageOf(url, functionName), what: url === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}` };
  });
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

function spent(profile: CpuProfile, { from, to }: Window, placeOf: (frame: Frame) => Pick<TimeSpent, 'where' | 'what'>): readonly TimeSpent[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byPlace = new Map<string, { place: Pick<TimeSpent, 'where' | 'what'>; selfMs: number }>();
  let at = profile.startTime;
  let busyMs = 0;
  for (const [index, delta] of profile.timeDeltas.entries()) {
    at += delta;
    const frame = frames.get(profile.samples[index] ?? -1);
    if (frame === undefined || at < from || at > to || frame.functionName === '(idle)') continue;
    const place = placeOf(frame);
    const key = `${place.where}\n${place.what ?? ''}`;
    const entry = byPlace.get(key) ?? { place, selfMs: 0 };
    entry.selfMs += delta / 1000;
    busyMs += delta / 1000;
    byPlace.set(key, entry);
  }
  return [...byPlace.values()].map(({ place, selfMs }) => ({ ...place, selfMs, share: selfMs / busyMs })).sort((one, other) => other.selfMs - one.selfMs);
}

function packageOf(url: string, functionName: string): string {
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (url === '') return functionName === '(program)' ? 'system calls and native code' : 'JavaScript built-ins';
  if (url.startsWith('node:')) return `node:${url.slice('node:'.length).replace(/^internal\//, '').split('/')[0] ?? ''}`;
  const installed = url.lastIndexOf('/node_modules/');
  if (installed >= 0) return /^(@[^/]+\/)?[^/]+/.exec(url.slice(installed + '/node_modules/'.length))?.[0] ?? url;
  return /\/((?:libs|services|clients)\/[^/]+)\//.exec(url)?.[1] ?? url;
}
