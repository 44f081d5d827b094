import { z } from 'zod';
import type { Routes } from '../deps.js';
import { createReceiptSigner } from '../../db/secrets/receipt-signatures.js';

const answer = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })),
});

/** The public keys that receipts are checked with: for everybody, offline once saved. */
export const receiptKeyRoutes: Routes = (app, { keyring, settings }) => {
  const { keys } = createReceiptSigner(keyring, settings.receiptSigning);

  app.get(
    '/.well-known/quittance-receipts.json',
    { config: { permission: 'public' }, schema: { response: { 200: answer } } },
    async (_request, reply) => {
      void reply.headers({ 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*' });
      return reply.send({ keys: [...keys] });
    },
  );
};
