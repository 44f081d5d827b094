import { migrate } from '../src/db/migrate.js';

const url = process.env.DATABASE_URL;
if (!url) {
  console.error('DATABASE_URL is not set: which database shall be migrated?');
  process.exit(1);
}
await migrate(url, console.log);
