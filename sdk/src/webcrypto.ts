/** WebCrypto where there is one: browsers, Deno, Bun, workers, Node. */
export async function webCrypto(): Promise<SubtleCrypto | null> {
  const scope = globalThis as { crypto?: Crypto; process?: { versions?: { node?: string } } };
  if (scope.crypto?.subtle) return scope.crypto.subtle;
  // Node 18 has it too, but not as a global.
  if (!scope.process?.versions?.node?.startsWith('18.')) return null;
  const name = 'node:crypto'; // by variable: bundlers for browsers must not look for it
  const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as { webcrypto: Crypto };
  return module.webcrypto.subtle;
}
