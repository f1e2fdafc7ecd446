// The console, as an administrator uses it: by role and label, by mouse and by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { texts } from './texts.js';
import { IPHONE, PHONE, check, eventually, focused, launch, open, tabTo } from './world.js';

const t = texts('en');
let server;
let browser;
let page;
const devices = {};

before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  for (const [kind, name, more] of [
    ['iphone', 'ENG-IPH-0417', { person: 'Elin Hedström' }],
    ['iphone', 'LAW-IPH-0102', { person: 'Oskar Lind' }],
    ['ipad', 'LIB-PAD-0007', {}],
    ['mac', 'ENG-MAC-0031', { person: '佐藤 美咲' }],
    ['iphone', 'Saga’s iPhone', { person: 'Saga Berg', ownership: 'personal' }],
  ]) devices[name] = (await server.order('enroll', { kind, name, ...more })).serial;
  page = await open(browser);
});
after(async () => { await browser?.close(); await server?.stop(); });

const heading = (name) => page.getByRole('heading', { level: 1, name });
const button = (name) => page.getByRole('button', { name, exact: true });
const at = (path) => page.goto(server.url + path);

async function openDevice(name) {
  await at('/console/devices');
  await page.getByRole('link', { name, exact: true }).click();
  await heading(name).waitFor();
}

test('sign-in refuses a wrong password and then leads where one wanted to go', async () => {
  await at('/console/devices');
  await heading(t('sign-in-title')).waitFor();
  await check(page, 'console-sign-in-en-1440');
  await page.getByLabel(t('login')).fill(server.owner_email);
  await page.getByLabel(t('password')).fill('not the right one');
  await button(t('sign-in')).click();
  await page.getByRole('alert').filter({ hasText: t('sign-in-failed') }).waitFor();
  assert.equal(await page.getByLabel(t('login')).inputValue(), server.owner_email);
  await page.getByLabel(t('password')).fill(server.owner_password);
  await page.keyboard.press('Enter');
  await heading(t('nav-devices')).waitFor();
  await eventually(async () => new URL(page.url()).pathname, '/console/devices');
});

test('the list is searched and filtered, and its address keeps the view', async () => {
  await at('/console');
  await heading(t('nav-overview')).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('0417');
  await page.keyboard.press('Enter');
  await heading(t('search')).waitFor();
  await page.locator('main').getByRole('link', { name: 'ENG-IPH-0417' }).waitFor();
  await at('/console/devices?q=0417');
  const rows = page.locator('#device-rows tbody tr');
  await eventually(() => rows.count(), 1);
  await page.getByRole('link', { name: 'ENG-IPH-0417' }).waitFor();
  await at('/console/devices');
  await eventually(() => rows.count(), 5);
  await button(t('filter-add')).click();
  await page.getByRole('checkbox', { name: 'iPadOS' }).or(page.getByRole('checkbox', { name: 'iPad' })).first().check();
  await button(t('filter-apply')).click();
  await eventually(() => rows.count(), 1);
  await page.getByRole('link', { name: 'LIB-PAD-0007' }).waitFor();
  const view = page.url();
  await at('/console/devices');
  await page.goto(view);
  await eventually(() => rows.count(), 1);
  await page.locator('.chip-x').click();
  await eventually(() => rows.count(), 5);
  await at('/console/devices?q=nothing-is-called-so');
  await page.getByRole('heading', { name: t('no-match') }).waitFor();
});

test('what is typed in the top bar is found below it, and the arrow keys walk there', async () => {
  await at('/console');
  await page.keyboard.press('/');
  await page.keyboard.type('0417');
  const hit = page.locator('.ahead').getByRole('link', { name: /ENG-IPH-0417/ });
  await hit.waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(hit), true);
  await check(page, 'console-search-ahead-en-1440', { narrow: false });
  await page.keyboard.press('Escape');
  assert.equal(await hit.isVisible(), false);
  await page.locator('#q').fill(devices['ENG-IPH-0417'].replace(/(...)/g, '$1 '));
  await page.keyboard.press('Enter');
  await heading('ENG-IPH-0417').waitFor();
});

test('the palette finds pages, devices and the acts of the page, and single keys can be turned off', async () => {
  await at('/console/devices');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: t('palette'), exact: true });
  await palette.waitFor();
  await check(page, 'console-palette-en-1440');
  await page.keyboard.type('audit');
  await palette.getByRole('button', { name: t('nav-audit'), exact: true }).waitFor();
  assert.equal(await palette.getByRole('button', { name: t('nav-groups') }).count(), 0);
  await page.keyboard.press('Enter');
  await heading(t('nav-audit')).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('LIB-PAD');
  await palette.getByRole('link', { name: /LIB-PAD-0007/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: t('keys-title') });
  await keys.waitFor();
  await check(page, 'console-keys-en-1440');
  await keys.getByRole('button', { name: t('keys-off') }).click();
  await page.waitForFunction(() => document.documentElement.dataset.keys === 'off');
  await page.keyboard.press('?');
  assert.equal(await keys.isVisible(), false);
  await page.keyboard.press('Control+k');
  await palette.waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#keys').evaluate((dialog) => dialog.showModal());
  await keys.getByRole('button', { name: t('keys-on') }).click();
  await page.waitForFunction(() => !document.documentElement.dataset.keys);
});

test('rows are walked with j and k, and Enter opens the one at hand', async () => {
  await at('/console/devices?sort=name');
  const names = await page.locator('#device-rows tbody th a').allTextContents();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  assert.equal(await page.locator('#device-rows tbody tr').nth(1).locator('input[type=checkbox]').isChecked(), true);
  await page.keyboard.press('Enter');
  await heading(names[1].trim()).waitFor();
  await page.keyboard.press('2');
  await page.waitForURL((url) => url.pathname.endsWith('/commands'));
});

test('what is ticked is chosen, and stays chosen on the way to another list', async () => {
  const pick = (name) => page.getByLabel(t('many-pick', { a: name }));
  await at('/console/devices');
  // What an earlier visit chose is still chosen.
  const clear = button(t('bulk-clear'));
  if (await clear.count()) await clear.click();
  await page.getByText(t('bulk-none')).waitFor();
  await pick('ENG-IPH-0417').check();
  await page.locator('[data-selected-count="1"]').waitFor();
  // The way on waits for what is being kept.
  await pick('LIB-PAD-0007').check();
  await page.locator('thead a.sort').first().click();
  await page.waitForURL((url) => url.searchParams.get('sort') === '-name');
  await page.locator('[data-selected-count="2"]').waitFor();
  assert.ok(await pick('ENG-IPH-0417').isChecked());
  assert.ok(await pick('LIB-PAD-0007').isChecked());
  await pick('LIB-PAD-0007').uncheck();
  await page.locator('[data-selected-count="1"]').waitFor();
  await button(t('bulk-clear')).click();
  await page.getByText(t('bulk-none')).waitFor();
});

test('a menu that fills itself keeps what was ticked meanwhile', async () => {
  await page.route('**/console/devices/filters**', async (route) => {
    await new Promise((done) => { setTimeout(done, 1000); });
    await route.continue();
  });
  await at('/console/devices');
  await button(t('filter-add')).click();
  const box = page.locator('#filter-form input[name=platform][value=macos]');
  await box.check();
  await box.focus();
  // The counts come with the units.
  await page.locator('#filter-unit').waitFor();
  assert.ok(await box.isChecked());
  assert.ok(await box.evaluate((field) => field === document.activeElement));
  await page.unroute('**/console/devices/filters**');
});

test('a link that cannot be copied is said, and its button keeps its name', async () => {
  await at('/console/devices');
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); });
  const copy = page.locator('[data-copy^="/console"]');
  await copy.click();
  await copy.click();
  assert.equal(await copy.getAttribute('aria-label'), t('not-copied'));
  await eventually(() => copy.getAttribute('aria-label'), t('copy-view'));
  assert.equal(await copy.getAttribute('title'), t('copy-view'));
});

test('a scope goes on from page to page', async () => {
  await at('/console/scope?next=/console/devices');
  await heading(t('scope-title')).waitFor();
  await check(page, 'console-scope-en-1440');
  const unit = '01939f3c-5a10-7c3e-9d41-5f0a4be31c77';
  await at(`/console/devices?scope=${unit}`);
  await page.getByRole('navigation', { name: t('nav-main') }).getByRole('link', { name: t('nav-commands') }).first().click();
  await heading(t('nav-commands')).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('scope'), unit);
});

test('a device page follows its device', async () => {
  await openDevice('ENG-IPH-0417');
  await page.getByText(t('live-on'), { exact: true }).waitFor();
  await button(t('device-refresh')).click();
  const commands = page.locator('#commands');
  await commands.getByText(t('status-command-queued')).or(commands.getByText(t('status-command-push_sent'))).first().waitFor();
  const { handled, violations } = await server.order('answer', { serial: devices['ENG-IPH-0417'] });
  assert.deepEqual(handled.sort(), ['CertificateList', 'DeviceInformation', 'InstalledApplicationList', 'ProfileList', 'SecurityInfo']);
  assert.equal(violations, 0);
  // Nobody touches the page.
  const open = commands.locator('.pill').filter({ hasText: new RegExp(`${t('status-command-queued')}|${t('status-command-push_sent')}`) });
  await eventually(() => open.count(), 0);
  await commands.locator('.pill').filter({ hasText: t('status-command-acknowledged') }).first().waitFor();
});

test('a lock acts at once', async () => {
  await openDevice('LAW-IPH-0102');
  await page.getByRole('link', { name: t('device-lock'), exact: true }).click();
  const dialog = page.getByRole('dialog', { name: t('lock-title', { a: 'LAW-IPH-0102' }) });
  await dialog.waitFor();
  await check(page, 'console-lock-en-1440');
  await dialog.getByLabel(t('lock-message')).fill('Found? Call us');
  await dialog.getByRole('button', { name: t('lock-submit') }).click();
  await page.getByRole('status').filter({ hasText: t('message-locked') }).waitFor();
  const { handled } = await server.order('answer', { serial: devices['LAW-IPH-0102'] });
  assert.deepEqual(handled, ['DeviceLock']);
});

test('an erase needs name and password, is held, and can be withdrawn, by keyboard alone', async () => {
  await server.order('stale_sign_ins');
  await openDevice('ENG-IPH-0417');
  await tabTo(page, page.getByRole('link', { name: t('device-erase-act') }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: t('erase-title', { a: 'ENG-IPH-0417' }) });
  await dialog.waitFor();
  await eventually(() => focused(dialog.getByRole('link', { name: t('close') })), true);
  await check(page, 'console-erase-en-1440');
  await dialog.getByRole('link', { name: t('close') }).focus();
  // Escape leaves without a trace.
  await page.keyboard.press('Escape');
  await heading('ENG-IPH-0417').waitFor();
  await eventually(() => dialog.count(), 0);
  await tabTo(page, page.getByRole('link', { name: t('device-erase-act') }));
  await page.keyboard.press('Enter');

  const submit = dialog.getByRole('button', { name: t('erase-submit', { n: 5 }) });
  const typed = dialog.getByLabel(t('guard-type', { name: 'ENG-IPH-0417' }));
  await eventually(() => submit.getAttribute('aria-disabled'), 'true');
  await tabTo(page, submit);
  await page.keyboard.press('Enter');
  // The button says what is missing and leads there.
  await dialog.getByText(t('guard-typed-wrong')).waitFor();
  await eventually(() => focused(typed), true);
  await page.keyboard.type('ENG-IPH-0417');
  await eventually(() => submit.getAttribute('aria-disabled'), 'false');
  // Enter in the field alone confirms nothing.
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await tabTo(page, dialog.getByLabel(t('guard-password')));
  await page.keyboard.type('not the right one');
  await tabTo(page, submit);
  await page.keyboard.press('Enter');
  await dialog.locator('#password-error').waitFor();
  await check(page, 'console-erase-wrong-password-en-1440');
  assert.equal(await typed.inputValue(), 'ENG-IPH-0417', 'nothing typed is lost');
  await tabTo(page, dialog.getByLabel(t('guard-password')));
  await page.keyboard.type(server.owner_password);
  await tabTo(page, submit);
  await page.keyboard.press('Enter');

  await page.locator('.hold').first().waitFor();
  const held = await server.order('answer', { serial: devices['ENG-IPH-0417'] });
  assert.deepEqual(held.handled, [], 'a held command is never sent');
  await check(page, 'console-held-en-1440');
  await tabTo(page, page.getByRole('button', { name: t('withdraw') }).first());
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: t('message-withdrawn') }).waitFor();
  await server.order('end_holds');
  const later = await server.order('answer', { serial: devices['ENG-IPH-0417'] });
  assert.deepEqual(later.handled, [], 'a withdrawn command is never sent');
});

test('an erase that nobody withdraws ends the enrollment', async () => {
  await openDevice('LIB-PAD-0007');
  await page.getByRole('link', { name: t('device-erase-act') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t('guard-reason')).selectOption({ label: t('reason-handed-on') });
  await dialog.getByLabel(t('guard-note')).fill('Ticket 4711');
  await dialog.getByLabel(t('guard-type', { name: 'LIB-PAD-0007' })).fill('LIB-PAD-0007');
  await dialog.getByRole('button', { name: t('erase-submit', { n: 5 }) }).click();
  await page.locator('.hold').first().waitFor();
  await server.order('end_holds');
  const { handled } = await server.order('answer', { serial: devices['LIB-PAD-0007'] });
  assert.deepEqual(handled, ['EraseDevice']);
  // The page hears of it by itself.
  await page.getByText(t('callout-wiped-text')).waitFor();
  await check(page, 'console-wiped-en-1440');
});

test('a personal device offers no erase', async () => {
  await openDevice('Saga’s iPhone');
  assert.equal(await page.getByRole('link', { name: t('device-erase-act') }).count(), 0);
  await check(page, 'console-personal-en-1440');
});

test('an invitation is made, opened on a phone, and its attempt followed', async () => {
  await at('/console/enrollment/invitations');
  await page.getByRole('link', { name: t('invitation-new') }).first().click();
  await page.getByLabel(t('invitation-person')).fill('Nora Ek');
  await page.getByRole('checkbox', { name: t('invitation-pin') }).check();
  await check(page, 'console-invitation-new-en-1440');
  await button(t('invitation-create')).click();
  await page.getByRole('heading', { name: t('invitation-hand-over') }).waitFor();
  await check(page, 'console-invitation-created-en-1440');
  const copy = (what) => page.locator('.hand-over [data-copy]').nth(what).getAttribute('data-copy');
  const [link, pin] = [await copy(0), await copy(2)];
  assert.match(link, /\/e\/[\w-]{20,}$/);

  const phone = await open(browser, { viewport: PHONE, userAgent: IPHONE });
  await phone.goto(link);
  await phone.getByText('Maja Bergqvist').waitFor();
  await phone.getByLabel(t('pin-label')).fill(pin);
  await phone.getByRole('button', { name: t('begin-continue', { a: 'iPhone' }) }).click();
  await phone.getByRole('button', { name: t('consent-agree', { a: 'iPhone' }) }).click();
  const href = await phone.getByRole('link', { name: t('install-download') }).getAttribute('href');

  await at('/console/enrollment/attempts');
  await page.getByRole('link', { name: 'Nora Ek' }).first().click();
  const steps = page.locator('#steps');
  await steps.getByText(t('status-attempt-signed_in')).waitFor();
  const order = { kind: 'iphone', name: 'NORA-IPH', profile_url: server.url + href };
  const { serial } = await server.order('download', order);
  await steps.getByText(t('status-attempt-profile_fetched')).waitFor();
  await server.order('install', { serial });
  await server.order('check_in', { serial });
  await server.order('answer', { serial });
  await steps.getByText(t('status-attempt-ready'), { exact: true }).waitFor();
  await phone.getByRole('heading', { level: 1, name: t('ready-h1', { a: 'iPhone' }) }).waitFor();
  await check(page, 'console-attempt-ready-en-1440');
  await phone.context().close();
  // Link and PIN are never shown again.
  await page.goBack();
  await at('/console/enrollment/invitations');
  await page.getByRole('link', { name: 'Nora Ek' }).first().click();
  await heading(t('invitation-for', { a: 'Nora Ek' })).waitFor();
  assert.equal(await page.locator('.hand-over').count(), 0);
});

test('the push certificate and the tokens', async () => {
  await at('/console/settings/push');
  await page.getByText('com.apple.mgmt.External').first().waitFor();
  await check(page, 'console-push-en-1440');
  await at('/console/settings/tokens');
  await page.getByLabel(t('name'), { exact: true }).fill('inventory export');
  await page.getByRole('group', { name: t('token-permissions') }).getByRole('checkbox').first().check();
  const password = page.getByLabel(t('guard-password'));
  if (await password.count()) await password.fill(server.owner_password);
  await button(t('token-create')).click();
  const secret = page.locator('[data-copy^="tillsyn_"]');
  await secret.waitFor();
  await check(page, 'console-token-created-en-1440');
  const token = await secret.getAttribute('data-copy');
  await at('/console/settings/tokens');
  assert.ok(!(await page.content()).includes(token), 'shown once');
  await page.getByRole('button', { name: `${t('revoke')} inventory export` }).click();
  await page.getByText(t('message-token-revoked')).waitFor();
});

test('signing out ends the session on the server', async () => {
  await at('/console');
  const cookies = await page.context().cookies();
  await button(t('sign-out')).first().click();
  await heading(t('sign-in-title')).waitFor();
  await page.context().addCookies(cookies);
  await at('/console');
  await heading(t('sign-in-title')).waitFor();
  assert.deepEqual(page.faults, []);
});
