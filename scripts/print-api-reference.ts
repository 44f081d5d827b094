import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { openApiDocument } from './api-reference/document.js';
import { referencePages } from './api-reference/pages.js';

const folder = new URL('../docs/api/', import.meta.url);

const pages = referencePages(await openApiDocument());
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(new URL(file, folder));
for (const [file, text] of pages) writeFileSync(new URL(file, folder), text);
