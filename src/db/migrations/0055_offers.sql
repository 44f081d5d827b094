-- Up Migration

-- Who chooses the coin of an order. What a merchant names, or the account's default, is chosen from the start; a payer
-- chooses on the payment page, and `choice` counts how often. A default that is a constant rewrites nothing.
alter table orders add column coin_choice text not null default 'merchant';
alter table orders add column choice integer not null default 0;
alter table orders add constraint orders_coin_choice_check check (coin_choice in ('merchant', 'payer')) not valid;
alter table orders add constraint orders_requested_coin_check
  check (requested_coin is not null or coin_choice = 'payer') not valid;
alter table orders alter column requested_coin drop not null;

-- Which choice an attempt to mint belongs to.
alter table mint_intents add column choice integer not null default 0;

-- What an order offered before the coin that is bound now: its payer was shown the address and may still pay to it.
create table earlier_offers (
  order_id text not null references orders,
  payment_id text not null,
  pay_currency text not null,
  pay_amount coin_amount not null,
  pay_amount_text text not null,
  pay_address text not null,
  pay_extra_id text,
  network text,
  address_sha256 text not null,
  set_aside_at instant not null,
  primary key (order_id, payment_id)
);

alter table payments drop constraint payments_role_check;
alter table payments add constraint payments_role_check
  check (role in ('bound', 'child', 'offer', 'second', 'orphan')) not valid;

-- Down Migration
-- Forward only.
