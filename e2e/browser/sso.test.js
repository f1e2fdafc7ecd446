// Single sign-on at a real identity provider: it is set up and tried in the console, a person signs in there and shows
// there that it is still them, and what would give the highest role waits for a second person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IdentityProvider } from './provider.js';
import { Server } from './server.js';
import { texts } from './texts.js';
import { PHONE, check, eventually, launch, moves, open, tabTo } from './world.js';

const t = texts('en');
const PEOPLE = {
  elsa: { name: 'Elsa Holm', email: 'elsa@example.org', email_verified: true, groups: ['staff', 'it-desk'] },
  nils: { name: 'Nils Ek', email: 'nils@example.org', email_verified: true, groups: ['staff'] },
};
let server;
let browser;
let provider;

before(async () => {
  [server, browser] = await Promise.all([Server.start(['provider']), launch()]);
  provider = await IdentityProvider.start(server.provider, PEOPLE);
});
after(async () => { await browser?.close(); await provider?.stop(); await server?.stop(); });

const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const sso = { ignoreHTTPSErrors: true };

async function owner(more) {
  const page = await open(browser, more);
  await page.goto(`${server.url}/console/sign-in`);
  await page.getByLabel(t('login')).fill(server.owner_email);
  await page.getByLabel(t('password')).fill(server.owner_password);
  await button(page, t('sign-in')).click();
  await heading(page, t('nav-overview')).waitFor();
  return page;
}

// On the provider's own page.
async function signInThere(page, name) {
  await heading(page, 'Norrvik ID').waitFor();
  await page.getByLabel('Name').fill(name);
  await page.keyboard.press('Enter');
}

test('an identity provider is set up, tried, and changed with a second person', async () => {
  const page = await owner();
  await page.goto(`${server.url}/console/settings/sign-in`);
  await page.getByText(t('providers-none')).waitFor();
  await check(page, 'sso-none-en-1440');
  await page.getByRole('link', { name: t('providers-new') }).click();
  await check(page, 'sso-new-en-1440');
  await page.getByLabel(t('name'), { exact: true }).fill('Norrvik ID');
  await page.getByLabel(t('providers-issuer'), { exact: true }).fill(provider.issuer);
  await page.getByLabel(t('providers-client'), { exact: true }).fill('tillsyn');
  await page.getByLabel(t('providers-secret'), { exact: true }).fill(provider.secret);
  const line = page.getByRole('group', { name: t('providers-map-row', { a: 1 }) });
  await line.getByLabel(t('providers-group')).fill('it-desk');
  await line.getByLabel(t('providers-role')).selectOption('read_only');
  await button(page, t('organisation-save')).click();
  await heading(page, 'Norrvik ID').waitFor();
  const redirect = (await page.locator('.copy code').innerText()).trim();
  assert.match(redirect, /^http.*\/console\/sign-in\/provider\/[0-9a-f-]{36}\/back$/);
  provider.register(redirect);
  await button(page, t('providers-try')).click();
  await page.getByText('with one key that can be used').waitFor();
  await check(page, 'sso-provider-en-1440');

  // The highest role for everybody: not by one person.
  const first = page.getByRole('group', { name: t('providers-map-row', { a: 2 }) });
  await first.getByLabel(t('providers-group')).fill('staff');
  await first.getByLabel(t('providers-role')).selectOption('owner');
  await button(page, t('organisation-save')).click();
  await page.getByText(t('administrators-reason-missing')).waitFor();
  await page.getByLabel(t('administrators-reason'), { exact: true }).fill('Everybody owns');
  await button(page, t('organisation-save')).click();
  await page.getByText(t('message-asked')).waitFor();
  await eventually(() => line.getByLabel(t('providers-group')).inputValue(), 'it-desk');
  await eventually(() => first.getByLabel(t('providers-group')).inputValue(), '');
  await page.goto(`${server.url}/console/approvals`);
  await page.getByRole('link', { name: t('approval-title-provider', { a: 'Norrvik ID' }) }).click();
  await page.getByText('Everybody owns').waitFor();
  await check(page, 'sso-approval-en-1440');
  await page.context().close();

  // As dark, narrow, and in another language.
  const dark = await owner({ theme: 'dark' });
  await dark.goto(`${server.url}/console/settings/sign-in`);
  await check(dark, 'sso-list-dark-1440');
  await dark.getByRole('link', { name: 'Norrvik ID' }).click();
  await check(dark, 'sso-provider-dark-1440');
  await dark.setViewportSize(PHONE);
  await check(dark, 'sso-provider-dark-390');
  await dark.context().close();
});

test('a person signs in at the provider by keyboard, and shows there that it is still them', async () => {
  const page = await open(browser, sso);
  await page.goto(`${server.url}/console/devices`);
  const way = page.getByRole('link', { name: t('provider-sign-in', { a: 'Norrvik ID' }) });
  await way.waitFor();
  await check(page, 'sso-sign-in-en-1440');
  await tabTo(page, way);
  await page.keyboard.press('Enter');
  await signInThere(page, 'elsa');
  await heading(page, t('nav-devices')).waitFor();
  await page.getByText('Elsa Holm').first().waitFor();
  assert.equal(provider.signIns, 1);

  // Another time the provider knows them still, and asks nothing.
  const again = await page.context().newPage();
  again.faults = [];
  await moves(page, () => button(page, t('sign-out')).first().click());
  await again.goto(`${server.url}/console/sign-in`);
  await again.getByRole('link', { name: t('provider-sign-in', { a: 'Norrvik ID' }) }).click();
  await heading(again, t('nav-overview')).waitFor();
  assert.equal(provider.signIns, 1);

  // To show that it is still them they sign in anew; somebody else does not do.
  await server.order('stale_sign_ins');
  const confirm = again.getByRole('link', { name: t('provider-confirm', { a: 'Norrvik ID' }) });
  await again.goto(`${server.url}/console/confirm?next=/console/account`);
  await check(again, 'sso-confirm-en-1440');
  await confirm.click();
  await signInThere(again, 'nils');
  await again.getByText(t('provider-other-person')).waitFor();
  await check(again, 'sso-other-person-en-1440');
  await again.goto(`${server.url}/console/confirm?next=/console/account`);
  await confirm.click();
  await signInThere(again, 'elsa');
  await heading(again, t('account-title')).waitFor();
  assert.equal(provider.signIns, 3);
  await page.context().close();
});

test('a person without a mapped group is told so', async () => {
  const page = await open(browser, { ...sso, viewport: PHONE });
  await page.goto(`${server.url}/console/sign-in`);
  await page.getByRole('link', { name: t('provider-sign-in', { a: 'Norrvik ID' }) }).click();
  await signInThere(page, 'nils');
  await page.getByText(t('provider-not-mapped')).waitFor();
  await check(page, 'sso-refused-en-390');
  await page.context().close();
});
