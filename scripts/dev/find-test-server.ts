import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Say, cacheDir, installOnce } from './cache.js';
import { isExecutable, onPath, progress, run } from './commands.js';
import { reasonOf } from './find-temporal.js';
import { sdkDownload } from './sdk-download.js';

const mavenVersion = '1.38.0';
const sourceDir = fileURLToPath(new URL('../../tools/test-server', import.meta.url));

/** The time-skipping test server: given, cached, downloaded by the SDK, or the Maven jar run by Java. */
export async function findTestServer(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const given = env.TEMPORAL_TEST_SERVER_PATH;
  if (given) {
    if (!isExecutable(given)) throw new Error(`TEMPORAL_TEST_SERVER_PATH=${given} is not an executable file`);
    return given;
  }
  const dir = cacheDir(env);
  const downloaded = { dir, name: `temporal-test-server-${process.platform}-${arch()}`, say };
  const fromMaven = { dir, name: `temporal-test-server-java-${mavenVersion}`, say };
  if (existsSync(join(dir, downloaded.name))) return join(dir, downloaded.name);
  if (existsSync(join(dir, fromMaven.name))) return join(dir, fromMaven.name, 'run.sh');
  try {
    return await installOnce(downloaded, (dir) =>
      sdkDownload({ what: 'test-server', version: 'default', dir, env, say }),
    );
  } catch (failure) {
    say(`no download (${reasonOf(failure)}), so the test server comes from Maven`);
  }
  const place = await installOnce(fromMaven, (workDir) => copyFromMaven(env, join(workDir, 'server'), say));
  return join(place, 'run.sh');
}

async function copyFromMaven(env: NodeJS.ProcessEnv, place: string, say: Say): Promise<string> {
  const mvn = onPath('mvn', env);
  if (!mvn || !onPath('java', env)) {
    throw new Error(
      'The time-skipping test server could not be downloaded, and the way round it needs `mvn` and `java` on PATH. ' +
        'Install both, or set TEMPORAL_TEST_SERVER_PATH.',
    );
  }
  mkdirSync(place);
  const args = ['-q', '-B', '-f', join(sourceDir, 'pom.xml'), 'dependency:copy-dependencies'];
  await run(
    { command: mvn, args: [...args, `-DoutputDirectory=${join(place, 'lib')}`], cwd: sourceDir, env },
    progress(say, 'fetching the time-skipping test server with Maven'),
  );
  copyFileSync(join(sourceDir, 'run.sh'), join(place, 'run.sh'));
  return place;
}
