import { describe, expect, it } from 'vitest';
import { refusalFault, sessionFault, type Way } from '../../src/db/pooler.js';

const straight: Way = { variable: 'DATABASE_URL', isPooled: false };
const pooled: Way = { variable: 'DATABASE_URL', isPooled: true };
const direct: Way = { variable: 'DATABASE_DIRECT_URL', isPooled: false };
const kept = { isOurs: true, unkept: [] };

describe('a session', () => {
  it('is well where what was asked for is there, and behind a declared pooler where the role brings it', () => {
    expect(sessionFault(straight, kept)).toBeNull();
    expect(sessionFault(direct, kept)).toBeNull();
    expect(sessionFault(pooled, { isOurs: false, unkept: [] })).toBeNull();
  });

  it('of a pooler that nobody declared is refused even where the role brings every limit', () => {
    expect(sessionFault(straight, { isOurs: false, unkept: [] })).toMatch(/: set DATABASE_DIRECT_URL as well/);
    expect(sessionFault(direct, { isOurs: false, unkept: [] })).toMatch(
      /^DATABASE_DIRECT_URL .*lead to PostgreSQL itself/,
    );
  });

  it('without its limits is refused by name, with the statement that brings them', () => {
    const fault = sessionFault(pooled, { isOurs: false, unkept: ['timezone', 'lock_timeout'] });
    expect(fault).toContain(`alter role … set timezone = 'UTC'; alter role … set lock_timeout = '2000'`);
  });

  it('that did not come about is a pooler only where the words say so', () => {
    expect(refusalFault(straight, new Error('unsupported startup parameter: options'))).toMatch(/PgBouncer/);
    expect(refusalFault(straight, new Error('password authentication failed'))).toBeNull();
    expect(refusalFault(straight, 'unsupported startup parameter')).toBeNull();
  });
});
