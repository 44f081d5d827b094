import ts from 'typescript';

/** What JSON may look like: a word for a scalar (`string|null`, `'a'|'b'`), a list, a map under `*`, or fields. */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

const scalar = (words: Iterable<string>): string => [...new Set(words)].sort().join('|');

/** The shape of a TypeScript type; fields that may be absent end in `?`. */
export function shapeOfType(checker: ts.TypeChecker, type: ts.Type): Shape {
  const members = (type.isUnion() ? type.types : [type]).filter((member) => !(member.flags & ts.TypeFlags.Undefined));
  const words = members.map(wordOf);
  if (words.every((word) => word !== null)) return scalar(words);
  const [only, ...others] = members;
  if (!only || others.length > 0) throw new Error(`no shape for ${checker.typeToString(type)}`);
  if (checker.isArrayType(only)) {
    const [element] = checker.getTypeArguments(only as ts.TypeReference); // an array has one
    return [shapeOfType(checker, element!)];
  }
  const anyField = only.getStringIndexType();
  if (anyField) return { '*': shapeOfType(checker, anyField) };
  return Object.fromEntries(
    only.getProperties().map((property) => {
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      return [property.name + (isOptional ? '?' : ''), shapeOfType(checker, checker.getTypeOfSymbol(property))];
    }),
  );
}

function wordOf(type: ts.Type): string | null {
  if (type.isStringLiteral()) return `'${type.value}'`;
  if (type.flags & ts.TypeFlags.String) return 'string';
  if (type.flags & ts.TypeFlags.Number) return 'number';
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean';
  if (type.flags & ts.TypeFlags.Null) return 'null';
  return null;
}

/** As much of JSON Schema as zod prints for our schemas. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** The shape of a JSON schema of the document; fields that are not required end in `?`. */
export function shapeOfSchema(components: Readonly<Record<string, JsonSchema>>, schema: JsonSchema): Shape {
  const deeper = (inner: JsonSchema) => shapeOfSchema(components, inner);
  if (schema.$ref) return deeper(components[schema.$ref.split('/').at(-1)!]!); // the document has what it refers to
  if (schema.const !== undefined) return `'${String(schema.const)}'`;
  if (schema.enum) return scalar(schema.enum.map((value) => `'${String(value)}'`));
  if (Array.isArray(schema.type)) return scalar((schema.type as string[]).flatMap((type) => wordsIn(deeper({ type }))));
  if (schema.anyOf) return oneOf(schema.anyOf.map(deeper));
  if (schema.type === 'array') return [deeper(schema.items ?? {})];
  if (schema.properties) return fieldsOf(schema, deeper);
  if (schema.type === 'object') return { '*': deeper(schema.additionalProperties as JsonSchema) }; // a map, then
  if (schema.type === 'integer') return 'number';
  if (typeof schema.type === 'string') return schema.type;
  throw new Error(`no shape for ${JSON.stringify(schema)}`);
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, deeper: (inner: JsonSchema) => Shape): Shape {
  const fields = Object.entries(properties);
  return Object.fromEntries(
    fields.map(([name, inner]) => [name + (required.includes(name) ? '' : '?'), deeper(inner)]),
  );
}

/** Of fields that may be null, too: the fields, since no answer here leaves them out. */
function oneOf(shapes: readonly Shape[]): Shape {
  const [fields, ...others] = shapes.filter((shape) => shape !== 'null');
  return fields !== undefined && others.length === 0 && typeof fields !== 'string'
    ? fields
    : scalar(shapes.flatMap(wordsIn));
}

function wordsIn(shape: Shape): string[] {
  if (typeof shape === 'string') return shape.split('|');
  throw new Error(`a choice of ${JSON.stringify(shape)}`);
}

/** Where a value is not of a shape, as paths with what is there; nothing: it is. */
export function misfits(value: unknown, shape: Shape, path = '$'): string[] {
  if (typeof shape === 'string') return shape.split('|').some((word) => fits(value, word)) ? [] : [misfit(path, value)];
  if (Array.isArray(shape)) {
    const [element] = shape as readonly [Shape];
    if (!Array.isArray(value)) return [misfit(path, value)];
    return value.flatMap((item, at) => misfits(item, element, `${path}[${at}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [misfit(path, value)];
  const fields = shape as { readonly [field: string]: Shape };
  const known = Object.entries(value).flatMap(([name, inner]) => {
    const expected = fields[name] ?? fields[`${name}?`] ?? fields['*'];
    return expected === undefined ? [`${path}.${name} is not known`] : misfits(inner, expected, `${path}.${name}`);
  });
  const required = Object.keys(fields).filter((name) => name !== '*' && !name.endsWith('?'));
  return [...known, ...required.filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`)];
}

function fits(value: unknown, word: string): boolean {
  if (word === 'null') return value === null;
  return word.startsWith("'") ? `'${String(value)}'` === word : typeof value === word;
}

function misfit(path: string, value: unknown): string {
  return `${path} is ${JSON.stringify(value)}`;
}
