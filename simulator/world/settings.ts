/** What the account's dashboard and the provider's moods decide. */
export interface Settings {
  stepMs: number;
  ipn: { retries: number; intervalMs: number; timeoutMs: number; onCreate: boolean };
  coverPercent: number;
  redepositStatus: 'finished' | 'partially_paid';
  wrongAsset: 'finished' | 'partially_paid' | 'manual';
  wrongAssetShape: 'child' | 'same_id';
  childRead: 'ok' | '404';
  listLagMs: number;
  idDigits: 10 | 19;
  numberText: 'plain' | 'js' | 'exponent' | 'padded';
  rateLimitPerS: number;
}

/** As the control API and the journal spell them. Durations are milliseconds there too. */
export interface WrittenSettings {
  step: number;
  ipn: { retries: number; interval: number; timeout: number; on_create: boolean };
  cover_percent: number;
  redeposit_status: Settings['redepositStatus'];
  wrong_asset: Settings['wrongAsset'];
  wrong_asset_shape: Settings['wrongAssetShape'];
  child_read: Settings['childRead'];
  list_lag: number;
  id_digits: Settings['idDigits'];
  number_text: Settings['numberText'];
  rate_limit_per_s: number;
}

export function writeSettings(settings: Settings): WrittenSettings {
  const { retries, intervalMs, timeoutMs, onCreate } = settings.ipn;
  return {
    step: settings.stepMs,
    ipn: { retries, interval: intervalMs, timeout: timeoutMs, on_create: onCreate },
    cover_percent: settings.coverPercent,
    redeposit_status: settings.redepositStatus,
    wrong_asset: settings.wrongAsset,
    wrong_asset_shape: settings.wrongAssetShape,
    child_read: settings.childRead,
    list_lag: settings.listLagMs,
    id_digits: settings.idDigits,
    number_text: settings.numberText,
    rate_limit_per_s: settings.rateLimitPerS,
  };
}

export function readSettings(written: WrittenSettings): Settings {
  const { retries, interval, timeout, on_create: onCreate } = written.ipn;
  return {
    stepMs: written.step,
    ipn: { retries, intervalMs: interval, timeoutMs: timeout, onCreate },
    coverPercent: written.cover_percent,
    redepositStatus: written.redeposit_status,
    wrongAsset: written.wrong_asset,
    wrongAssetShape: written.wrong_asset_shape,
    childRead: written.child_read,
    listLagMs: written.list_lag,
    idDigits: written.id_digits,
    numberText: written.number_text,
    rateLimitPerS: written.rate_limit_per_s,
  };
}
