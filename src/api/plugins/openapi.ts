import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema, RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { STATUS_CODES } from 'node:http';
import { scopesFor, type Permission } from '../../domain/access/scopes.js';
import type { App } from '../deps.js';
import { accountOperations } from '../schemas/account/account-operations.js';
import { adminOperations } from '../schemas/admin-operations.js';
import { fieldWords } from '../schemas/field-words.js';
import { testOperations } from '../schemas/test-clock.js';
import { keyedCallHeader } from '../schemas/keyed-call.js';
import { operations, problemAnswer, type Operation } from '../schemas/operations.js';
import { describedWebhooks } from '../webhooks/webhook-events.js';
import { takeNoBodyForEmpty } from '../http/empty-body.js';
import { docsPath } from './auth.js';

const bodyIsOptional = 'x-body-is-optional'; // the plugin calls every body required: a note to ourselves until it is done

/** As much of an OpenAPI document as is tidied here. */
interface Document {
  readonly webhooks?: Record<string, object>;
  readonly paths?: Record<string, Record<string, DescribedOperation>>;
  readonly components?: { readonly schemas?: Record<string, unknown> };
}

interface DescribedOperation {
  readonly responses?: Record<string, { description?: string }>;
  readonly requestBody?: { required?: boolean };
  [bodyIsOptional]?: boolean;
}

const described: Readonly<Record<string, Operation>> = {
  ...operations,
  ...accountOperations,
  ...testOperations,
  ...adminOperations,
};

/** Collects the schemas of all routes; register it before them. */
export async function describeRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Quittance', version: '1', description: 'Crypto checkout: orders, receipts, webhooks.' },
      tags: ['Checkout', 'Orders', 'Webhooks', 'Account', 'Provider', 'Administration', 'Health'].map((name) => ({
        name,
      })),
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } } },
      security: [{ key: [] }],
    },
    transform: ({ schema, ...rest }) => jsonSchemaTransform({ ...rest, schema: explained(schema, rest.route) }),
    transformObject: (document) => tidied(jsonSchemaTransformObject(document) as Document), // it is one of OpenAPI 3.1
  });
}

/** `/openapi.json`, and a page to read it. */
export async function servePages(app: App): Promise<void> {
  app.get('/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, async () => app.swagger());
  await app.register(swaggerUi, { routePrefix: docsPath, staticCSP: true });
}

/** A route's schema with what is only for readers: words, scopes, and the problems that any route may answer. */
function explained(schema: FastifySchema, { method, url, config, preValidation }: RouteOptions): FastifySchema {
  const operation = described[`${[method].flat()[0] ?? ''} ${url}`];
  const tag = tagOf(url);
  if (tag === null) return { ...schema, hide: true }; // pages for people, not the API
  const asked = [config?.permission ?? []].flat();
  const isPublic = asked.includes('public');
  const isKeyed = [method].flat().includes('POST') && !isPublic && !config?.keepsOwnKeys;
  const scopes = asked.flatMap((each) => (each === 'public' ? [] : scopesFor(each satisfies Permission)));
  return {
    ...schema,
    ...(operation && { operationId: operation.id, summary: operation.summary, description: operation.description }),
    ...(operation?.headers && { headers: operation.headers }),
    ...(isKeyed && { headers: keyedCallHeader }),
    tags: [tag],
    ...(preValidation === takeNoBodyForEmpty && { [bodyIsOptional]: true }),
    ...(isPublic ? { security: [] } : { 'x-scopes': [...new Set(scopes)] }),
    response: {
      ...(schema?.response as object | undefined),
      ...operation?.answers,
      ...(url.startsWith('/v1/') && {
        default: { description: 'A problem.', content: { 'application/problem+json': { schema: problemAnswer } } },
      }),
    },
  };
}

function tagOf(url: string): string | null {
  if (url.startsWith('/v1/billing/crypto-checkout')) return 'Checkout';
  if (url.startsWith('/v1/billing/') || url.startsWith('/v1/test/')) return 'Orders';
  if (url.startsWith('/v1/webhooks/nowpayments')) return 'Provider';
  if (url.startsWith('/v1/webhook')) return 'Webhooks';
  if (url.startsWith('/v1/account/')) return 'Account';
  if (url.startsWith('/v1/admin/')) return 'Administration';
  return url === '/healthz' || url === '/readyz' ? 'Health' : null;
}

/** Without the second copy of each schema that nothing refers to, and with words where there are none. */
function tidied(document: Document): Document {
  const { paths = {}, components = {} } = document;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const operation of operations) {
    if (operation.requestBody && operation[bodyIsOptional]) operation.requestBody.required = false;
    delete operation[bodyIsOptional];
  }
  for (const [status, answer] of operations.flatMap(({ responses = {} }) => Object.entries(responses))) {
    if (answer.description === 'Default Response') answer.description = STATUS_CODES[status] ?? '';
  }
  const text = JSON.stringify(paths);
  const isCopy = (name: string) => name.endsWith('Input') && !text.includes(`/${name}"`);
  const schemas = Object.entries(components.schemas ?? {}).filter(([name]) => !isCopy(name));
  explainFields(paths);
  explainFields(schemas);
  const webhooks = describedWebhooks();
  explainFields(webhooks);
  return { ...document, webhooks, components: { ...components, schemas: Object.fromEntries(schemas) } };
}

/** Gives every field and parameter below `node` its words, unless its schema has better ones. */
function explainFields(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const { properties, name } = node as { properties?: Record<string, Described>; name?: string };
  for (const [field, schema] of Object.entries(properties ?? {})) schema.description ??= fieldWords[field];
  if (name !== undefined && 'in' in node) (node as Described).description ??= fieldWords[name];
  for (const inner of Object.values(node)) explainFields(inner);
}

interface Described {
  description?: string | undefined;
}
