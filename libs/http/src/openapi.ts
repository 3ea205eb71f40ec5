import { z } from 'zod';

/** A route of the API, described by the schemas that check its input and describe its output. */
export interface Operation {
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  readonly id: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent for an answer without a body. */
  readonly response?: z.ZodType;
  /** Goes on as a WebSocket, in place of a response. */
  readonly isWebSocket?: true;
}

type Schemas = Record<string, object>;

/** Part of an OpenAPI 3.1 document; whoever serves the whole joins the `paths` and each kind of component. */
export interface OpenApiFragment {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Schemas>; readonly securitySchemes: Readonly<Schemas> };
}

export interface OperationGroup {
  readonly tag?: string;
  /** The `{parameters}` of paths; an operation has those that its path names. */
  readonly pathParameters?: z.ZodObject;
}

/** Describes operations; the components are the schemas that have an id of their own. */
export function describeOperations(operations: readonly Operation[], group: OperationGroup = {}): OpenApiFragment {
  const paths: Record<string, Schemas> = {};
  const schemas: Schemas = {};
  for (const operation of operations) paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation, group, schemas) };
  return { paths, components: { schemas, securitySchemes: {} } };
}

/** Makes one fragment of several, in their order. */
export function joinOpenApi(fragments: readonly OpenApiFragment[]): OpenApiFragment {
  return {
    paths: Object.assign({}, ...fragments.map(({ paths }) => paths)) as Schemas,
    components: {
      schemas: Object.assign({}, ...fragments.map(({ components }) => components.schemas)) as Schemas,
      securitySchemes: Object.assign({}, ...fragments.map(({ components }) => components.securitySchemes)) as Schemas,
    },
  };
}

/** A schema in JSON Schema, its named parts moved to `named`, from where OpenAPI's components get them. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', named: Schemas = {}): object {
  const text = JSON.stringify(z.toJSONSchema(schema, { io, target: 'draft-2020-12' })).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs, ...rest } = JSON.parse(text) as { $defs?: Schemas; $schema?: string };
  // OpenAPI 3.1 names the dialect once for the whole document.
  delete rest.$schema;
  Object.assign(named, $defs);
  return rest;
}

const problem = { description: 'A problem document (RFC 9457)', content: { 'application/problem+json': { schema: { type: 'object' } } } };

function operationObject(operation: Operation, { tag, pathParameters }: OperationGroup, schemas: Schemas): object {
  const { path, id, summary, query, body } = operation;
  return {
    operationId: id,
    summary,
    ...(tag === undefined ? {} : { tags: [tag] }),
    parameters: [...parametersOf(pathParameters, 'path').filter(({ name }) => path.includes(`{${name}}`)), ...parametersOf(query, 'query')],
    // An absent body is read as an empty object.
    ...(body === undefined ? {} : { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: jsonSchemaOf(body, 'input', schemas) } } } }),
    responses: { ...successOf(operation, schemas), '4XX': problem, '5XX': problem },
  };
}

function successOf({ summary, response, isWebSocket }: Operation, schemas: Schemas): Record<number, object> {
  if (isWebSocket) return { 101: { description: 'Switches to the WebSocket protocol' } };
  if (response === undefined) return { 204: { description: 'Done' } };
  return { 200: { description: summary, content: { 'application/json': { schema: jsonSchemaOf(response, 'output', schemas) } } } };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query') {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as { properties?: Record<string, { description?: string }>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}
