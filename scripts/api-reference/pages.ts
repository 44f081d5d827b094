import type { JsonSchema, OpenApiDocument, Operation, Parameter } from './document.js';
import { cell, linkTo, typeWords } from './type-words.js';

const made =
  'Printed from `/openapi.json` by `npm run docs:api`; a test compares the two. Change the schemas and ' +
  '`src/api/schemas/operations.ts`, then print again.';

interface Route extends Operation {
  readonly method: string;
  readonly path: string;
}

/** docs/api: one page for each group of routes, one for what they answer, and the way in. By file name. */
export function referencePages(document: OpenApiDocument): Map<string, string> {
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Route => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const groups = document.tags.map(({ name }) => ({ name, routes: routes.filter(({ tags }) => tags.includes(name)) }));
  return new Map([
    ['README.md', wayIn(groups)],
    ...groups.map((group): [string, string] => [fileOf(group.name), groupPage(group)]),
    ['events.md', eventsPage(document)],
    ['schemas.md', schemasPage(document)],
  ]);
}

interface Group {
  readonly name: string;
  readonly routes: readonly Route[];
}

const fileOf = (name: string) => `${name.toLowerCase()}.md`;
const anchorOf = ({ method, path }: Route) =>
  `${method} ${path}`
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');

function wayIn(groups: readonly Group[]): string {
  const sections = groups.map(
    (group) => `## ${group.name}

| call | what it does |
| --- | --- |
${group.routes.map((route) => `| [\`${route.method} ${route.path}\`](${fileOf(group.name)}#${anchorOf(route)}) | ${cell(route.summary ?? '')} |`).join('\n')}
`,
  );
  return `# API reference

${made}

Send \`Authorization: Bearer <key>\` and, with a body, \`content-type: application/json\`. Errors are
[problem documents](../errors.md). What endpoints are sent: [events](${fileOf('events')}). Every answer carries \`x-request-id\`. How to go about it all: the [guide](../guide.md).

${sections.join('\n')}`;
}

function groupPage({ name, routes }: Group): string {
  return `# ${name}

${made}

${routes.map(routeSection).join('\n')}`;
}

function routeSection(route: Route): string {
  const { method, path, summary = '', description, parameters = [], requestBody, responses } = route;
  const scopes = route['x-scopes']?.map((scope) => `\`${scope}\``).join(', ');
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const parts = [
    `## ${method} ${path}`,
    `**${summary}.**${description ? ` ${description}` : ''}`,
    scopes ? `A key with any of these scopes: ${scopes}.` : 'No key.',
    parameters.length > 0 ? parameterTable(parameters) : '',
    body ? `Body:\n\n${fieldTable(body)}` : '',
    `Answers:\n\n${Object.entries(responses).map(answerLine).join('\n')}`,
    ...Object.values(responses).map(answerFields),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: where, required, schema, description }) => {
    const words = [typeWords(schema), description].filter(Boolean).join('. ');
    return `| \`${name}\` | ${where}${required ? ', required' : ''} | ${cell(words)} |`;
  });
  return `| parameter | in | |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

type Answer = Operation['responses'][string];

function answerLine([status, { description, content }]: [string, Answer]): string {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (status === 'default') return `- otherwise: ${typeWords(media?.schema ?? {})}, \`${type ?? ''}\``;
  if (!type) return `- ${status}: nothing`;
  const schema = media?.schema;
  if (schema?.$ref || schema?.anyOf) return `- ${status}: ${typeWords(schema)}`;
  return `- ${status}: ${type === 'application/json' ? description : `\`${type}\``}`;
}

/** The fields of an answer that has no name of its own. */
function answerFields({ content }: Answer): string {
  const schema = content?.['application/json']?.schema;
  return schema?.properties ? fieldTable(schema) : '';
}

function eventsPage({ webhooks }: OpenApiDocument): string {
  const sections = Object.entries(webhooks).map(([type, { post }]) => {
    const body = post.requestBody?.content['application/json']?.schema ?? {};
    return `## ${type}\n\n${fieldTable(body)}\n`;
  });
  return `# What endpoints are sent

${made}

The bodies of deliveries, by type: the \`webhooks\` of the document. Signatures, repeats and order: [webhooks](../webhooks.md).

${sections.join('\n')}`;
}

function schemasPage({ components }: OpenApiDocument): string {
  const names = Object.keys(components.schemas).sort();
  const sections = names.map((name) => `## ${name}\n\n${fieldTable(components.schemas[name] ?? {})}\n`);
  return `# What the API answers

${made}

Fields are always there unless they are marked as optional; what is unknown is null. ${names.map(linkTo).join(', ')}.

${sections.join('\n')}`;
}

function fieldTable(schema: JsonSchema): string {
  return `| field | |\n| --- | --- |\n${fieldRows(schema, '').join('\n')}`;
}

function fieldRows({ properties = {}, required = [] }: JsonSchema, above: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const words = [
      typeWords(schema) + (required.includes(name) ? '' : ', optional'),
      ...(schema.description ? [schema.description] : []),
    ];
    const inner = schema.items ?? schema.anyOf?.find(({ properties: fields }) => fields) ?? schema;
    const below = inner.properties ? fieldRows(inner, `${above}${name}${schema.items ? '[]' : ''}.`) : [];
    return [`| \`${above}${name}\` | ${cell(words.join('. '))} |`, ...below];
  });
}
