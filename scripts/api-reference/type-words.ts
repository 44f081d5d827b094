import type { JsonSchema } from './document.js';

/** `string, 1 to 128 characters` or [`Order`](schemas.md#order): what a cell of a table says about a value. */
export function typeWords(schema: JsonSchema): string {
  if (schema.$ref) return linkTo(schema.$ref.split('/').at(-1) ?? '');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => typeWords({ type })).join(' or ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeWords))].join(' or ');
  if (schema.type === 'array')
    return `list of ${typeWords(schema.items ?? {})}${range(schema.minItems, schema.maxItems)}`;
  if (schema.type === 'object') return schema.properties ? 'object' : `map to ${typeWords(valuesOf(schema))}`;
  const { minimum, maximum, minLength, maxLength } = schema;
  const bounds = range(minimum, maximum) || range(minLength, maxLength, ' characters');
  const kind = schema.format === 'date-time' ? 'ISO 8601 instant with zone' : String(schema.type ?? 'any');
  const pattern = schema.pattern && !schema.format ? `, \`${cell(schema.pattern)}\`` : '';
  return `${kind}${bounds}${pattern}${schema.default === undefined ? '' : `, default ${code(schema.default)}`}`;
}

/** Text that does not end a cell. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function linkTo(component: string): string {
  return `[${component}](schemas.md#${component.toLowerCase()})`;
}

/** What the keys of a map lead to. */
export function valuesOf({ additionalProperties }: JsonSchema): JsonSchema {
  return typeof additionalProperties === 'object' ? additionalProperties : {};
}

const code = (value: unknown) => `\`${String(value)}\``;

/** Bounds that say something: not that of integers as such, nor that text has a length. */
function range(from: number | undefined, to: number | undefined, unit = ''): string {
  const least = from === undefined || from <= Number.MIN_SAFE_INTEGER || (unit !== '' && from <= 1) ? null : from;
  const most = to === undefined || to >= Number.MAX_SAFE_INTEGER ? null : to;
  if (most === null) return least === null ? '' : `, at least ${least}${unit}`;
  return least === null ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
}
