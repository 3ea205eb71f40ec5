import { readFileSync } from 'node:fs'; import { gunzipSync } from 'node:zlib';
import { trainSequenceNetwork, publishNetwork, selectRuntime } from './index.js';
const { runtime, report } = await selectRuntime('wasm');
const train = async (spec: never, data: never, o: never) => await publishNetwork(runtime, await runtime.train(spec, data, o), report);
const D = '/work/shared/data/ppm-ramamaneiro/';
const rows = (f: string) => { const [h, ...r] = gunzipSync(readFileSync(D + f)).toString().trim().split(/\r?\n/).map((l) => l.split(',')); return r.map((c) => Object.fromEntries(h!.map((n, i) => [n, c[i]!]))); };
const folds = rows('folds_kfold5_seed42.csv.gz');
for (const log of ['Helpdesk', 'BPI_Challenge_2013_closed_problems']) {
  const all = rows(log + '.csv.gz'); const cases = new Map<string, any[]>();
  for (const r of all) { const k = r.case!; if (!cases.has(k)) cases.set(k, []); cases.get(k)!.push(r); }
  const seqs = new Map([...cases].map(([k, es]) => { es.sort((a, b) => Date.parse(a['time:timestamp']) - Date.parse(b['time:timestamp'])); const t0 = Date.parse(es[0]['time:timestamp']); let p = t0;
    return [k, es.map((e) => { const t = Date.parse(e['time:timestamp']); const d = new Date(t); const n = [Math.log1p((t - t0) / 1000), Math.log1p((t - p) / 1000), d.getUTCHours(), d.getUTCDay()]; p = t; return { words: [e.Activity, e.Resource ?? '', e['org:group'] ?? ''], numerics: n }; })] as const; }));
  const f = folds.filter((r) => Object.values(r)[0]!.includes(log.slice(-12)) ); console.log(log, f.length, seqs.size, JSON.stringify(f[0]));
  const test = new Set(f.filter((r) => r.test_fold_0to4 === '0').map((r) => r.case)); 
  const rest = [...seqs].filter(([k]) => !test.has(k)).map(([, v]) => v); const cut = Math.floor(rest.length * 0.8);
  for (const pooling of ['last', 'attention'] as const) { const t = process.cpuUsage();
  const r = await trainSequenceNetwork({ training: rest.slice(0, cut), validation: rest.slice(cut), heldOut: [...test].map((k) => seqs.get(k!)!).filter(Boolean) }, { seed: 1, pooling, dropout: 0.2, train: train as never });
  const u = process.cpuUsage(t); console.log(log, pooling, JSON.stringify(r.use.heldOut), r.network.metadata.training.bestEpoch, r.network.metadata.training.epochs.length, 'cpu s', Math.round((u.user + u.system) / 1e6)); }
}
process.exit(0);
