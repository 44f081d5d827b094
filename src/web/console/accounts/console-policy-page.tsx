import type { VNode } from 'preact';
import type { Policy } from '../../../domain/cases/policy.js';
import { Instant } from '../../instant.js';
import { printableText } from '../../printable-text.js';
import { consolePage, Empty, Foreign, may, personText, Section } from '../console-frame.js';
import { TableBox } from '../table-box.js';
import { AccountCrumb } from './account-link.js';
import { PolicyForm } from './policy-form.js';
import { Rehearsal } from './policy-rehearsal.js';
import type { ConsolePolicyView } from './console-policy-view.js';

export function consolePolicyPage(view: ConsolePolicyView): string {
  const { context, account, rehearsal } = view;
  return consolePage({
    context,
    section: 'Accounts',
    title: `Policy of ${printableText(account.name)}`,
    children: (
      <>
        <AccountCrumb {...account} />
        <h1>Policy</h1>
        <p class="quiet">
          How money that does not fit is judged. A policy that takes more for the price than the one in force waits for
          a second person.
        </p>
        {rehearsal && <Rehearsal rehearsal={rehearsal} />}
        {may(context, 'policy:change') && <PolicyForm {...view} />}
        <Versions {...view} />
      </>
    ),
  });
}

function Versions({ versions, installation }: ConsolePolicyView): VNode {
  return (
    <Section title="Versions">
      {versions.length === 0 ? (
        <Empty>None was ever set: the installation’s rules are in force.</Empty>
      ) : (
        <TableBox label="Versions" columns={['Version', 'Since', 'By', 'Reason', 'Says']}>
          {versions.map(({ version, policy, actor, reason, createdAt }, index) => (
            <tr>
              <td class="nowrap">
                {version} {index === 0 && <span class="badge">in force</span>}
              </td>
              <td class="nowrap">
                <Instant iso={createdAt} />
              </td>
              <td>
                <Foreign text={personText(actor)} />
              </td>
              <td class="change">
                <Foreign text={reason} />
              </td>
              <td class="change">{policyWords(policy, installation).join('; ')}</td>
            </tr>
          ))}
        </TableBox>
      )}
    </Section>
  );
}

/** What a policy says, sentence by sentence. */
function policyWords(policy: Policy, installation: ConsolePolicyView['installation']): string[] {
  const { tolerancePercent, toleranceCapCents, overpaid, late, partialWindowMinutes } = policy;
  const cap = toleranceCapCents === null ? '' : `, at most ${toleranceCapCents} cents`;
  return [
    `${tolerancePercent ?? installation.tolerancePercent} % may be missing or too much${cap}`,
    overpaid === 'keep' ? 'more is kept' : 'more is a case',
    late
      ? `late money is taken within ${late.withinMinutes} minutes if the rate moved by ${late.rateBandPercent} % at most`
      : 'late money is a case',
    `the rest may come for ${partialWindowMinutes ?? installation.partialWindowMinutes} minutes`,
  ];
}
