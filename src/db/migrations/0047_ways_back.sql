-- Up Migration

-- What the payment page says beside the price, and where it leads back to. Null is nothing said: no row is written anew.
alter table orders add column description text;
alter table orders add column return_url text;
alter table orders add column cancel_url text;
alter table orders add constraint orders_description_check check (char_length(description) between 1 and 200) not valid;

-- Down Migration
-- Forward only.
