import { describe, it } from '@jest/globals';
import { tensorRuntimes } from '../src/runtime/index.js';
import { describeTensorRuntime } from './runtime-contract.js';

const runtimes = tensorRuntimes();

describeTensorRuntime('plain JavaScript', runtimes.cpu, { isQuick: true });
describeTensorRuntime('WebAssembly', runtimes.wasm, { isQuick: true });

for (const name of ['webgpu', 'cuda'] as const) {
  const probe = await runtimes[name].probe();
  if (probe.available) describeTensorRuntime(`${name} (${probe.adapter?.software === true ? 'software: ' : ''}${probe.adapter?.description ?? ''})`, runtimes[name], { isQuick: probe.adapter?.software !== true });
  else describe.skip(`${name} runtime`, () => it(`is not here: ${probe.reason}`, () => undefined));
}
