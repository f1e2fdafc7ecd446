// A configuration profile, as an administrator brings it in and mends it: by role and label, by mouse and keyboard,
// with script and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { texts } from './texts.js';
import { check, eventually, launch, moves, open, tabTo } from './world.js';

const t = texts('en');
let server;
let browser;

before(async () => { [server, browser] = await Promise.all([Server.start(), launch()]); });
after(async () => { await browser?.close(); await server?.stop(); });

const WIFI = `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.story</string><key>PayloadDisplayName</key><string>Campus Wi-Fi</string>
<key>PayloadUUID</key><string>5B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F02</string>
<key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.wifi.managed</string>
<key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>org.example.story.wifi</string>
<key>PayloadUUID</key><string>5B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F01</string>
<key>SSID_STR</key><string>eduroam</string><key>EncryptionType</key><string>Wpa9</string></dict></array></dict></plist>`;

async function signIn(options) {
  const page = await open(browser, options);
  await page.goto(`${server.url}/console/sign-in`);
  await page.getByLabel(t('login')).fill(server.owner_email);
  await page.getByLabel(t('password')).fill(server.owner_password);
  await page.getByRole('button', { name: t('sign-in'), exact: true }).click();
  await page.getByRole('heading', { level: 1, name: t('nav-overview') }).waitFor();
  return page;
}

test('an upload is checked, kept and mended in the form', async () => {
  const page = await signIn({});
  await page.getByRole('link', { name: t('nav-profiles') }).first().click();
  await page.getByRole('heading', { name: t('profiles-empty') }).waitFor();
  await page.getByRole('link', { name: t('profile-new') }).first().click();
  const file = { name: 'campus.mobileconfig', mimeType: 'application/x-apple-aspen-config', buffer: Buffer.from(WIFI) };
  await page.getByLabel(t('profile-file')).setInputFiles(file);
  await page.getByRole('button', { name: t('profile-upload') }).click();
  await page.getByRole('heading', { name: t('profile-check-title') }).waitFor();
  await check(page, 'profiles-checked-en-1440');
  // Kept by keyboard.
  await tabTo(page, page.getByRole('button', { name: t('profile-keep') }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Campus Wi-Fi' }).waitFor();
  const security = page.getByLabel('Security', { exact: true });
  await eventually(() => security.getAttribute('aria-invalid'), 'true');
  await check(page, 'profiles-findings-en-1440');
  // Mended: it saves itself, and the finding goes.
  await security.selectOption({ label: 'WPA2 or newer' });
  await page.getByText(t('profile-saved'), { exact: true }).waitFor();
  await page.getByLabel('Network name').focus();
  await page.keyboard.press('End');
  await page.keyboard.type('-2');
  await page.keyboard.press('Tab');
  await page.getByText(t('profile-unsaved'), { exact: true }).or(page.getByText(t('profile-saved'), { exact: true })).first().waitFor();
  await moves(page, () => page.getByRole('button', { name: t('profile-save') }).click());
  await page.reload();
  assert.equal(await page.getByLabel('Network name').inputValue(), 'eduroam-2');
  assert.equal(await page.getByLabel('Security', { exact: true }).getAttribute('aria-invalid'), null);
  await check(page, 'profiles-mended-en-1440');
  await page.context().close();
});

test('the form works without script', async () => {
  const page = await signIn({ script: false });
  await page.goto(`${server.url}/console/profiles`);
  await page.getByRole('link', { name: 'Campus Wi-Fi' }).click();
  await page.getByLabel('Network name').fill('campus');
  await moves(page, () => page.keyboard.press('Enter'));
  assert.equal(await page.getByLabel('Network name').inputValue(), 'campus');
  await page.getByRole('switch', { name: /^Show all/ }).click();
  await eventually(async () => new URL(page.url()).searchParams.get('all'), '1');
  assert.equal(await page.getByLabel('Network name').inputValue(), 'campus');
  await page.context().close();
});
