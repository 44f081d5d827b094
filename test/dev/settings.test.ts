import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { assertPortFree, freePort } from '../../scripts/dev/ports.js';
import { readDevSettings } from '../../scripts/dev/settings.js';

describe('what npm start is to do', () => {
  it('is everything, on the documented ports', () => {
    expect(readDevSettings({ QUITTANCE_HOME: '/home/of/quittance' })).toEqual({
      home: '/home/of/quittance',
      apiPort: 8080,
      simulatorPort: 8090,
      receiverPort: 8070,
      temporalPort: 7233,
      temporalUiPort: 8233,
      postgresPort: 5499,
      ownPostgres: true,
      ownTemporal: true,
      ownSimulator: true,
      ports: [
        { port: 8080, variable: 'PORT' },
        { port: 8090, variable: 'SIMULATOR_PORT' },
        { port: 8070, variable: 'RECEIVER_PORT' },
        { port: 7233, variable: 'TEMPORAL_PORT' },
        { port: 8233, variable: 'TEMPORAL_UI_PORT' },
        { port: 5499, variable: 'PG_PORT' },
      ],
    });
  });

  it('is only what is not given from outside', () => {
    const { ownPostgres, ownTemporal, ownSimulator, ports } = readDevSettings({
      DATABASE_URL: 'postgres://db/quittance',
      TEMPORAL_ADDRESS: 'temporal:7233',
      NOWPAYMENTS_SANDBOX_API_KEY: 'key',
      NOWPAYMENTS_SANDBOX_IPN_SECRET: 'secret',
    });
    expect({ ownPostgres, ownTemporal, ownSimulator }).toEqual({
      ownPostgres: false,
      ownTemporal: false,
      ownSimulator: false,
    });
    expect(ports).toEqual([
      { port: 8080, variable: 'PORT' },
      { port: 8070, variable: 'RECEIVER_PORT' },
    ]);
  });

  it.each([
    [{ NOWPAYMENTS_API_KEY: 'key' }, /NOWPAYMENTS_API_KEY and NOWPAYMENTS_IPN_SECRET belong together/],
    [{ PORT: '80a' }, /PORT=80a is not a port/],
    [{ PG_PORT: '70000' }, /PG_PORT=70000 is not a port/],
    [{ NODE_ENV: 'production' }, /npm start is for development/],
  ])('refuses %j', (env, fault) => {
    expect(() => readDevSettings(env)).toThrow(fault);
  });

  it('names the variable of a busy port', async () => {
    const server = createServer();
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    await expect(assertPortFree({ port, variable: 'PG_PORT' }, 0)).rejects.toThrow(
      `port ${port} on 127.0.0.1 is busy: free it, or choose another one with PG_PORT=<port>`,
    );
    server.close();
    await once(server, 'close');
    await assertPortFree({ port, variable: 'PG_PORT' });
  });
});
