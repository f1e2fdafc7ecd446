// Every page of the console in three languages and two widths; some of them in the dark theme, with forced colours,
// with letters of double size, zoomed to 200 % and without script. With MATRIX=1 (e2e/matrix) all of them in all of that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.js';
import { LANGUAGES, texts } from './texts.js';
import { DESK, PHONE, check, launch, open } from './world.js';

let server;
let browser;
const links = {};

before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  const people = ['Elin Hedström', 'Oskar Lind', '佐藤 美咲', 'Åke Öberg'];
  const serials = [];
  for (let index = 0; index < 8; index += 1) {
    const kind = ['iphone', 'ipad', 'mac'][index % 3];
    const { serial } = await server.order('enroll', {
      kind, name: `ENG-${kind.toUpperCase()}-${String(index).padStart(4, '0')}`, person: people[index % 5],
      ownership: index === 3 ? 'personal' : 'corporate',
    });
    serials.push(serial);
  }
  const { batch } = await server.order('ask_several', { serials: serials.slice(0, 2) });
  links.job = `/console/commands?batch=${batch}`;
  // A name as long as names may be, an attempt that failed, invitations in each state.
  await server.order('enroll', { kind: 'iphone', name: 'Enhetsregistreringsprofilutvärderingstelefonen i stora läsesalen 7' });
  const failing = await server.order('invite', { person: 'Per Falk' });
  const page = await open(browser, {});
  await page.goto(failing.url);
  await page.getByRole('button', { name: texts('en')('begin-continue', { a: 'Mac' }) }).click();
  await page.getByRole('button', { name: texts('en')('consent-agree', { a: 'Mac' }) }).click();
  const href = await page.getByRole('link', { name: texts('en')('install-download') }).getAttribute('href');
  const { serial } = await server.order('download', { kind: 'mac', profile_url: server.url + href });
  await server.order('install', { serial });
  await server.order('install_copy', { kind: 'mac', serial });
  await server.order('invite', { person: 'Nora Ek', pin: true });
  await server.order('revoke', { id: (await server.order('invite', { person: 'Tim Ros' })).id });
  await page.context().close();
});
after(async () => { await browser?.close(); await server?.stop(); });

const FIXED = {
  overview: '/console', search: '/console/search?q=el', 'search-none': '/console/search?q=zzz', scope: '/console/scope', devices: '/console/devices', 'devices-none': '/console/devices?q=zzz', commands: '/console/commands',
  profiles: '/console/profiles', 'profiles-none': '/console/profiles?q=zzz', 'profile-new': '/console/profiles/new', plans: '/console/plans',
  invitations: '/console/enrollment/invitations', 'invitation-new': '/console/enrollment/new',
  'invite-send': '/console/enrollment/send', 'invite-batches': '/console/enrollment/batches',
  'invite-policy': '/console/settings/invitations',
  attempts: '/console/enrollment/attempts', 'unknown-senders': '/console/enrollment/unknown', push: '/console/settings/push',
  'push-new': '/console/settings/push/new', 'push-vendor': '/console/settings/push/vendor',
  certificates: '/console/certificates', inventory: '/console/settings/inventory', tokens: '/console/settings/tokens',
  people: '/console/people', groups: '/console/groups', units: '/console/settings/units', imports: '/console/imports',
  'help-desk': '/console/help-desk', 'help-desk-none': '/console/help-desk?q=zzz',
  approvals: '/console/approvals', campaigns: '/console/campaigns', 'campaign-new': '/console/campaigns/new',
  guard: '/console/settings/guard', 'self-service': '/console/settings/self-service', audit: '/console/audit', 'audit-settings': '/console/audit/settings',
  administrators: '/console/settings/administrators', roles: '/console/settings/roles',
  providers: '/console/settings/sign-in', 'provider-new': '/console/settings/sign-in/new',
  directories: '/console/settings/directories', webhooks: '/console/settings/webhooks', mail: '/console/settings/mail', account: '/console/account',
  notifications: '/console/account/notifications',
  settings: '/console/settings', server: '/console/settings/server', backup: '/console/settings/backup', authorities: '/console/settings/authorities',
  'enrollment-guide': '/console/enrollment/guide?count=40', 'enrollment-guide-android': '/console/enrollment/guide?platform=android',
  docs: '/console/docs', 'docs-found': '/console/docs?q=second+person', 'docs-none': '/console/docs?q=zzz',
  'doc-steps': '/console/docs/first-steps', 'doc-errors': '/console/docs/reference/errors', 'doc-words': '/console/docs/concepts/status-words',
  'doc-guide': '/console/docs/guide/sv',
  reports: '/console/reports', 'report-os': '/console/reports/os', 'report-unit': '/console/reports/unit?platform=ios', 'report-none': '/console/reports/age?status=stolen',
  'devices-columns': '/console/devices?cols=name,unit,person,model,os,contact,enrolled', views: '/console/devices/views',
  'not-found': '/console/nothing-here',
};
const OF_DEVICE = ['', '/commands', '/profiles', '/facts', '/security', '/history', '/lock', '/erase', '/retire',
  '/inventory', '/certificates', '/secrets', '/send'];
const DARK = ['overview', 'devices', 'device', 'device-erase', 'push', 'profiles', 'profile', 'guard', 'audit', 'account', 'role'];

// The pages that only the data knows: found by their links, as a person finds them.
async function discover(page) {
  const first = async (list, selector) => {
    await page.goto(server.url + list);
    return new URL(await page.locator(selector).first().getAttribute('href'), server.url).pathname;
  };
  const device = await first('/console/devices?q=0002', '#device-rows tbody th a');
  const personal = await first('/console/devices?q=0003', '#device-rows tbody th a');
  const long = await first('/console/devices?q=stora', '#device-rows tbody th a');
  Object.assign(links, FIXED, {
    'device-personal': personal, 'device-long': long,
    command: await first(`${device}/commands`, '#commands h3 a'),
    invitation: await first('/console/enrollment/invitations', 'tbody th a'),
    'attempt-failed': await first('/console/enrollment/attempts?status=failed', 'tbody th a'),
    administrator: await first('/console/settings/administrators', 'tbody th a'),
    role: await first('/console/settings/roles', 'main a[href^="/console/settings/roles/"]'),
  });
  // A person and a group, each through its form.
  const made = async (list, name) => {
    await page.goto(server.url + list);
    const form = page.locator(`form[method="post"][action="${list}"]`);
    await form.locator('input[name="name"]').fill(name);
    await form.getByRole('button').click();
    await page.waitForURL((at) => at.pathname.startsWith(`${list}/`));
    return new URL(page.url()).pathname;
  };
  links.person = await made('/console/people', 'Elin Hedström');
  links.desk = `${links.person}/desk`;
  links.group = await made('/console/groups', 'Loan iPads');
  await page.goto(`${server.url}/console/settings/units`);
  const unit = new URL(await page.locator('tbody a.btn').first().getAttribute('href'), server.url).searchParams.get('unit');
  links.branding = `/console/settings/units/${unit}/branding`;
  // A profile from a template, so that its form has sections, secrets and references.
  await page.goto(`${server.url}/console/profiles/new`);
  const card = page.getByRole('listitem').filter({ hasText: texts('en')('profile-template-eduroam_tls') });
  await card.getByRole('button').click();
  await page.getByRole('navigation', { name: texts('en')('profile-tabs') }).waitFor();
  const profile = new URL(page.url()).pathname;
  Object.assign(links, {
    profile, 'profile-all': `${profile}?payload=0&all=1`, 'profile-itself': `${profile}?payload=top&all=1`,
    'profile-add': `${profile}/add`, 'profile-raw': `${profile}/raw`,
  });
  for (const tab of OF_DEVICE) links[`device${tab.replace('/', '-')}`] = device + tab;
}

async function signIn(lang, options) {
  const t = texts(lang);
  const page = await open(browser, { lang, ...options });
  await page.goto(`${server.url}/console/sign-in`);
  await page.getByLabel(t('login')).fill(server.owner_email);
  await page.getByLabel(t('password')).fill(server.owner_password);
  await page.getByRole('button', { name: t('sign-in'), exact: true }).click();
  await page.getByRole('heading', { level: 1, name: t('nav-overview') }).waitFor();
  if (!links.overview) await discover(page);
  return page;
}

const FULL = process.env.MATRIX === '1';
const SOME = ['overview', 'devices', 'device', 'device-erase', 'profile', 'search', 'account'];
const TABLET = { width: 820, height: 1180 };
const LAPTOP = { width: 1024, height: 768 };
// What a browser window of 1440 pixels has left when it is zoomed to 200 %.
const ZOOMED = { width: 720, height: 450 };

// How pages are looked at: all of them, or those named.
const VIEWS = [
  ...[DESK, PHONE, ...(FULL ? [TABLET, LAPTOP] : [])].flatMap((viewport) => LANGUAGES.map((lang) => ({
    name: `${lang} at ${viewport.width} pixels`, file: `${lang}-${viewport.width}`, lang, viewport,
  }))),
  ...(FULL ? LANGUAGES : ['en']).flatMap((lang) => [
    { name: `${lang} in the dark theme`, file: `${lang}-1440-dark`, lang, theme: 'dark', only: DARK },
    { name: `${lang} in the dark theme on a phone`, file: `${lang}-390-dark`, lang, theme: 'dark', viewport: PHONE, only: ['overview'] },
    { name: `${lang} with forced colours`, file: `${lang}-1440-forced`, lang, forcedColors: 'active', only: SOME },
    ...(FULL ? [{ name: `${lang} with forced colours in the dark`, file: `${lang}-1440-forced-dark`, lang, forcedColors: 'active', theme: 'dark' }] : []),
    { name: `${lang} zoomed to 200 %`, file: `${lang}-zoom`, lang, viewport: ZOOMED, deviceScaleFactor: 2, only: SOME },
    { name: `${lang} with letters of double size`, file: `${lang}-1440-letters`, lang, letters: '200%', only: SOME },
    { name: `${lang} with more contrast`, file: `${lang}-1440-contrast`, lang, contrast: 'more', only: ['overview', 'devices'] },
  ]),
];

for (const { name, file, lang, only, letters, ...options } of VIEWS) {
  test(`every page in ${name}`, async (context) => {
    const page = await signIn(lang, options);
    for (const [at, path] of Object.entries(links)) {
      if (!FULL && only && !only.includes(at)) continue;
      await context.test(at, async () => {
        page.faults.length = 0;
        await page.goto(server.url + path);
        if (letters) await page.evaluate((size) => { document.documentElement.style.fontSize = size; }, letters);
        await check(page, `page-${at}-${file}`, { narrow: !letters });
      });
    }
    await page.context().close();
  });
}

// Lists, searches and forms are addresses and posts: nothing but live update needs the script.
test('without script', async (context) => {
  const page = await signIn('en', { script: false });
  for (const at of FULL ? Object.keys(links) : SOME) {
    await context.test(at, async () => {
      const answer = await page.goto(server.url + links[at]);
      assert.ok(answer.status() < 500);
      await page.locator('main h1').first().waitFor();
      assert.equal(await page.locator('main [aria-busy=true]').count(), 0);
    });
  }
  await page.goto(`${server.url}/console`);
  await page.locator('#q').fill('stora läsesalen');
  await page.keyboard.press('Enter');
  await page.locator('main').getByRole('link', { name: /stora läsesalen/ }).waitFor();
  await page.context().close();
});
