// Signing in beyond the password: a passkey of Chromium's virtual authenticator, an authenticator app with computed
// codes, the proof that it is still the same person, sessions. By keyboard where it says so.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { texts } from './texts.js';
import { check, eventually, launch, moves, open, tabTo } from './world.js';

const t = texts('en');
let server;
let browser;

// Passkeys need a host with a name.
before(async () => { [server, browser] = await Promise.all([Server.start(['localhost']), launch()]); });
after(async () => { await browser?.close(); await server?.stop(); });

const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const button = (page, name) => page.getByRole('button', { name, exact: true });

// RFC 6238, as an app on a phone does it.
function code(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac('sha1', key).update(step).digest();
  const at = tag.at(-1) & 15;
  return String((tag.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function password(page) {
  await page.goto(`${server.url}/console/sign-in`);
  await page.getByLabel(t('login')).fill(server.owner_email);
  await page.getByLabel(t('password')).fill(server.owner_password);
  await button(page, t('sign-in')).click();
}

// A device with a finger on its sensor.
async function authenticator(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  return {
    keys: async () => (await client.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

test('a passkey is added, signs in alone by keyboard, and confirms', async () => {
  const page = await open(browser);
  const device = await authenticator(page);
  await password(page);
  await heading(page, t('nav-overview')).waitFor();
  await page.goto(`${server.url}/console/account`);
  await check(page, 'signin-account-plain-en-1440');
  await page.getByLabel(t('passkey-name')).fill('Work Mac');
  await button(page, t('passkey-add')).click();
  await heading(page, t('codes-title')).waitFor();
  await eventually(() => page.locator('ol.codes li').count(), 10);
  await check(page, 'signin-codes-en-1440');
  await page.getByRole('link', { name: t('codes-kept') }).click();
  await page.getByText('Work Mac', { exact: true }).first().waitFor();
  assert.equal((await device.keys()).length, 1);
  assert.equal((await device.keys())[0].rpId, 'localhost');
  await check(page, 'signin-account-en-1440');
  await moves(page, () => button(page, t('sign-out')).first().click());

  // Keyboard only: no name, no password.
  await page.goto(`${server.url}/console/sign-in`);
  await check(page, 'signin-en-1440');
  await tabTo(page, button(page, t('passkey-use')));
  await page.keyboard.press('Enter');
  await heading(page, t('nav-overview')).waitFor();
  await page.goto(`${server.url}/console/account`);
  await page.getByRole('cell', { name: t('session-passkey') }).waitFor();

  // Longer ago than ten minutes: an act asks, and the passkey answers.
  await server.order('stale_sign_ins');
  await button(page, t('codes-new')).click();
  await heading(page, t('confirm-title')).waitFor();
  await check(page, 'signin-confirm-en-1440');
  await tabTo(page, button(page, t('passkey-use')));
  await page.keyboard.press('Enter');
  await heading(page, t('account-title')).waitFor();
  await button(page, t('codes-new')).click();
  await heading(page, t('codes-title')).waitFor();
  // It is taken away again.
  await page.goto(`${server.url}/console/account`);
  await page.getByRole('button', { name: `${t('passkey-remove')} Work Mac` }).click();
  await page.getByText(t('message-factor-removed')).waitFor();
  await eventually(() => page.getByText('Work Mac', { exact: true }).count(), 0);
  await page.context().close();
});

test('an app is set up, and its codes sign in and confirm', async () => {
  const page = await open(browser);
  await password(page);
  await heading(page, t('nav-overview')).waitFor();
  await page.goto(`${server.url}/console/account`);
  await tabTo(page, button(page, t('app-add')));
  await page.keyboard.press('Enter');
  await heading(page, t('app-title')).waitFor();
  const secret = (await page.locator('.copy code').innerText()).trim();
  await check(page, 'signin-app-en-1440');
  await page.getByLabel(t('app-code')).fill('000000');
  await page.keyboard.press('Enter');
  await page.getByText(t('error-code-used')).waitFor();
  await page.getByLabel(t('app-code')).fill(code(secret));
  await page.keyboard.press('Enter');
  await heading(page, t('codes-title')).waitFor();
  const recovery = await page.locator('ol.codes li').first().innerText();

  // Another browser: password, then the code, without script.
  const other = await open(browser, { script: false });
  await server.order('unused_codes');
  await password(other);
  await heading(other, t('second-title')).waitFor();
  await other.getByLabel(t('second-code')).fill(code(secret));
  await other.keyboard.press('Enter');
  await heading(other, t('nav-overview')).waitFor();

  // A third comes in with a recovery code.
  const third = await open(browser, { viewport: { width: 390, height: 844 } });
  await password(third);
  await heading(third, t('second-title')).waitFor();
  await check(third, 'signin-second-en-390');
  await third.getByLabel(t('second-code')).fill(recovery);
  await third.keyboard.press('Enter');
  await heading(third, t('nav-overview')).waitFor();

  // The password alone confirms no longer.
  await server.order('stale_sign_ins');
  await server.order('unused_codes');
  await page.goto(`${server.url}/console/settings/tokens`);
  await page.getByText(t('confirm-elsewhere')).waitFor();
  await page.getByRole('link', { name: t('confirm-elsewhere-act') }).click();
  await page.getByLabel(t('password'), { exact: true }).fill(server.owner_password);
  await page.getByLabel(t('second-code')).fill(code(secret));
  await button(page, t('continue')).click();
  await heading(page, t('nav-tokens')).waitFor();
  assert.equal(await page.getByText(t('confirm-elsewhere')).count(), 0);

  // Sessions: one is ended from here, then all others.
  await page.goto(`${server.url}/console/account`);
  await page.getByText(t('session-this'), { exact: true }).waitFor();
  const before = await page.locator('tbody tr').count();
  assert.ok(before >= 3, `${before} sessions`);
  await button(page, t('sessions-end-others')).click();
  await page.getByText(t('message-session-ended')).waitFor();
  await eventually(() => page.locator('tbody tr').count(), 1);
  // A page that lives goes there by itself, perhaps while it is being left.
  for (const ended of [other, third]) {
    await ended.goto(`${server.url}/console/devices`).catch(() => {});
    await heading(ended, t('sign-in-title')).waitFor();
  }
  for (const one of [page, other, third]) await one.context().close();
});
