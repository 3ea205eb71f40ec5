import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeOperations, joinOpenApi, type Operation } from './openapi.js';

const book = z.object({ title: z.string() }).meta({ id: 'Book' });
const pathParameters = z.object({ shelf: z.string(), book: z.uuid() });
const one = '/shelves/{shelf}/books/{book}';

const operations: readonly Operation[] = [
  { path: '/shelves/{shelf}/books', method: 'get', id: 'listBooks', summary: 'Books', query: z.object({ since: z.string().optional().describe('A date'), kind: z.string() }), response: z.array(book) },
  { path: one, method: 'put', id: 'putBook', summary: 'Puts a book', body: z.strictObject({ title: z.string() }), response: book },
  { path: one, method: 'delete', id: 'removeBook', summary: 'Removes a book', body: z.strictObject({ note: z.string().optional() }) },
  { path: '/live', method: 'get', id: 'live', summary: 'Changes', isWebSocket: true },
];

interface Described {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly description?: string; readonly schema: object }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, object>>;
}

describe('the description of operations', () => {
  const { paths, components } = describeOperations(operations, { tag: 'books', pathParameters });
  const described = (path: string, method: string) => (paths[path] as Readonly<Record<string, Described>>)[method]!;

  it('has every method of a path', () => {
    expect(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([['/shelves/{shelf}/books', ['get']], [one, ['put', 'delete']], ['/live', ['get']]]);
    expect(described(one, 'delete')).toMatchObject({ operationId: 'removeBook', tags: ['books'] });
  });

  it('names the parameters that the path has, then those of the query', () => {
    expect(described('/shelves/{shelf}/books', 'get').parameters).toEqual([
      { name: 'shelf', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'since', in: 'query', required: false, description: 'A date', schema: { type: 'string' } },
      { name: 'kind', in: 'query', required: true, schema: { type: 'string' } },
    ]);
    expect(described('/live', 'get').parameters).toEqual([]);
  });

  it('asks for a body only where an empty one is refused', () => {
    expect(described(one, 'put').requestBody?.required).toBe(true);
    expect(described(one, 'delete').requestBody?.required).toBe(false);
    expect(described('/live', 'get').requestBody).toBeUndefined();
  });

  it('says what answers, refusals among it', () => {
    expect(described(one, 'put').responses[200]).toMatchObject({ content: { 'application/json': { schema: { $ref: '#/components/schemas/Book' } } } });
    expect(Object.keys(described(one, 'delete').responses)).toEqual(['204', '4XX', '5XX']);
    expect(Object.keys(described('/live', 'get').responses)).toEqual(['101', '4XX', '5XX']);
  });

  it('holds the schemas with an id once', () => {
    expect(components).toMatchObject({ schemas: { Book: { type: 'object', required: ['title'] } }, securitySchemes: {} });
  });
});

describe('fragments', () => {
  it('are joined in their order', () => {
    const joined = joinOpenApi([describeOperations(operations), { paths: { '/more': {} }, components: { schemas: { More: {} }, securitySchemes: { key: {} } } }]);

    expect(Object.keys(joined.paths)).toEqual(['/shelves/{shelf}/books', one, '/live', '/more']);
    expect(Object.keys(joined.components.schemas)).toEqual(['Book', 'More']);
    expect(joined.components.securitySchemes).toEqual({ key: {} });
  });
});
