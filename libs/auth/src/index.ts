export { ApiKeys, createApiKey, defaultTenant, digestOf } from './api-keys.js';
export { requireKeysBeyondLoopback, tenantOfRequest, type Credentials } from './authenticate.js';
export { WebhookSecrets } from './webhook-signature.js';
