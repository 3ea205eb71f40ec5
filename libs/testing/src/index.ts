export { eventually } from './eventually.js';
export * from './facts.js';
export { SpecClient, type SpecAnswer } from './spec-client.js';
export { specTenantOf, tenantHeader } from './spec-tenant.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { registeredRoutes } from './registered-routes.js';
export { TestStore, type PlanNode } from './test-store.js';
