// From the mail alone to a device that is ready and a page of one's own: what somebody meets who knows nothing else.
// With GUIDE=1 the pictures of docs/guide are made anew, in both themes.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { LANGUAGES, texts } from './texts.js';
import { DESK, IPHONE, MAC, PHONE, check, launch, open } from './world.js';

const GUIDE = process.env.GUIDE === '1';
const PASSWORD = 'four words make another';
const NAMES = { en: 'Ann Lee', sv: 'Åsa Ek', ja: '佐藤 花' };
const DEVICES = [
  { kind: 'iphone', device: 'iPhone', viewport: PHONE, userAgent: IPHONE, theme: 'light' },
  { kind: 'mac', device: 'Mac', viewport: DESK, userAgent: MAC, theme: 'dark' },
  ...(GUIDE ? [{ kind: 'iphone', device: 'iPhone', viewport: PHONE, userAgent: IPHONE, theme: 'dark' }] : []),
];

let server;
let browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), launch()]); });
after(async () => { await browser?.close(); await server?.stop(); });

for (const lang of LANGUAGES) {
  for (const { kind, device, viewport, userAgent, theme } of DEVICES) {
    test(`from the mail alone: ${device} in ${lang}, ${theme}`, async () => {
      const t = texts(lang);
      const email = `${kind}-${theme}-${lang}@example.org`;
      const letter = await server.order('invite_by_mail', { person: NAMES[lang], email, language: lang });
      const page = await open(browser, { lang, viewport, userAgent, theme });
      let count = 0;
      const seen = async (name, rules = true) => {
        if (rules) await check(page, `guide-${name}-${lang}-${viewport.width}-${theme}`);
        if (!GUIDE || kind === 'mac') return;
        const folder = fileURLToPath(new URL(`../../docs/guide/pictures/${lang}-${theme}/`, import.meta.url));
        mkdirSync(folder, { recursive: true });
        count += 1;
        await page.screenshot({ path: `${folder}${count}-${name}.png`, fullPage: true });
      };
      const heading = (key, values) => page.getByRole('heading', { level: 1, name: t(key, values) });

      await page.setContent(letter.html.replace('cid:qr', `data:image/png;base64,${letter.picture}`));
      await seen('mail', false);
      await page.getByRole('link').first().click();

      await heading('begin-h1', { device, organisation: 'Norrvik University' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      await seen('begin');
      await page.getByLabel(t('pin-label')).fill(letter.pin);
      await page.getByRole('button', { name: t('begin-continue', { a: device }) }).click();
      await heading('consent-h1', { a: device }).waitFor();
      await seen('consent');
      await page.getByRole('button', { name: t('consent-agree', { a: device }) }).click();

      await heading(kind === 'mac' ? 'install-h1-mac' : 'install-h1').waitFor();
      await page.getByText(t('install-wait-download')).waitFor();
      await seen('install');
      const href = await page.getByRole('link', { name: t('install-download') }).getAttribute('href');
      const { serial } = await server.order('download', { kind, profile_url: server.url + href });
      await page.getByText(t('install-wait', { a: device }), { exact: true }).waitFor();
      await seen('downloaded');
      await server.order('install', { serial });
      await server.order('check_in', { serial });
      const { violations } = await server.order('answer', { serial });
      assert.equal(violations, 0);
      await heading('ready-h1', { a: device }).waitFor();
      await seen('ready');

      // Somebody without a password chooses one, and is on their own page.
      await page.getByRole('link', { name: t('ready-portal') }).click();
      await page.getByLabel(t('password-new')).waitFor();
      await seen('password');
      await page.getByLabel(t('password-new')).fill(PASSWORD);
      await page.getByRole('button', { name: t('portal-welcome-submit') }).click();
      await page.getByRole('heading', { level: 2, name: t('my-hero-fine') }).waitFor();
      await seen('home');
      await page.locator('a.tile[href^="/portal/devices/"]').first().click();
      await page.getByRole('heading', { level: 2, name: t('my-looked') }).waitFor();
      await seen('device');
      await page.goto(`${server.url}/portal/me`);
      await check(page, `guide-me-${lang}-${viewport.width}-${theme}`);

      // And again another day, by password.
      await page.context().clearCookies();
      await page.goto(`${server.url}/portal`);
      await check(page, `guide-sign-in-${lang}-${viewport.width}-${theme}`);
      await page.locator('input[name="login"]').fill(email);
      await page.locator('input[name="password"]').fill(PASSWORD);
      await page.locator('form:has(input[name="password"]) button').click();
      await page.getByRole('heading', { level: 2, name: t('my-hero-fine') }).waitFor();
      await page.context().close();
    });
  }
}
