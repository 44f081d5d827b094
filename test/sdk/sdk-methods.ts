import path from 'node:path';
import ts from 'typescript';
import { Quittance } from '../../sdk/src/index.js';
import { root } from './installed-package.js';
import { shapeOfType, type Shape } from './shapes.js';

/** What one method of the SDK sends and answers: the call as it goes out, the rest as its types say. */
export interface SdkMethod {
  readonly name: string;
  readonly method: string;
  readonly path: string; // with `an-id` where an id stands
  readonly body: Shape | null;
  readonly query: Shape | null;
  readonly answer: Shape;
}

const groups = { cryptoOrders: 'CryptoOrders', webhooks: 'Webhooks', account: 'Account' } as const;

/** Every public method of the SDK that calls the API. */
export async function sdkMethods(): Promise<SdkMethod[]> {
  const { checker, exportOf } = sdkProgram();
  const found: SdkMethod[] = [];
  for (const [group, className] of Object.entries(groups) as [keyof typeof groups, string][]) {
    const instance = checker.getDeclaredTypeOfSymbol(exportOf(className));
    for (const symbol of checker.getPropertiesOfType(instance).filter(isPublicMethod)) {
      const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
      if (!signature) throw new Error(`${className}.${symbol.name} is no method`);
      const parameters = new Map(
        signature.getParameters().map((parameter) => [parameter.name, checker.getTypeOfSymbol(parameter)]),
      );
      const sent = await callOf(group, symbol.name, [...parameters.keys()]);
      const shapeOf = (name: string) => {
        const type = parameters.get(name);
        return type ? shapeOfType(checker, checker.getNonNullableType(type)) : null;
      };
      found.push({
        name: `${group}.${symbol.name}`,
        ...sent,
        body: shapeOf('body'),
        query: sent.method === 'GET' && symbol.name !== 'waitForSettlement' ? shapeOf('options') : null,
        answer: answerShape(checker, signature.getReturnType()),
      });
    }
  }
  return found;
}

/** The shape of a type that the SDK exports. */
export function sdkType(name: string): Shape {
  const { checker, exportOf } = sdkProgram();
  return shapeOfType(checker, checker.getDeclaredTypeOfSymbol(exportOf(name)));
}

let program: ts.Program | undefined;

function sdkProgram() {
  const entry = path.join(root, 'sdk/src/index.ts');
  program ??= ts.createProgram([entry], {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!); // the entry was just read
  const exports = checker.getExportsOfModule(module!);
  return {
    checker,
    exportOf(name: string): ts.Symbol {
      const symbol = exports.find((each) => each.name === name);
      if (!symbol) throw new Error(`the SDK exports no ${name}`);
      return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    },
  };
}

function isPublicMethod(symbol: ts.Symbol): boolean {
  return (symbol.flags & ts.SymbolFlags.Method) !== 0 && !symbol.name.startsWith('__#');
}

/** What the API answers: a promise holds it; a walk goes through the list of a page. */
function answerShape(checker: ts.TypeChecker, type: ts.Type): Shape {
  const [first] = checker.getTypeArguments(type as ts.TypeReference); // promises and generators have one
  if (!first) throw new Error(`no answer in ${checker.typeToString(type)}`);
  if (first.flags & ts.TypeFlags.Void) return 'nothing';
  const name = first.getSymbol()?.name;
  if (name === 'Uint8Array') return 'bytes';
  const shape = shapeOfType(checker, first);
  return type.getSymbol()?.name === 'AsyncGenerator' ? [shape] : shape;
}

/** Calls the method with values that only serve to see where they go. */
async function callOf(group: keyof typeof groups, name: string, parameters: string[]) {
  let sent: { method: string; path: string } | undefined;
  const client = new Quittance({
    apiKey: 'k',
    baseUrl: 'http://sdk.test',
    retry: { maxRetries: 0 },
    fetch: async (url, init) => {
      sent = { method: init.method, path: new URL(url).pathname };
      return new Response('{"type":"not-found","title":"Seen"}', { status: 404 }); // nobody asks again after that
    },
  });
  const values = parameters.map((parameter) => (/id$/i.test(parameter) ? 'an-id' : {}));
  const methods = client[group] as unknown as Record<string, (...values: unknown[]) => unknown>; // named by the types
  try {
    const answer = methods[name]!.apply(client[group], values);
    await (isGenerator(answer) ? answer.next() : answer);
  } catch {
    // as arranged: the call was seen
  }
  if (!sent) throw new Error(`${group}.${name} called nothing`);
  return sent;
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
