import type { Rollout } from '../../../src/domain/releases/rollout.js';
import { Refusal } from '../answer.js';
import { programEnvironment } from '../environment.js';

type OverClient<Call> = Call extends (client: infer _, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;
type Calls = typeof import('../../../src/temporal/releases.js');

/** What can be asked of Temporal about the releases of this installation's workers. */
export interface Releases {
  /** Refuses where no worker has said of which release it is. */
  read(): Promise<Rollout>;
  readonly promote: OverClient<Calls['promoteRelease']>;
  readonly ramp: OverClient<Calls['rampRelease']>;
  readonly endRunsOf: OverClient<Calls['endRunsOf']>;
}

/** Opens the installation's Temporal for one command. Its client is loaded here, so that no other command waits for it. */
export async function withReleases<T>(work: (releases: Releases) => Promise<T>): Promise<T> {
  const [{ lazyClient }, calls] = await Promise.all([
    import('../../../src/temporal/connection.js'),
    import('../../../src/temporal/releases.js'),
  ]);
  const env = programEnvironment();
  const { client, close } = lazyClient({ env });
  try {
    return await work({
      read: async () => {
        const rollout = await calls.readRollout(client);
        if (rollout === null) throw new Refusal('no worker has said of which release it is: WORKER_BUILD_ID');
        return rollout;
      },
      promote: (build) => calls.promoteRelease(client, build),
      ramp: (build, percent) => calls.rampRelease(client, build, percent),
      endRunsOf: (build, told) => calls.endRunsOf(client, build, told),
    });
  } finally {
    await close();
  }
}
