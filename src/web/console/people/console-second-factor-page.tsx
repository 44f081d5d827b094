import { consolePage, CsrfField, type ConsoleContext } from '../console-frame.js';
import { Qr } from '../../pay/qr.js';

export interface SecondFactorView {
  readonly context: ConsoleContext;
  readonly secret: string;
  readonly uri: string;
}

export function consoleSecondFactorPage({ context, secret, uri }: SecondFactorView): string {
  return consolePage({
    context,
    section: null,
    title: 'Second factor',
    children: (
      <>
        <h1>Second factor</h1>
        <form class="card pad stack form" method="post" action="/console/you/second-factor">
          <CsrfField context={context} back="/console/you/second-factor" />
          <input type="hidden" name="secret" value={secret} />
          <p>Read this with an authenticator on your telephone, and type the code that it shows.</p>
          <Qr text={uri} label="QR code of the secret" />
          <p class="code prose">{secret}</p>
          <label>
            Code
            <input name="code" autocomplete="one-time-code" inputMode="numeric" required maxLength={7} />
          </label>
          <button>Use it from now on</button>
        </form>
      </>
    ),
  });
}

export function consoleRecoveryCodesPage(context: ConsoleContext, codes: readonly string[]): string {
  return consolePage({
    context,
    section: null,
    title: 'Recovery codes',
    children: (
      <>
        <h1>Recovery codes</h1>
        <p>They are shown once. Each lets you in one time without your telephone: keep them where nobody else looks.</p>
        <ul class="code">
          {codes.map((code) => (
            <li>{code}</li>
          ))}
        </ul>
        <p>
          <a href="/console/you">Done</a>
        </p>
      </>
    ),
  });
}

export function consoleConfirmPage({
  context,
  next,
  hasSecondFactor,
}: {
  readonly context: ConsoleContext;
  readonly next: string;
  readonly hasSecondFactor: boolean;
}): string {
  return consolePage({
    context,
    section: null,
    title: 'Confirm that it is you',
    children: (
      <>
        <h1>Confirm that it is you</h1>
        <p>Then do again what you were about to do: nothing has happened yet.</p>
        <form class="card pad stack form" method="post" action="/console/confirm">
          <CsrfField context={context} back={`/console/confirm?${new URLSearchParams({ next }).toString()}`} />
          <input type="hidden" name="next" value={next} />
          <label>
            Password
            <input type="password" name="password" autocomplete="current-password" required maxLength={256} />
          </label>
          {hasSecondFactor && (
            <label>
              Code
              <input name="code" autocomplete="one-time-code" required maxLength={64} />
            </label>
          )}
          <button>Confirm</button>
        </form>
      </>
    ),
  });
}
