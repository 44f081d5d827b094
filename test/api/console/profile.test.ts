import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aLogo, logoSha256 } from '../../support/a-logo.js';
import { operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let [ada, rea]: ConsoleVisitor[] = [];
beforeAll(async () => {
  api = await testApp();
  ada = await operatorAtConsole(api, 'ada', 'admin');
  rea = await operatorAtConsole(api, 'rea', 'read_only');
});
afterAll(() => api?.close());

const nothing = {
  display_name: '',
  accent_colour: '',
  support_address: '',
  legal_name: '',
  postal_address: '',
  tax_id: '',
  receipt_footer: '',
  reason: '',
};

async function newAccount(): Promise<{ id: string; page: string }> {
  const id = await api.newAccount();
  return { id, page: `/console/accounts/acc_${id}/profile/test` };
}
const said = async (id: string) => {
  const { rows } = await api.deps.pool.query(
    'select mode, display_name, postal_address, logo_sha256 from account_profiles where account_id = $1',
    [id],
  );
  return rows;
};

describe('the profile of an account', () => {
  it('is said by a form, with a logo; what is left empty is not said any more', async () => {
    const { id, page } = await newAccount();
    const send = async (form: Record<string, string | Buffer>) => {
      await ada!.get(page);
      return ada!.upload(page, { back: page, ...nothing, ...form });
    };
    const words = { display_name: 'Corner Books', postal_address: 'Marktplatz 1\r\nMusterstadt' };
    expect((await send({ ...words, logo: aLogo(), reason: 'new brand' })).headers.location).toBe(page);
    const row = { mode: 'test', display_name: 'Corner Books', postal_address: 'Marktplatz 1\nMusterstadt' };
    expect(await said(id)).toEqual([{ ...row, logo_sha256: logoSha256 }]);
    const { body } = await ada!.get(page);
    expect(body).toContain('Payers of test orders read it from now on.');
    expect(body).toContain(`src="/brand/${logoSha256}.png"`);
    expect(body).toContain('name="display_name" value="Corner Books"');

    await send({ display_name: 'Corner', logo: Buffer.alloc(0) }); // as a browser sends a file that nobody chose
    expect(await said(id)).toEqual([
      { mode: 'test', display_name: 'Corner', postal_address: null, logo_sha256: logoSha256 },
    ]);
    await send({ display_name: 'Corner', no_logo: 'yes' });
    expect(await said(id)).toMatchObject([{ logo_sha256: null }]);
    const { rows } = await api.deps.pool.query(
      'select actor, reason from audit_log where account_id = $1 order by seq',
      [id],
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({ actor: 'operator:ada', reason: 'new brand' });
  });

  it('says beside the form what cannot be said', async () => {
    const { id, page } = await newAccount();
    await ada!.get(page);
    const form = { back: page, ...nothing, accent_colour: '#ffd400', logo: Buffer.from('<svg/>') };
    expect((await ada!.upload(page, form)).headers.location).toBe(page);
    const { body } = await ada!.get(page);
    expect(body).toContain('accent_colour: too light to be read');
    expect(body).toContain('logo: expected a PNG: this has not its signature');
    expect(await said(id)).toEqual([]);
  });

  it('is shown to who may only read, who changes nothing; without the token nobody does', async () => {
    const { id, page } = await newAccount();
    const { body } = await rea!.get(page);
    expect(body).toContain('Name, as payers know it');
    expect(body).not.toContain('Put in force');
    expect((await rea!.upload(page, { ...nothing, display_name: 'Mine' })).statusCode).toBe(403);
    await ada!.get(page);
    expect((await ada!.upload(page, { ...nothing, csrf: 'x' })).statusCode).toBe(403);
    expect(await said(id)).toEqual([]);
    expect((await ada!.get('/console/accounts/acc_0198c0de-0000-7000-8000-000000000099/profile/live')).statusCode).toBe(
      404,
    );
    expect((await ada!.get(page.replace(/test$/, 'other'))).statusCode).toBe(400);
  });

  it('answers a form that is none with a page', async () => {
    const { page } = await newAccount();
    const answer = await ada!.post(page, {}, { 'content-type': 'multipart/form-data; boundary=x' });
    expect(answer.statusCode).toBe(303);
    expect((await ada!.get(answer.headers.location!.toString())).body).toContain('The form cannot be read.');
  });
});
