import { startApi } from '../../src/api/wiring.js';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';

/** As much of JSON Schema as our schemas print. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly 'x-scopes'?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface OpenApiDocument {
  readonly webhooks: Readonly<Record<string, { readonly post: Operation }>>;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** What the API says about itself with the settings it has when nobody set any. Needs neither database nor Temporal. */
export async function openApiDocument(): Promise<OpenApiDocument> {
  const config = loadConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    QUITTANCE_MASTER_KEY: Buffer.alloc(32).toString('base64'),
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  const log = createLog({ name: 'reference', level: config.logLevel });
  const api = await startApi({ config, log, metrics: createMetrics() });
  try {
    const answer = await fetch(`${api.url}/openapi.json`);
    return (await answer.json()) as OpenApiDocument; // our own document
  } finally {
    await api.close();
  }
}
