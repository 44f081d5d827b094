import type { Operation } from '../operations.js';

const said = 'What is named is said from now on, the rest stays; null takes it back.';

/** What the reference says about the routes of an account's own settings. */
export const accountOperations: Readonly<Record<string, Operation>> = {
  'GET /v1/account/profile': {
    id: 'getProfile',
    summary: 'How your account shows itself to payers',
    description: 'Of the mode of the key: a test key reads and changes what payers of test orders see.',
  },
  'PATCH /v1/account/profile': {
    id: 'updateProfile',
    summary: 'Change how your account shows itself to payers',
    description: `${said} Payment pages show it at once; receipts that were issued stay as they are.`,
  },
  'GET /v1/account/products': {
    id: 'listProducts',
    summary: 'What your account sells',
    description:
      'In live and test orders alike. `is_own: false`: it lists nothing itself, and sells what the installation lists.',
  },
  'PUT /v1/account/products': {
    id: 'replaceProducts',
    summary: 'Put another list of products in the place of the one of now',
    description:
      'The whole list; an empty one: what the installation lists. In force with the next checkout. A test key may not: live orders depend on it.',
  },
  'GET /v1/admin/accounts/:id/products': { id: 'adminListProducts', summary: 'What an account sells' },
  'PUT /v1/admin/accounts/:id/products': {
    id: 'adminReplaceProducts',
    summary: 'Put another list of products in the place of an account’s',
    description: 'The whole list; an empty one: what the installation lists.',
  },
  'GET /v1/admin/accounts/:id/profile': {
    id: 'adminGetProfile',
    summary: 'How an account shows itself to payers, by mode',
  },
  'PATCH /v1/admin/accounts/:id/profile': {
    id: 'adminUpdateProfile',
    summary: 'Change how an account shows itself to payers',
    description: said,
  },
};
