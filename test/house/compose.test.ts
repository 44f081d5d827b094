import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly env_file?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly logging: unknown;
}

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const all = Object.entries(services);
const ours = all.filter(([, service]) => service.build !== undefined);
const bought = all.filter(([, service]) => service.build === undefined);

const isPinned = (image: string) => /^[a-z/-]+:\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?$/.test(image);

describe('docker-compose.yml', () => {
  it('has the whole stack', () => {
    expect(Object.keys(services)).toEqual([
      ...['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'temporal-ui'],
      ...['migrate', 'api', 'worker'],
    ]);
  });

  it('pins the tag of every image that is not built here', () => {
    expect(bought.filter(([, { image }]) => !isPinned(image))).toEqual([]);
    expect(['postgres', 'postgres:latest', 'postgres:18', 'temporalio/ui'].filter(isPinned)).toEqual([]);
  });

  it('sets Temporal up by jobs of the same version, not by the retired auto-setup image', () => {
    const versions = ['temporal-schema', 'temporal', 'temporal-namespace'].map((name) => services[name]!.image);
    expect(versions).toEqual(['admin-tools', 'server', 'admin-tools'].map((name) => `temporalio/${name}:1.31.2`));
    expect(text).not.toMatch(/auto-setup/);
  });

  it('publishes on loopback alone', () => {
    const published = all.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThan(3);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('runs what package.json runs in production', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker']);
    for (const [name, { command = [], environment }] of ours) {
      const { NODE_ENV } = environment;
      expect(`NODE_ENV=${NODE_ENV} ${command.join(' ')}`).toBe(scripts[`production:${name}`]);
    }
  });

  it('brings servers back, and tries jobs again a few times', () => {
    const jobs = all.filter(([, { restart }]) => restart === 'on-failure:5').map(([name]) => name);
    expect(jobs).toEqual(['temporal-schema', 'temporal-namespace', 'migrate']);
    const servers = all.filter(([, { restart }]) => restart === 'unless-stopped').map(([name]) => name);
    expect(servers).toEqual(['postgres', 'temporal', 'temporal-ui', 'api', 'worker']);
  });

  it('waits for what it needs: a healthy server, a finished job', () => {
    for (const [, { depends_on: needs = {} }] of all) {
      for (const [name, { condition }] of Object.entries(needs)) {
        const isJob = services[name]!.restart === 'on-failure:5';
        expect(condition, name).toBe(isJob ? 'service_completed_successfully' : 'service_healthy');
        expect(isJob || services[name]!.healthcheck !== undefined, name).toBe(true);
      }
    }
    expect(Object.keys(services.api!.depends_on!)).toEqual(['migrate']); // it serves while Temporal is away
  });

  it('holds no secret, and hands ours no password of the servers', () => {
    const words = all.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD/.test(name)),
    );
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter(([, value]) => value !== '' && !/^\$\{[A-Z_]+:\?/.test(value))).toEqual([]);
    for (const [, service] of ours) {
      expect(service.env_file).toBe('.env');
      expect(service.environment).toMatchObject({
        POSTGRES_PASSWORD: '',
        QUITTANCE_OWNER_PASSWORD: '',
        TEMPORAL_DB_PASSWORD: '',
      });
    }
  });

  it('migrates as the owner of the tables, and runs the programs as a role that owns nothing', () => {
    const roleOf = ({ environment }: Service) => /^postgres:\/\/([a-z_]+):/.exec(environment.DATABASE_URL ?? '')?.[1];
    const roles = Object.fromEntries(ours.map(([name, service]) => [name, roleOf(service)]));
    expect(roles).toEqual({ migrate: 'quittance_owner', api: 'quittance', worker: 'quittance' });
    expect(services.migrate!.environment.DATABASE_APP_ROLE).toBe('quittance');
    const sql = readFileSync(path.join(root, 'deploy/postgres/create-databases.sh'), 'utf8');
    expect(sql).toContain('create database quittance owner quittance_owner ');
  });

  it('mounts and runs scripts that are there and may be run', () => {
    for (const [, { volumes = [], command = [] }] of bought) {
      const folder = volumes.map((volume) => volume.split(':')[0]!).find((source) => source.startsWith('./'));
      if (folder) expect(existsSync(path.join(root, folder)), folder).toBe(true);
      const script = command.find((word) => word.startsWith('/setup/'));
      if (!script) continue;
      expect(statSync(path.join(root, script.replace('/setup', 'deploy/temporal'))).mode & 0o111).not.toBe(0);
    }
  });
});
