// A browser as a person has it, and what every page must keep: no violation of axe, no error in the browser's
// console, nothing that scrolls sideways on the narrowest screen.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { chromium } from 'playwright-core';
import { LOCALES } from './texts.js';

const require = createRequire(import.meta.url);
const axeSource = require('axe-core').source;
const output = fileURLToPath(new URL('../output/', import.meta.url));
mkdirSync(output, { recursive: true });

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };
export const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 '
  + '(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
export const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 '
  + '(KHTML, like Gecko) Version/18.5 Safari/605.1.15';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function launch() {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const executablePath = process.env.CHROMIUM ?? known.find((path) => existsSync(path));
  assert.ok(executablePath, 'no Chromium: install the Debian package chromium');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

// A window of its own: cookies, language, device.
export async function open(browser, { lang = 'en', viewport = DESK, userAgent = MAC, script = true, theme = 'light', ...more } = {}) {
  const context = await browser.newContext({
    locale: LOCALES[lang], viewport, userAgent, javaScriptEnabled: script, colorScheme: theme,
    reducedMotion: 'reduce', ...more,
  });
  context.setDefaultTimeout(30_000);
  if (script) await context.addInitScript({ content: axeSource });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    // The browser reports the status of a page that says 4xx on purpose as an error.
    const own = message.location().url === page.url() && /status of 4\d\d|status of 503/.test(message.text());
    if (message.type() === 'error' && !own) page.faults.push(message.text());
  });
  return page;
}

// The page as it stands keeps the rules; leaves a picture. `narrow`: also at 320 pixels.
export async function check(page, name, { narrow = true } = {}) {
  await page.screenshot({ path: `${output}${name}.png`, fullPage: true });
  const result = await page.evaluate((tags) => globalThis.axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
  }), TAGS);
  const broken = result.violations.map((rule) => (
    `${rule.id}: ${rule.help}\n    ${rule.nodes.slice(0, 4).map((node) => node.html.slice(0, 200)).join('\n    ')}`));
  assert.deepEqual(broken, [], `${name}: axe`);
  await still(page, name, narrow);
  assert.deepEqual(page.faults, [], `${name}: the browser's console`);
}

// Nothing but tables scrolls sideways at 320 pixels.
async function still(page, name, narrow) {
  const before = page.viewportSize();
  for (const width of narrow ? [before.width, 320] : [before.width]) {
    await page.setViewportSize({ width, height: before.height });
    const wide = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return [];
      const over = [...document.body.querySelectorAll('*')].filter((element) => (
        element.getBoundingClientRect().right > room + 1 && !element.closest('.table-wrap')));
      return over.slice(0, 3).map((element) => element.outerHTML.slice(0, 160));
    });
    assert.deepEqual(wide, [], `${name}: scrolls sideways at ${width}`);
  }
  await page.setViewportSize(before);
}

// What a page shows while it still loads, or just after a press, is not yet its answer: looks until it is as expected,
// for as long as any action may take.
export async function eventually(look, expected) {
  for (const end = Date.now() + 30_000; ;) {
    let fault;
    const seen = await look().catch((error) => { fault = error; });
    if (!fault && isDeepStrictEqual(seen, expected)) return;
    if (Date.now() > end) {
      if (fault) throw fault;
      assert.deepEqual(seen, expected);
    }
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

// An act that leads to another page, or to the same anew; ends when that one has loaded. Whoever goes on before may
// break off what the act has sent.
export async function moves(page, act) {
  // The page that one leaves may still be loading.
  await page.waitForLoadState();
  await Promise.all([page.waitForEvent('load'), act()]);
}

export const focused = (target) => target.evaluate((element) => element === document.activeElement);

// Tab until the element has the focus; a person would give up as well at some point.
export async function tabTo(page, target) {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    if (await focused(target)) return;
  }
  assert.fail(`${target} is not reached by Tab`);
}
