import { brand } from '../../domain/brand.js';
import { htmlPage } from '../layout.js';

export interface ConsoleLoginView {
  readonly name: string; // as typed before, to type it only once
  readonly problem: 'wrong' | 'too_many' | 'expired' | null;
  readonly next: string | null; // where to go afterwards: a path of the console
  readonly csrfToken: string;
}

const problems = {
  wrong: 'Name or password is wrong.',
  too_many: 'Too many attempts. Please wait a minute.',
  expired: 'Your session has ended. Please log in again.',
} as const;

export function consoleLoginPage({ name, problem, next, csrfToken }: ConsoleLoginView): string {
  return htmlPage({
    title: `Log in · ${brand.title} console`,
    language: 'en',
    stylesheet: 'console.css',
    children: (
      <main class="login">
        <p class="brand">{brand.title}</p>
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
          <button>Log in</button>
        </form>
      </main>
    ),
  });
}
