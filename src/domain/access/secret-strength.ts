/** Why a shared secret could be guessed; null: nothing that can be seen speaks against it. */
export function secretFault(secret: string): string | null {
  if (secret.length < 12) return 'shorter than 12 characters: it could be guessed';
  return new Set(secret).size < 5 ? 'made of fewer than five different characters: it could be guessed' : null;
}

const likelyBytes = 12; // 32 random ones hold fewer different values less than once in 10^15 draws

/** Whether 32 bytes were drawn, as far as that can be seen: no zeros, no letter over and over. */
export function keyFault(bytes: Uint8Array): string | null {
  return new Set(bytes).size < likelyBytes ? 'not random: openssl rand -base64 32' : null;
}
