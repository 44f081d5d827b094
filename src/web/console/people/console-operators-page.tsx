import type { VNode } from 'preact';
import { operatorRoles, type OperatorRole } from '../../../domain/access/operator.js';
import { consolePage, CsrfField, may, roleNames, Section, type ConsoleContext } from '../console-frame.js';
import { TableBox } from '../table-box.js';
import { Instant } from '../../instant.js';

export interface ConsoleOperator {
  readonly name: string;
  readonly role: OperatorRole;
  readonly disabledAt: string | null;
  readonly hasSecondFactor: boolean;
  readonly createdAt: string;
}

export interface ConsoleOperatorsView {
  readonly context: ConsoleContext;
  readonly operators: readonly ConsoleOperator[];
  readonly drawn: { readonly name: string; readonly password: string; readonly waits: boolean } | null; // shown once
}

export function consoleOperatorsPage({ context, operators, drawn }: ConsoleOperatorsView): string {
  return consolePage({
    context,
    section: 'Operators',
    title: 'Operators',
    children: (
      <>
        <h1>Operators</h1>
        {drawn && (
          <p class="notice good" role="status">
            The password of {drawn.name}, shown once: <span class="code">{drawn.password}</span>
            {drawn.waits && ' It is in force when another admin has approved it.'}
          </p>
        )}
        <TableBox label="Operators" columns={['Name', 'Role', 'Since', may(context, 'operator:change') && 'Change']}>
          {operators.map((one) => (
            <tr>
              <td>
                {one.name} {one.hasSecondFactor && <span class="badge">second factor</span>}{' '}
                {one.disabledAt !== null && <span class="badge">disabled</span>}
              </td>
              <td>{roleNames[one.role]}</td>
              <td class="nowrap">
                <Instant iso={one.createdAt} />
              </td>
              {may(context, 'operator:change') && (
                <td>
                  <Changes context={context} one={one} />
                </td>
              )}
            </tr>
          ))}
        </TableBox>
        {may(context, 'operator:change') && <Add context={context} />}
      </>
    ),
  });
}

function Changes({ context, one }: { context: ConsoleContext; one: ConsoleOperator }): VNode {
  return (
    <form method="post" action="/console/operators" class="tools">
      <CsrfField context={context} back="/console/operators" />
      <input type="hidden" name="name" value={one.name} />
      <Roles label={`Role of ${one.name}`} chosen={one.role} />
      <button class="small" name="change" value="role">
        Give role
      </button>
      <button class="small second" name="change" value="password">
        New password
      </button>
      {one.hasSecondFactor && (
        <button class="small second" name="change" value="second_factor">
          Remove second factor
        </button>
      )}
      <button class="small second" name="change" value={one.disabledAt === null ? 'disable' : 'enable'}>
        {one.disabledAt === null ? 'Disable' : 'Enable'}
      </button>
    </form>
  );
}

function Roles({ label, chosen }: { label: string; chosen: OperatorRole }): VNode {
  return (
    <select name="role" aria-label={label}>
      {operatorRoles.map((role) => (
        <option value={role} selected={role === chosen}>
          {roleNames[role]}
        </option>
      ))}
    </select>
  );
}

function Add({ context }: { context: ConsoleContext }): VNode {
  return (
    <Section title="A new operator">
      <form method="post" action="/console/operators" class="card pad stack form">
        <CsrfField context={context} back="/console/operators" />
        <label>
          Name
          <input name="name" required pattern="[a-z0-9._\-]{2,64}" maxLength={64} autocomplete="off" />
        </label>
        <label>
          Role
          <Roles label="Role" chosen="support" />
        </label>
        <button name="change" value="add">
          Add
        </button>
      </form>
    </Section>
  );
}
