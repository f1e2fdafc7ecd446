// A person and their own devices at the portal, on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { LANGUAGES, texts } from './texts.js';
import { IPHONE, PHONE, check, launch, open } from './world.js';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), launch()]); });
after(async () => { await browser?.close(); await server?.stop(); });

async function signIn(page, email) {
  await page.goto(`${server.url}/portal`);
  await page.locator('input[name="login"]').fill(email);
  await page.locator('input[name="password"]').fill(server.owner_password);
  await page.locator('form:has(input[name="password"]) button').click();
  await page.waitForURL(`${server.url}/portal`);
}

for (const lang of LANGUAGES) {
  test(`a device is named, locked and given up in ${lang}`, async () => {
    const t = texts(lang);
    const email = `elin-${lang}@example.org`;
    const { serial } = await server.order('enroll', { person: 'Elin Hedström', ownership: 'personal' });
    const { device } = await server.order('portal_account', { serial, email });
    const page = await open(browser, { lang, viewport: PHONE, userAgent: IPHONE });
    await signIn(page, email);
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    await page.getByRole('heading', { level: 2, name: t('my-hero-fine') }).waitFor();
    await check(page, `portal-home-${lang}-390`);

    await page.locator(`a.tile[href="/portal/devices/${device}"]`).click();
    await page.getByRole('heading', { level: 2, name: t('my-looked') }).waitFor();
    await check(page, `portal-device-${lang}-390`);
    await page.getByLabel(t('my-name'), { exact: true }).fill('Pokey');
    await page.getByRole('button', { name: t('my-name-save') }).click();
    await page.getByRole('heading', { level: 1, name: 'Pokey' }).waitFor();
    await page.getByRole('status').filter({ hasText: t('my-done-name') }).waitFor();

    await page.getByRole('link', { name: t('my-act-lock') }).click();
    await page.getByLabel(t('my-message')).fill('Call me');
    await check(page, `portal-lock-${lang}-390`);
    await page.getByRole('button', { name: t('my-act-lock') }).click();
    await page.getByRole('status').filter({ hasText: t('my-done-sent') }).waitFor();
    const { handled } = await server.order('answer', { serial });
    assert.ok(handled.includes('DeviceLock'), handled.join());

    await page.goto(`${server.url}/portal/devices/${device}/remove`);
    await page.getByLabel(t('my-reason')).fill('Sold');
    await page.getByLabel(t('my-confirm', { a: 'Pokey' })).fill('Nonsense');
    await page.getByRole('button', { name: t('my-act-remove') }).click();
    await page.getByText(t('my-confirm-wrong')).waitFor();
    await check(page, `portal-remove-${lang}-390`);
    await page.getByLabel(t('my-confirm', { a: 'Pokey' })).fill('Pokey');
    await page.getByRole('button', { name: t('my-act-remove') }).click();
    await page.getByRole('status').filter({ hasText: t('my-done-held') }).waitFor();
    await check(page, `portal-held-${lang}-390`);
    await page.getByRole('button', { name: t('my-take-back') }).first().click();
    await page.getByText(t('my-asked-withdrawn')).waitFor();
    await page.context().close();
  });
}

test('without script the pages do the same', async () => {
  const { serial } = await server.order('enroll', { person: 'Olle Berg' });
  const { device } = await server.order('portal_account', { serial, email: 'olle@example.org' });
  const page = await open(browser, { viewport: PHONE, userAgent: IPHONE, script: false });
  await signIn(page, 'olle@example.org');
  await page.goto(`${server.url}/portal/devices/${device}/lock`);
  await page.locator('main form button').click();
  await page.waitForURL(/done=sent/);
  const { handled } = await server.order('answer', { serial });
  assert.ok(handled.includes('DeviceLock'), handled.join());
  await page.context().close();
});
