import { consoleDoorPage } from './console-frame.js';

export interface ConsoleLoginView {
  readonly brandName: string;
  readonly name: string; // as typed before, to type it only once
  readonly problem: 'wrong' | 'too_many' | 'expired' | null;
  readonly next: string | null; // where to go afterwards: a path of the console
  readonly csrfToken: string;
}

const problems = {
  wrong: 'Name or password is wrong, or the code.',
  too_many: 'Too many attempts. Please wait a minute.',
  expired: 'Your session has ended. Please log in again.',
} as const;

export function consoleLoginPage({ brandName, name, problem, next, csrfToken }: ConsoleLoginView): string {
  return consoleDoorPage({
    brandName,
    title: 'Log in',
    children: (
      <form class="card pad" method="post" action="/console/login">
        <h1>Support console</h1>
        {problem && (
          <p class="notice stop" role="alert">
            {problems[problem]}
          </p>
        )}
        <input type="hidden" name="csrf" value={csrfToken} />
        {next && <input type="hidden" name="next" value={next} />}
        <label>
          Name
          <input name="name" value={name} autocomplete="username" required maxLength={64} autoFocus={!name} />
        </label>
        <label>
          Password
          <input
            type="password"
            name="password"
            autocomplete="current-password"
            required
            maxLength={200}
            autoFocus={Boolean(name)}
          />
        </label>
        <label>
          Code, if you have a second factor
          <input name="code" autocomplete="one-time-code" maxLength={64} />
        </label>
        <button>Log in</button>
      </form>
    ),
  });
}
