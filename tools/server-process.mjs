// How every server process of ours is started. Measured with `bench -- ingest` under full load, both logs: about 60 MB and 50 MB less
// resident memory, at the same speed within the noise of a shared machine.

/** glibc makes up to eight heaps a core and gives little of them back. */
export const serverEnvironment = { MALLOC_ARENA_MAX: '2', ...process.env };

/** What lives as long as one request fits into a small nursery; a large one only puts off its collection. */
export const serverFlags = ['--enable-source-maps', '--max-semi-space-size=8'];
