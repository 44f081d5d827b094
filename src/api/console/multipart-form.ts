import type { FastifyRequest } from 'fastify';
import type { App } from '../deps.js';
import { badRequest } from '../http/problem.js';

type Fields = Record<string, string | Uint8Array | undefined>;

/** Lets the routes of a scope take a form with a file in it, as browsers send one. */
export function acceptFiles(scope: App): void {
  scope.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    async ({ headers }: FastifyRequest, raw: Buffer) => fieldsOf(raw, headers['content-type'] ?? ''),
  );
}

/** Text as text, a file as its bytes; one that nobody chose comes as an empty file, and is none. */
async function fieldsOf(raw: Buffer, contentType: string): Promise<Fields> {
  const fields: Fields = Object.create(null) as Fields;
  for (const [name, value] of await formIn(raw, contentType)) {
    if (name in fields) throw badRequest('A field of the form comes twice.');
    if (typeof value === 'string') fields[name] = value;
    else if (value.size > 0) fields[name] = new Uint8Array(await value.arrayBuffer());
  }
  return fields;
}

async function formIn(raw: Buffer, contentType: string) {
  try {
    // The platform's own reader of such forms, the one that fetch has.
    return await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw badRequest('The form cannot be read.');
  }
}
