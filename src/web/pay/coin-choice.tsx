import type { VNode } from 'preact';
import { coinTicker, networkName } from '../coins.js';
import type { CoinOption } from './payment-state.js';
import type { Strings } from './strings/en.js';

interface ChoiceProps {
  readonly token: string;
  readonly version: number; // of the order as it is shown: of two choices the first counts
  readonly options: readonly CoinOption[] | null; // null: the list cannot be had now
  readonly chosen: string | null;
  readonly strings: Strings;
}

/** One button a coin, so that a choice is one tap and needs no script. */
export function CoinChoice({ token, version, options, chosen, strings }: ChoiceProps): VNode {
  if (options === null || options.length === 0) return <p class="instructions hint">{strings.choice.away}</p>;
  return (
    <form class="instructions coins" method="post" action={`/pay/${token}/coin?lang=${strings.language}`}>
      <input type="hidden" name="version" value={String(version)} />
      <ul>
        {[...options].sort(usableFirst).map((option) => (
          <li>
            <Coin option={option} isChosen={option.code === chosen} strings={strings} />
          </li>
        ))}
      </ul>
      <p class="hint">{strings.choice.estimated}</p>
    </form>
  );
}

function Coin({ option, isChosen, strings }: { option: CoinOption; isChosen: boolean; strings: Strings }): VNode {
  const { code, network, estimate, minimum, isTooSmall } = option;
  const ticker = coinTicker(code);
  return (
    <button
      class="coin"
      type="submit"
      name="coin"
      value={code}
      disabled={isTooSmall}
      aria-current={isChosen || undefined}
    >
      <span class="coin-name">
        {ticker} <span class="quiet">{networkName(network, code)}</span>
      </span>
      <span class="coin-amount">
        {isTooSmall && minimum !== null
          ? strings.choice.tooSmall(`${minimum} ${ticker}`)
          : estimate !== null && <bdi dir="ltr">{`≈ ${estimate} ${ticker}`}</bdi>}
      </span>
    </button>
  );
}

function usableFirst(a: CoinOption, b: CoinOption): number {
  return Number(a.isTooSmall) - Number(b.isTooSmall) || (a.code < b.code ? -1 : 1);
}
