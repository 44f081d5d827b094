import type { VNode } from 'preact';
import { priceText } from '../../../domain/currency.js';
import type { Product } from '../../../domain/merchant/products.js';
import { printableText } from '../../printable-text.js';
import { consolePage, CsrfField, Foreign, may, Section, type ConsoleContext } from '../console-frame.js';
import { TableBox } from '../table-box.js';
import { AccountCrumb } from './account-link.js';
import { ReasonField } from './account-parts.js';

export interface ConsoleProductsView {
  readonly context: ConsoleContext;
  readonly account: { readonly id: string; readonly name: string };
  readonly products: readonly Product[];
  readonly isOwn: boolean; // else the installation's
}

/** What an account sells: names and prices of each product, changed one by one. */
export function consoleProductsPage(view: ConsoleProductsView): string {
  const { context, account, products, isOwn } = view;
  return consolePage({
    context,
    section: 'Accounts',
    title: `Products of ${printableText(account.name)}`,
    children: (
      <>
        <AccountCrumb {...account} />
        <h1>Products</h1>
        <p class="quiet">
          {isOwn
            ? 'What this account sells, in live and in test orders.'
            : 'This account lists nothing itself: it sells what the installation lists. The first product that is kept here replaces that list.'}
        </p>
        <TableBox label="Products" columns={['Product', 'Names', 'Prices']}>
          {products.map(({ id, names, prices }) => (
            <tr>
              <td class="code">{id}</td>
              <td>
                <Lines lines={Object.entries(names).map(([language, name]) => `${language}: ${name}`)} />
              </td>
              <td class="nowrap">
                <Lines
                  lines={Object.entries(prices).map(
                    ([code, cents]) => `${priceText({ cents, currency: code })} ${code}`,
                  )}
                />
              </td>
            </tr>
          ))}
        </TableBox>
        {may(context, 'account:change') && <ProductForm {...view} />}
      </>
    ),
  });
}

export function productsPath(accountId: string): string {
  return `/console/accounts/${accountId}/products`;
}

function Lines({ lines }: { lines: readonly string[] }): VNode {
  if (lines.length === 0) return <span class="quiet">none</span>;
  return (
    <>
      {lines.map((line, index) => (
        <>
          {index > 0 && <br />}
          <Foreign text={line} />
        </>
      ))}
    </>
  );
}

function ProductForm({ context, account, isOwn }: ConsoleProductsView): VNode {
  const path = productsPath(account.id);
  return (
    <Section title="Keep or remove a product">
      <form method="post" action={path} class="card pad stack form">
        <CsrfField context={context} back={path} />
        <label>
          Product id; one that is on the list is replaced
          <input name="id" required maxLength={64} autocomplete="off" placeholder="team_manual" />
        </label>
        <label>
          Names, a line for each language
          <textarea name="names" rows={3} placeholder={'en: Team manual\nde: Handbuch für Teams'} />
        </label>
        <label>
          Prices in minor units, a line for each currency
          <textarea name="prices" rows={3} placeholder={'USD: 24900\nEUR: 24900'} />
        </label>
        <ReasonField />
        <p class="actions">
          <button name="act" value="keep">
            Keep
          </button>
          {isOwn && (
            <button name="act" value="remove" class="second">
              Remove
            </button>
          )}
        </p>
      </form>
    </Section>
  );
}
