export { eventually } from './eventually.js';
export * from './facts.js';
export { specTenantOf, tenantHeader } from './spec-tenant.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { TestStore } from './test-store.js';
