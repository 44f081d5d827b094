import type { FastifyRequest } from 'fastify';
import { LosslessNumber } from 'lossless-json';
import { z } from 'zod';
import { wireWords } from '../../domain/brand.js';
import type { App } from '../deps.js';
import { Problem, badRequest, validationFailed, type Issues } from '../http/problem.js';
import { meantBy } from '../http/near-misses.js';
import { isStorableText, parseStrictJson } from '../http/strict-json.js';

export const bodiesAreJson = 'Bodies are application/json in UTF-8.';
const mostHeaders = 100;
const mostNamed = 10;

/** One meaning per request: what two readers could read differently is refused. */
export function refuseAmbiguity(app: App): void {
  app.addHook('onRequest', (request, _reply, next) => {
    checkFraming(request);
    next();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, raw: Buffer) => {
    const charset = /charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset && !/^utf-?8$/i.test(charset)) throw new Problem('unsupported-media-type', 'Bodies are UTF-8.');
    return raw.length === 0 ? undefined : parseStrictJson(raw);
  });
  // What is empty is of no type, whatever a client names by itself: `curl -X POST -d ''` calls it a form.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: FastifyRequest, raw: Buffer) => {
    if (raw.length > 0) throw new Problem('unsupported-media-type', bodiesAreJson);
    return undefined;
  });
  app.addHook('preValidation', (request, reply, next) => {
    checkQuery(request.query as Record<string, unknown>); // what queryOf made
    refuseUnknownParameters(request);
    const unknown = unknownFields(request);
    refuseNearMisses(request, unknown);
    const named = unknown.slice(0, mostNamed).map(inHeader).join(',');
    if (named) void reply.header(wireWords.header('unknown-fields'), named);
    next();
  });
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (input: unknown) => {
    if (httpPart === 'body' && !isJsonObject(input)) return { error: badRequest('The body is a JSON object.') };
    const result = schema.safeParse(input, { error: numberRefusal });
    return result.success ? { value: result.data } : { error: validationFailed(issuesOf(result.error)) };
  });
}

/** Query parameters by name; one that is repeated is an array, which no route accepts. */
export function queryOf(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

function checkFraming({ raw, headers }: FastifyRequest): void {
  if (!raw.url?.startsWith('/')) throw badRequest('The request target is a path.');
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0);
  if (names.length > mostHeaders) throw new Problem('headers-too-large', `More than ${mostHeaders} headers.`);
  if (names.filter((name) => name.toLowerCase() === 'host').length > 1)
    throw badRequest('The Host header comes twice.');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Problem('unsupported-media-type', 'Bodies come without a content encoding.');
}

function checkQuery(query: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw badRequest(`The query parameter ${name.slice(0, 64)} comes twice.`);
    if (!isStorableText(name + value)) throw badRequest('A query parameter holds U+0000.');
  }
}

/** What to say of a number that could not be taken as it was written; other messages stay as they are. */
function numberRefusal({ code, input }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'invalid_type' || !(input instanceof LosslessNumber)) return undefined;
  return 'expected number, without a digit that rounding would lose; an integer is digits alone';
}

/** A filter that is not known would be none at all: the answer would be of other orders than were asked for. */
function refuseUnknownParameters({ method, query, routeOptions }: FastifyRequest): void {
  const { schema, url = '' } = routeOptions;
  const asks = schema?.querystring instanceof z.ZodObject ? Object.keys(schema.querystring.shape) : null;
  const isList = (asks ?? !url.includes(':')) && url.startsWith('/v1/') && ['GET', 'HEAD'].includes(method);
  if (!isList) return;
  const known = asks ?? [];
  const unknown = Object.keys(query as object).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const takes = known.length > 0 ? `known are ${known.join(', ')}` : 'none is known here';
  throw refusalOf(unknown.map((name) => ({ name, message: `not a parameter: ${takes}` })));
}

/** A number that is kept as it was written is an object of ours, and none of the caller's. */
function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

// Named back so that a misspelt field does not go unnoticed.
function unknownFields({ body, routeOptions }: FastifyRequest): string[] {
  const schema = routeOptions.schema?.body;
  if (!(schema instanceof z.ZodObject) || !isJsonObject(body)) return [];
  return Object.keys(body).filter((name) => !Object.hasOwn(schema.shape as object, name));
}

function refuseNearMisses({ routeOptions }: FastifyRequest, unknown: readonly string[]): void {
  const schema = routeOptions.schema?.body;
  if (!(schema instanceof z.ZodObject)) return;
  const missed = unknown.flatMap((name) => {
    const meant = meantBy(name, schema);
    return meant === null ? [] : [{ name, message: `not a field: is ${meant} meant?` }];
  });
  if (missed.length > 0) throw refusalOf(missed);
}

function refusalOf(named: readonly { readonly name: string; readonly message: string }[]): Problem {
  const fieldErrors = Object.fromEntries(named.slice(0, mostNamed).map(({ name, message }) => [cut(name), [message]]));
  return validationFailed({ formErrors: [], fieldErrors });
}

function cut(name: string): string {
  return [...name].slice(0, 64).join('');
}

/** Encoded, so that no name can split a header. */
function inHeader(name: string): string {
  return encodeURIComponent(cut(name)).slice(0, 64);
}
function issuesOf(error: z.ZodError): Issues {
  const formErrors: string[] = [];
  const fieldErrors = new Map<string, string[]>();
  for (const { path, message } of error.issues) {
    const field = path[0];
    if (field === undefined) formErrors.push(message);
    else fieldErrors.set(String(field), [...(fieldErrors.get(String(field)) ?? []), message]);
  }
  return { formErrors, fieldErrors: Object.fromEntries(fieldErrors) };
}
