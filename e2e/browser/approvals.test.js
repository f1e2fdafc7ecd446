// What takes two people: one asks, another decides in a browser of their own, by keyboard; and the stop that
// anybody who may destroy something can pull.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { texts } from './texts.js';
import { check, launch, moves, open, PHONE, tabTo } from './world.js';

const t = texts('en');
const serials = [];
let server;
let browser;
let second;

before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  second = await server.order('second_owner');
  for (const name of ['LIB-PAD-0001', 'LIB-PAD-0002']) {
    serials.push((await server.order('enroll', { kind: 'ipad', name })).serial);
  }
});
after(async () => { await browser?.close(); await server?.stop(); });

const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function signedIn(email, options = {}) {
  const page = await open(browser, options);
  await page.goto(`${server.url}/console/sign-in`);
  await page.getByLabel(t('login')).fill(email);
  await page.getByLabel(t('password')).fill(server.owner_password);
  await button(page, t('sign-in')).click();
  await heading(page, t('nav-overview')).waitFor();
  return page;
}

const figures = (page) => page.locator('form[aria-labelledby="gf-h"]');

async function figure(page, label, value, why) {
  await page.goto(`${server.url}/console/settings/guard`);
  await figures(page).getByLabel(label, { exact: true }).fill(value);
  await figures(page).getByLabel(t('guard-reason')).fill(why);
  await moves(page, () => button(page, t('guard-save')).click());
}

const handled = async () => {
  const all = [];
  for (const serial of serials) all.push(...(await server.order('answer', { serial })).handled);
  return all.filter((type) => type === 'EraseDevice');
};

test('one asks to erase two devices, another approves by keyboard, and only then it happens', async () => {
  const asker = await signedIn(server.owner_email);
  // Tighter figures count at once.
  await figure(asker, t('guard-second-from'), '1', 'Two people for every erase');
  await asker.goto(`${server.url}/console/devices`);
  for (const name of ['LIB-PAD-0001', 'LIB-PAD-0002']) await asker.getByLabel(t('many-pick', { a: name })).check();
  await asker.getByRole('button', { name: `${t('campaign-act-erase')}…` }).click();
  await asker.locator('#why').selectOption({ label: t('reason-handed-on') });
  await asker.locator('#typed').fill('2');
  await check(asker, 'approvals-many-en-1440');
  await button(asker, t('many-submit-ask')).click();
  await asker.getByText(t('message-asked-second')).first().waitFor();
  await server.order('end_holds');
  assert.deepEqual(await handled(), [], 'nothing is sent before the second person');

  // The asker finds no way to decide.
  await asker.goto(`${server.url}/console/approvals`);
  await check(asker, 'approvals-list-en-1440');
  const title = t('approval-title-commands', { what: '', n: 2 }).replace(/^: /, '');
  await asker.getByRole('link', { name: title }).click();
  await asker.getByText(t('approval-cannot-own')).waitFor();
  assert.equal(await button(asker, t('approval-approve')).count(), 0);

  // The other's sign-in is old: the decision asks for the password.
  const other = await signedIn(second.email);
  await server.order('stale_sign_ins');
  await other.goto(`${server.url}/console/approvals`);
  await tabTo(other, other.getByRole('link', { name: title }));
  await other.keyboard.press('Enter');
  await heading(other, title).waitFor();
  for (const name of ['LIB-PAD-0001', 'LIB-PAD-0002']) await other.getByRole('link', { name }).first().waitFor();
  await other.getByText(t('reason-handed-on'), { exact: true }).waitFor();
  await check(other, 'approvals-decide-en-1440');
  await tabTo(other, other.getByLabel(t('guard-password')));
  await other.keyboard.type('not the right one');
  await other.keyboard.press('Enter');
  await other.locator('#password-error').waitFor();
  await tabTo(other, other.getByLabel(t('guard-password')));
  await other.keyboard.type(server.owner_password);
  await tabTo(other, button(other, t('approval-approve')));
  await other.keyboard.press('Enter');
  await other.getByText(t('message-approved')).waitFor();
  assert.deepEqual(await handled(), [], 'the hold comes first');
  await server.order('end_holds');
  assert.equal((await handled()).length, 2);
  for (const page of [asker, other]) await page.context().close();
});

test('a looser figure is declined with words that the asker reads', async () => {
  const asker = await signedIn(server.owner_email);
  await figure(asker, t('guard-second-from'), '6', 'Too slow for the library');
  await asker.getByText(t('message-asked-second')).first().waitFor();
  const other = await signedIn(second.email, { viewport: PHONE, theme: 'dark' });
  await other.goto(`${server.url}/console/approvals`);
  await check(other, 'approvals-list-en-390-dark');
  await other.getByRole('link', { name: t('approval-title-guard') }).click();
  await button(other, t('approval-decline')).click();
  await other.getByText(t('approval-reason-missing')).waitFor();
  await other.getByLabel(t('guard-reason')).fill('Not before the audit');
  await check(other, 'approvals-decline-en-390-dark');
  await button(other, t('approval-decline')).click();
  await other.getByText(t('message-declined')).waitFor();
  await asker.goto(`${server.url}/console/approvals`);
  await asker.getByRole('link', { name: t('approval-title-guard') }).first().click();
  await asker.getByText('Not before the audit').waitFor();
  await asker.goto(`${server.url}/console/settings/guard`);
  assert.equal(await figures(asker).getByLabel(t('guard-second-from'), { exact: true }).inputValue(), '1');
  for (const page of [asker, other]) await page.context().close();
});

test('one person stops everything, and everybody sees that it is frozen', async () => {
  const page = await signedIn(server.owner_email);
  await page.goto(`${server.url}/console/settings/guard`);
  await check(page, 'guard-en-1440');
  await page.locator('#stop').getByLabel(t('guard-reason')).fill('Somebody has a password of ours');
  await page.locator('#stop').getByRole('button', { name: t('stop-everything') }).click();
  await page.getByText(t('message-stopped'), { exact: true }).waitFor();
  await check(page, 'guard-frozen-en-1440');
  const other = await signedIn(second.email);
  await other.getByRole('link', { name: t('freeze-banner-link') }).click();
  await other.getByText('Somebody has a password of ours').waitFor();
  for (const one of [page, other]) await one.context().close();
});
