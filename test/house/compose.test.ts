import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
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
  readonly logging?: { readonly options?: { readonly 'max-size'?: string } };
  readonly profiles?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly networks?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
}

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const { services, networks, secrets } = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { readonly internal?: boolean }>;
  secrets: Record<string, { readonly file: string }>;
};
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const all = Object.entries(services);
const ours = all.filter(([, service]) => service.build !== undefined);
const bought = all.filter(([, service]) => service.build === undefined);

const isPinned = (image: string) => /^[a-z/-]+:v?\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?(?:@sha256:[0-9a-f]{64})?$/.test(image);

const isNamedOrRead = (volume: string) => (!volume.startsWith('.') ? /^[a-z]+:/.test(volume) : volume.endsWith(':ro'));
const sourceOf = (secret: string | { readonly source: string }) =>
  typeof secret === 'string' ? secret : secret.source;

describe('docker-compose.yml', () => {
  it('has the whole stack', () => {
    expect(Object.keys(services)).toEqual([
      ...['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'temporal-ui'],
      ...['migrate', 'api', 'worker'],
      ...['prometheus', 'grafana'],
    ]);
    const optional = all.filter(([, { profiles = [] }]) => profiles.length > 0);
    expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['prometheus', ['observability']],
      ['grafana', ['observability']],
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
    expect(servers).toEqual(['postgres', 'temporal', 'temporal-ui', 'api', 'worker', 'prometheus', 'grafana']);
    expect(jobs.length + servers.length).toBe(all.length);
    expect(servers.filter((name) => !services[name]!.healthcheck)).toEqual([]);
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

  // One entry a rule, each held against every service: a new one is closed, or it is named here.
  it.each<[rule: string, isKept: (service: Service) => boolean]>([
    ['writes nowhere but in its volume and in memory', (it) => it.read_only === true && it.tmpfs![0] === '/tmp'],
    ['has no capability', (it) => String(it.cap_drop) === 'ALL' && !('cap_add' in it)],
    ['gets no more rights than it starts with', (it) => String(it.security_opt) === 'no-new-privileges:true'],
    ['is not root, by number', (it) => /^[1-9]\d*:[1-9]\d*$/.test(it.user ?? '')],
    ['has an end of memory and of processes', (it) => /^\d+[mg]$/.test(it.mem_limit ?? '') && (it.pids_limit ?? 0) > 0],
    ['does not fill the disk with its log', (it) => it.logging?.options?.['max-size'] !== undefined],
    ['is on networks that somebody chose', (it) => (it.networks ?? []).length > 0 && !('network_mode' in it)],
    [
      'shares nothing of the machine',
      (it) => !['privileged', 'pid', 'ipc', 'devices', 'userns_mode'].some((key) => key in it),
    ],
    ['mounts files of this repository to be read', (it) => (it.volumes ?? []).every(isNamedOrRead)],
  ])('%s: every service', (_, isKept) => {
    expect(all.filter(([, service]) => !isKept(service)).map(([name]) => name)).toEqual([]);
  });

  it('lets PostgreSQL and Temporal be reached by those who need them alone', () => {
    const on = (network: string) => all.filter(([, it]) => it.networks!.includes(network)).map(([name]) => name);
    expect(Object.fromEntries(Object.keys(networks).map((name) => [name, on(name)]))).toEqual({
      database: ['postgres', 'temporal-schema', 'temporal', 'migrate', 'api', 'worker'],
      temporal: ['temporal', 'temporal-namespace', 'temporal-ui', 'api', 'worker'],
      metrics: ['api', 'worker', 'prometheus'],
      outside: ['api', 'worker'],
      'workflow-pages': ['temporal-ui'],
      figures: ['prometheus', 'grafana'],
    });
    const isClosed = (network: string) => networks[network]!.internal === true;
    expect(Object.keys(networks).filter(isClosed)).toEqual(['database', 'temporal', 'metrics']);
    const unreachable = all.filter(([, it]) => it.ports !== undefined && it.networks!.every(isClosed));
    expect(unreachable).toEqual([]); // a port of a service without an open network is published nowhere
  });

  it('has every secret in a file of its own, and hands each to those who need it', () => {
    const words = all.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment).flatMap(([variable, value]) =>
        /PASSWORD|PWD|SECRET|KEY|TOKEN/.test(variable) ? [[name, variable, value] as const] : [],
      ),
    );
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter(([, , value]) => !value.startsWith('/run/secrets'))).toEqual([]);
    expect(all.filter(([, { environment: env = {} }]) => /:[^/@]+@/.test(env.DATABASE_URL ?? ''))).toEqual([]);
    expect(Object.entries(secrets).filter(([name, { file }]) => file !== `./secrets/${name}`)).toEqual([]);
    const handed = all.map(([name, service]) => [name, (service.secrets ?? []).map(sourceOf)] as const);
    const ofServers = [
      'POSTGRES_PASSWORD',
      'QUITTANCE_DB_PASSWORD',
      'QUITTANCE_OWNER_PASSWORD',
      'TEMPORAL_DB_PASSWORD',
    ];
    const ofPrograms = [
      'QUITTANCE_DB_PASSWORD',
      'QUITTANCE_MASTER_KEY',
      'NOWPAYMENTS_API_KEY',
      'NOWPAYMENTS_IPN_SECRET',
    ];
    expect(Object.fromEntries(handed.filter(([, names]) => names.length > 0))).toEqual({
      postgres: ofServers,
      'temporal-schema': ['TEMPORAL_DB_PASSWORD'],
      temporal: ['TEMPORAL_DB_PASSWORD'],
      migrate: ['QUITTANCE_OWNER_PASSWORD'],
      api: ofPrograms,
      worker: ofPrograms,
      grafana: ['GRAFANA_PASSWORD'],
    });
    expect(Object.keys(secrets).toSorted()).toEqual([...new Set(handed.flatMap(([, names]) => names))].toSorted());
    expect(ours.filter(([, { env_file: file }]) => file !== '.env')).toEqual([]);
  });

  it('has what makes those files, once, and from what .env says', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'quittance-compose-'));
    try {
      mkdirSync(path.join(folder, 'deploy'));
      copyFileSync(path.join(root, 'deploy/make-secrets.sh'), path.join(folder, 'deploy/make-secrets.sh'));
      const make = () => spawnSync('sh', ['deploy/make-secrets.sh'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
      const without = make();
      expect([without.status, without.stderr.trim()]).toEqual([
        1,
        'put into a file of that name in ./secrets: NOWPAYMENTS_API_KEY NOWPAYMENTS_IPN_SECRET',
      ]);
      writeFileSync(path.join(folder, '.env'), `NOWPAYMENTS_API_KEY='of $the dashboard'\nNOWPAYMENTS_IPN_SECRET=ipn\n`);
      expect(make().status).toBe(0);
      const read = (name: string) => readFileSync(path.join(folder, 'secrets', name), 'utf8');
      const made = Object.fromEntries(Object.keys(secrets).map((name) => [name, read(name)]));
      expect(made).toMatchObject({ NOWPAYMENTS_API_KEY: 'of $the dashboard', NOWPAYMENTS_IPN_SECRET: 'ipn' });
      expect(made.POSTGRES_PASSWORD).toMatch(/^[0-9a-f]{48}$/);
      expect(Buffer.from(made.QUITTANCE_MASTER_KEY!, 'base64')).toHaveLength(32);
      expect(new Set(Object.values(made)).size).toBe(Object.keys(secrets).length);
      expect(make().stdout).toBe(''); // what is there stays
      expect(read('QUITTANCE_MASTER_KEY')).toBe(made.QUITTANCE_MASTER_KEY);
      expect(statSync(path.join(folder, 'secrets')).mode & 0o777).toBe(0o700);
      expect(statSync(path.join(folder, 'secrets/POSTGRES_PASSWORD')).mode & 0o777).toBe(0o644);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('migrates as the owner of the tables, and runs the programs as a role that owns nothing', () => {
    const roleOf = ({ environment }: Service) => /^postgres:\/\/([a-z_]+)@/.exec(environment.DATABASE_URL ?? '')?.[1];
    const roles = Object.fromEntries(ours.map(([name, service]) => [name, roleOf(service)]));
    expect(roles).toEqual({ migrate: 'quittance_owner', api: 'quittance', worker: 'quittance' });
    expect(services.migrate!.environment.DATABASE_APP_ROLE).toBe('quittance');
    const sql = readFileSync(path.join(root, 'deploy/postgres/create-databases.sh'), 'utf8');
    expect(sql).toContain('create database quittance owner quittance_owner ');
  });

  it('mounts and runs scripts that are there and may be run', () => {
    for (const [, { volumes = [], command = [] }] of bought) {
      const folders = volumes.map((volume) => volume.split(':')[0]!).filter((source) => source.startsWith('./'));
      expect(folders.filter((folder) => !existsSync(path.join(root, folder)))).toEqual([]);
      const script = command.find((word) => word.startsWith('/setup/'));
      if (!script) continue;
      expect(statSync(path.join(root, script.replace('/setup', 'deploy/temporal'))).mode & 0o111).not.toBe(0);
    }
  });

  it('gives Prometheus and Grafana what this repository has for them', () => {
    const mounts = (name: string) =>
      Object.fromEntries(services[name]!.volumes!.map((each) => each.split(':').slice(0, 2)));
    expect(services.prometheus!.command).toContain('--config.file=/etc/prometheus/prometheus.yml');
    expect(mounts('prometheus')).toMatchObject({ './deploy/prometheus': '/etc/prometheus' });
    expect(mounts('grafana')).toMatchObject({
      './deploy/grafana/provisioning': '/etc/grafana/provisioning',
      './deploy/grafana/dashboards': '/etc/grafana/dashboards',
    });
    const read = (file: string) => readFileSync(path.join(root, 'deploy', file), 'utf8');
    expect(read('grafana/provisioning/datasources/prometheus.yml')).toContain('url: http://prometheus:9090');
    expect(read('grafana/provisioning/dashboards/quittance.yml')).toContain('path: /etc/grafana/dashboards');
    expect(read('prometheus/prometheus.yml')).toContain('rule_files: [alerts.yml]');
  });
});
