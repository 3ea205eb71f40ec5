// Starts the thread that trains networks where the project runs from its TypeScript source (specs): loaders of TypeScript do not reach a new thread by themselves.
import { register } from 'node:module';

register(new URL('../../../../libs/persistence/test/typescript-hooks.mjs', import.meta.url));
await import(new URL('network-worker.ts', import.meta.url).href);
