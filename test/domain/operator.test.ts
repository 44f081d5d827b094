import { describe, expect, it } from 'vitest';
import {
  isOperatorName,
  operatorActions,
  operatorMay,
  passwordFault,
  type OperatorAction,
} from '../../src/domain/access/operator.js';

const supports: OperatorAction[] = [
  'case:resolve',
  'order:note',
  'delivery:replay',
  'reconcile:run',
  'approval:decide',
];

describe('what a role permits', () => {
  it.each(operatorActions)('an admin may %s', (action) => {
    expect(operatorMay('admin', action)).toBe(true);
  });

  it('support deals with cases, notes, deliveries and reconcile, and with nothing of a tenant', () => {
    expect(operatorActions.filter((action) => operatorMay('support', action))).toEqual(supports);
  });

  it('who only reads may do nothing', () => {
    expect(operatorActions.filter((action) => operatorMay('read_only', action))).toEqual([]);
  });
});

it.each([
  ['anna', true],
  ['anna.b-c_1', true],
  ['a', false],
  ['Anna', false],
  ['anna b', false],
  ['', false],
  ['a'.repeat(65), false],
])('the name %j: %s', (name, fits) => {
  expect(isOperatorName(name)).toBe(fits);
});

it.each([
  ['correct horse battery', null],
  ['short', 'expected at least 12 characters'],
  ['aaaaaaaaaaaaaaa', 'expected at least five different characters'],
  [`abcdefgh${'x'.repeat(249)}`, 'expected at most 256 characters'],
])('the password %j: %s', (password, fault) => {
  expect(passwordFault(password)).toBe(fault);
});
