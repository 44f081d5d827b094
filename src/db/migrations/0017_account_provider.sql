-- Up Migration

-- Accounts without a pair of their own used to mint with the installation's. Those that are here go on so; new ones wait for
-- their own pair, unless an operator says otherwise.
update accounts set settings = settings || '{"provider": "installation"}' where not settings ? 'provider';

-- Down Migration
-- Forward only.
