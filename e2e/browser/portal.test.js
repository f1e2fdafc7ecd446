// The enrollment pages, as somebody with a new device meets them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { LANGUAGES, texts } from './texts.js';
import { DESK, IPHONE, MAC, PHONE, check, eventually, focused, launch, open, tabTo } from './world.js';

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), launch()]); });
after(async () => { await browser?.close(); await server?.stop(); });

const heading = (page, name) => page.getByRole('heading', { level: 1, name });

/** Says which device this is, reads what will be managed, and agrees. */
async function agree(page, t, device) {
  await page.getByRole('button', { name: t('begin-continue', { a: device }) }).click();
  await heading(page, t('consent-h1', { a: device })).waitFor();
  await page.getByRole('button', { name: t('consent-agree', { a: device }) }).click();
}

for (const lang of LANGUAGES) {
  test(`an iPhone is set up with link and PIN in ${lang}`, async () => {
    const t = texts(lang);
    const invitation = await server.order('invite', { person: 'Elin Hedström', pin: true });
    const page = await open(browser, { lang, viewport: PHONE, userAgent: IPHONE });
    await page.goto(invitation.url);
    await heading(page, t('begin-h1', { device: 'iPhone', organisation: 'Norrvik University' })).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    await check(page, `portal-begin-${lang}-390`);

    await page.getByLabel(t('pin-label')).fill('WRONGPIN');
    const go = page.getByRole('button', { name: t('begin-continue', { a: 'iPhone' }) });
    await go.click();
    await page.getByRole('alert').filter({ hasText: t('pin-wrong') }).waitFor();
    await eventually(() => focused(page.getByLabel(t('pin-label'))), true);
    await check(page, `portal-pin-wrong-${lang}-390`);
    await page.getByLabel(t('pin-label')).fill(invitation.pin.toLowerCase());
    await go.click();

    // Nothing can be downloaded before the person agreed.
    await heading(page, t('consent-h1', { a: 'iPhone' })).waitFor();
    await page.getByText(t('managed-erase'), { exact: true }).waitFor();
    assert.equal(await page.getByRole('link', { name: t('install-download') }).count(), 0);
    await check(page, `portal-consent-${lang}-390`);
    await page.getByRole('button', { name: t('consent-agree', { a: 'iPhone' }) }).click();

    await heading(page, t('install-h1')).waitFor();
    assert.ok(new URL(page.url()).pathname.includes('/steps/'));
    await page.getByText(t('install-wait-download')).waitFor();
    await check(page, `portal-install-${lang}-390`);
    const href = await page.getByRole('link', { name: t('install-download') }).getAttribute('href');
    assert.ok(!page.url().includes(href.split('/').pop()), 'the secret is in no address of a page');

    // The device acts; the page follows without being touched.
    const { serial } = await server.order('download', { kind: 'iphone', profile_url: server.url + href });
    await page.getByText(t('install-wait', { a: 'iPhone' }), { exact: true }).waitFor();
    await server.order('install', { serial });
    await heading(page, t('install-h1-seen', { a: 'iPhone' })).waitFor();
    await check(page, `portal-seen-${lang}-390`);
    await server.order('check_in', { serial });
    const { violations } = await server.order('answer', { serial });
    assert.equal(violations, 0);
    await heading(page, t('ready-h1', { a: 'iPhone' })).waitFor();
    await check(page, `portal-ready-${lang}-390`);

    // Whoever comes later is told that the link has done its work.
    const later = await open(browser, { lang, viewport: PHONE, userAgent: IPHONE });
    const answer = await later.goto(invitation.url);
    assert.equal(answer.status(), 410);
    await heading(later, t('closed-used')).waitFor();
    await check(later, `portal-used-${lang}-390`);
    await later.context().close();
    await page.context().close();
  });
}

test('a Mac is set up by keyboard alone', async () => {
  const t = texts('en');
  const invitation = await server.order('invite', { ownership: 'personal' });
  const page = await open(browser);
  await page.goto(invitation.url);
  await check(page, 'portal-begin-personal-en-1440');
  await tabTo(page, page.getByRole('button', { name: t('begin-continue', { a: 'Mac' }) }));
  await page.keyboard.press('Enter');
  await heading(page, t('consent-h1', { a: 'Mac' })).waitFor();
  await check(page, 'portal-consent-personal-en-1440');
  await tabTo(page, page.getByRole('button', { name: t('consent-agree', { a: 'Mac' }) }));
  await page.keyboard.press('Enter');
  await heading(page, t('install-h1-mac')).waitFor();
  await check(page, 'portal-install-mac-en-1440');
  const first = page.url();
  await tabTo(page, page.getByRole('button', { name: t('install-again') }));
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.href !== first);
  const download = page.getByRole('link', { name: t('install-download') });
  await tabTo(page, download);
  const href = await download.getAttribute('href');
  const { serial } = await server.order('download', { kind: 'mac', profile_url: server.url + href });
  await server.order('install', { serial });
  await server.order('check_in', { serial });
  await server.order('answer', { serial });
  await heading(page, t('ready-h1', { a: 'Mac' })).waitFor();
  await check(page, 'portal-ready-mac-en-1440');
  // The link leads its own browser back to where it came.
  await page.goto(invitation.url);
  await heading(page, t('ready-h1', { a: 'Mac' })).waitFor();
  await page.context().close();
});

test('everything but waiting works without script', async () => {
  const t = texts('sv');
  const invitation = await server.order('invite', {});
  const page = await open(browser, { lang: 'sv', viewport: PHONE, userAgent: IPHONE, script: false });
  await page.goto(invitation.url);
  await page.getByText(t('begin-other'), { exact: true }).click();
  await page.getByRole('link', { name: 'iPad' }).click();
  await page.getByText(t('begin-chosen', { a: 'iPad' })).waitFor();
  await agree(page, t, 'iPad');
  await heading(page, t('install-h1')).waitFor();
  const href = await page.getByRole('link', { name: t('install-download') }).getAttribute('href');
  const { serial } = await server.order('download', { kind: 'ipad', profile_url: server.url + href });
  await server.order('install', { serial });
  await page.getByRole('link', { name: t('check-again') }).click();
  await heading(page, t('install-h1-seen', { a: 'iPad' })).waitFor();
  await page.context().close();
});

test('a profile that went to two devices fails with cause and remedy', async () => {
  for (const [lang, viewport] of [['en', DESK], ['ja', PHONE]]) {
    const t = texts(lang);
    const invitation = await server.order('invite', {});
    const page = await open(browser, { lang, viewport, userAgent: lang === 'en' ? MAC : IPHONE });
    await page.goto(invitation.url);
    await agree(page, t, lang === 'en' ? 'Mac' : 'iPhone');
    const download = page.getByRole('link', { name: t('install-download') });
    const profile_url = server.url + await download.getAttribute('href');
    const one = await server.order('download', { kind: 'iphone', profile_url });
    await server.order('install', { serial: one.serial });
    await server.order('install_copy', { kind: 'ipad', serial: one.serial });
    await heading(page, t('failed-title')).waitFor();
    await page.getByText(t('failure-used-elsewhere')).waitFor();
    await check(page, `portal-failed-${lang}-${viewport.width}`);
    await page.getByRole('button', { name: t('install-again') }).click();
    await page.getByText(t('install-wait-download')).waitFor();
    await page.context().close();
  }
});

test('links that are over, and the language switch', async () => {
  const invitation = await server.order('invite', {});
  await server.order('revoke', { id: invitation.id });
  const page = await open(browser);
  const answer = await page.goto(invitation.url);
  assert.equal(answer.status(), 410);
  await heading(page, texts('en')('closed-revoked')).waitFor();
  await check(page, 'portal-revoked-en-1440');
  const open2 = await server.order('invite', { pin: true });
  await page.goto(open2.url);
  for (const [lang, name] of [['sv', 'Svenska'], ['ja', '日本語']]) {
    await page.locator('.lang-menu > summary').click();
    await page.getByRole('link', { name }).click();
    await heading(page, texts(lang)('begin-h1', { device: 'Mac', organisation: 'Norrvik University' })).waitFor();
    await check(page, `portal-begin-${lang}-1440`);
  }
  assert.equal((await page.goto(`${server.url}/e/unknown`)).status(), 404);
  await heading(page, texts('ja')('closed-unknown')).waitFor();
  await page.context().close();
});

test('the dark theme keeps the rules', async () => {
  const t = texts('en');
  const invitation = await server.order('invite', { pin: true });
  const page = await open(browser, { viewport: PHONE, userAgent: IPHONE, theme: 'dark' });
  await page.goto(invitation.url);
  await check(page, 'portal-begin-en-390-dark');
  await page.getByLabel(t('pin-label')).fill(invitation.pin);
  await agree(page, t, 'iPhone');
  await page.getByText(t('install-wait-download')).waitFor();
  await check(page, 'portal-install-en-390-dark');
  await page.context().close();
});

for (const lang of LANGUAGES) {
  test(`from the computer to the phone, and what the device says, in ${lang}`, async () => {
    const t = texts(lang);
    const invitation = await server.order('invite', { pin: true });
    const desk = await open(browser, { lang });
    await desk.goto(invitation.url);
    await desk.getByLabel(t('pin-label')).fill(invitation.pin);
    await desk.getByRole('button', { name: t('begin-continue', { a: 'Mac' }) }).click();
    await desk.getByText(t('hand-over-title'), { exact: true }).click();
    await desk.getByRole('button', { name: t('hand-over-button') }).click();
    await heading(desk, t('hand-over-title')).waitFor();
    await check(desk, `portal-hand-over-${lang}-1440`);
    const code = await desk.locator('dd code').last().textContent();

    const phone = await open(browser, { lang, viewport: PHONE, userAgent: IPHONE });
    await phone.goto(`${server.url}/go`);
    await check(phone, `portal-go-${lang}-390`);
    await phone.getByLabel(t('go-code-label'), { exact: true }).fill('AAAA-AAAA');
    await phone.getByRole('button', { name: t('go-code-button') }).click();
    await phone.getByRole('alert').filter({ hasText: t('go-code-wrong') }).waitFor();
    await check(phone, `portal-go-wrong-${lang}-390`);
    await phone.getByLabel(t('go-code-label'), { exact: true }).fill(code.toLowerCase());
    await phone.getByRole('button', { name: t('go-code-button') }).click();
    // Without the PIN: it was proven at the computer.
    await heading(phone, t('consent-h1', { a: 'iPhone' })).waitFor();
    await phone.getByRole('button', { name: t('consent-agree', { a: 'iPhone' }) }).click();
    await phone.getByText(t('trouble'), { exact: true }).click();
    await phone.getByRole('button', { name: t('told-exists') }).click();
    await phone.getByText(t('remedy-another-mdm')).waitFor();
    await check(phone, `portal-told-${lang}-390`);
    await phone.getByRole('button', { name: t('install-again') }).click();
    await phone.getByText(t('install-wait-download')).waitFor();
    await phone.context().close();
    await desk.context().close();
  });
}

test('a device that cannot be managed, and a window inside of an app', async () => {
  const t = texts('sv');
  const invitation = await server.order('invite', {});
  const pixel = await open(browser, { lang: 'sv', viewport: PHONE, userAgent: 'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0 Mobile Safari/537.36' });
  await pixel.goto(invitation.url);
  await pixel.getByText(t('begin-no-android')).waitFor();
  await check(pixel, 'portal-android-sv-390');
  await pixel.getByRole('button', { name: t('begin-report') }).click();
  await pixel.getByText(t('begin-reported')).waitFor();
  await pixel.context().close();
  const app = await open(browser, { lang: 'sv', viewport: PHONE, userAgent: IPHONE.replace(/ Safari\/.*$/, '') });
  await app.goto(invitation.url);
  await app.getByText(t('browser-title-app')).waitFor();
  await check(app, 'portal-in-app-sv-390');
  await app.context().close();
});
