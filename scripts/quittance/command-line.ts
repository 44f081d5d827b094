const runsBuilt = !import.meta.url.endsWith('.ts');

/** How a command is called where we run: in the image there are no sources, and nothing that would run them. */
export function commandLine(words: string, isBuilt = runsBuilt): string {
  return [isBuilt ? 'node dist/scripts/quittance.js' : 'npx quittance', words].filter(Boolean).join(' ');
}

export function workerLine(isBuilt = runsBuilt): string {
  return isBuilt ? 'node dist/src/worker.js' : 'npm run start:worker';
}
