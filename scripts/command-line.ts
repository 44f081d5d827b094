const built = {
  migrate: 'dist/scripts/migrate.js',
  'admin-key': 'dist/scripts/admin-key.js',
  operator: 'dist/scripts/operator.js',
  'audit:verify': 'dist/scripts/verify-audit-log.js',
  'rotate-master-key': 'dist/scripts/rotate-master-key.js',
  'start:worker': 'dist/src/worker.js',
} as const;

export type Command = keyof typeof built;

/** How a command is called where we run: in the image there are no sources, and nothing that would run them. */
export function commandLine(command: Command, words = '', isBuilt = !import.meta.url.endsWith('.ts')): string {
  if (isBuilt) return ['node', built[command], words].filter(Boolean).join(' ');
  return `npm run ${command}${words && ` -- ${words}`}`;
}
