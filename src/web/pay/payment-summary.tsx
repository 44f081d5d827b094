import type { VNode } from 'preact';
import { priceText } from '../../domain/currency.js';
import { productName } from '../../domain/merchant/products.js';
import { printableText } from '../printable-text.js';
import type { PaymentPageView } from './payment-state.js';
import type { Strings } from './strings/en.js';

/** What is bought, and what it costs. */
export function Summary({ view, strings }: { view: PaymentPageView; strings: Strings }): VNode {
  return (
    <div class="summary">
      <div>
        <p class="product">
          <bdi>{printableText(productName(view.productNames, strings.language) ?? view.product)}</bdi>
        </p>
        {view.description !== null && (
          <p class="description">
            <bdi>{printableText(view.description)}</bdi>
          </p>
        )}
        <p class="quiet">
          {strings.order} <span class="code">{view.orderId}</span>
        </p>
      </div>
      <p class="price">
        <span class="visually-hidden">{strings.price}: </span>
        <bdi>
          {priceText(view.price)} {view.price.currency}
        </bdi>
      </p>
    </div>
  );
}
