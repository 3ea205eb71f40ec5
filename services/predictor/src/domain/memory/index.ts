export type { MemoryPoint, MemoryQuery, MemorySizing } from './memory-point.js';
export { sizeMemory } from './size-memory.js';
