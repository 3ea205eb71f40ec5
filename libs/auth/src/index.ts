export { ApiKeys, createApiKey, defaultTenant, digestOf } from './api-keys.js';
export { tenantOfRequest, type Credentials } from './authenticate.js';
export { authenticator, type AuthenticatorOptions, type RoutedRequest } from './authenticator.js';
export { WebhookSecrets } from './webhook-signature.js';
