// The little script of console and portal. Every page works without it, except live update.
// Served under a Content-Security-Policy without inline script: no handlers in markup, no eval.
'use strict';
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = (element) => element.matches?.('input, textarea, select, [contenteditable]');

// One polite live region, spoken into at most every 5 seconds; the last words win.
let spokenAt = 0;
let pending = 0;
function say(text) {
  clearTimeout(pending);
  const wait = Math.max(0, spokenAt + 5000 - Date.now());
  pending = setTimeout(() => {
    spokenAt = Date.now();
    const region = $('#live-region');
    if (region) region.textContent = text;
  }, wait);
}

// Keys. None fires while someone types or a dialog is open.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    const close = $('[data-close]');
    if (close) close.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $('dialog[open]')) return;
  if (event.key === '/') {
    const box = $('#q');
    if (box?.checkVisibility()) { event.preventDefault(); box.focus(); box.select(); }
  }
});

// The drawer, where the browser does not know `command` yet.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (!opener || 'commandForElement' in HTMLButtonElement.prototype) return;
  document.getElementById(opener.dataset.opens)?.showModal();
});

// Copy an identifier; the result is spoken, and the button's label changes for two seconds.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const value = button.dataset.copy;
  await navigator.clipboard.writeText(value.startsWith('/') ? new URL(value, location.href).href : value);
  const label = button.getAttribute('aria-label');
  const copied = document.documentElement.dataset.copied;
  button.setAttribute('aria-label', copied);
  button.title = copied;
  say(copied);
  setTimeout(() => { button.setAttribute('aria-label', label); button.title = ''; }, 2000);
});

// Typed confirmation: the button stays reachable and says why it is not ready.
for (const box of $$('[data-must-equal]')) {
  const button = document.getElementById(box.dataset.enables);
  const note = document.getElementById(box.getAttribute('aria-describedby'));
  const matches = () => box.value.trim() === box.dataset.mustEqual;
  const check = () => {
    button.setAttribute('aria-disabled', String(!matches()));
    if (matches()) { note.hidden = true; box.removeAttribute('aria-invalid'); }
  };
  box.addEventListener('input', check);
  // Enter alone never confirms.
  box.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  button.addEventListener('click', (event) => {
    if (matches()) return;
    event.preventDefault();
    note.hidden = false;
    box.setAttribute('aria-invalid', 'true');
    box.focus();
  });
  check();
}

// A form is sent once: a second press on a slow line must not lock or erase twice.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
window.addEventListener('pageshow', () => { for (const form of $$('form[data-sent]')) delete form.dataset.sent; });

// The theme changes at once; the server is told and renders it from then on.
document.addEventListener('submit', async (event) => {
  const form = event.target.closest('[data-theme-switch]');
  const button = event.submitter;
  if (!form || !button) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: 'POST', body }).catch(() => null);
  delete form.dataset.sent;
  if (!answer?.ok) { location.reload(); return; }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const root = document.documentElement;
  const theme = page.documentElement.dataset.theme;
  if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  const fresh = $('[data-theme-switch]', page);
  if (fresh) { form.replaceWith(fresh); $('button', fresh).focus(); }
});

// Time left: counts to the server's deadline, speaks at 5, 2 and 1 minutes only. At the end the
// page is asked for again: the server then knows what comes next.
const spoken = new Set();
let reloading = false;
function count() {
  for (const clock of $$('[data-deadline]')) {
    const end = Date.parse(clock.dataset.deadline);
    if (Number.isNaN(end)) continue;
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    if (clock.textContent !== text) clock.textContent = text;
    const minute = Math.ceil(left / 60);
    const mark = `${clock.dataset.deadline} ${minute}`;
    if ([5, 2, 1].includes(minute) && left === minute * 60 && !spoken.has(mark)) {
      spoken.add(mark);
      say(`${clock.getAttribute('aria-label')}: ${text}`);
    }
    // A clock that had already run out when the page came must not make it load for ever.
    if (left > 0) clock.dataset.ran = 'yes';
    else if (clock.dataset.ran && 'reload' in clock.dataset && !reloading) {
      reloading = true;
      setTimeout(() => location.reload(), 1000);
    }
  }
}
count();
setInterval(count, 1000);

// Live update. The stream only says that something changed; the page itself is the one place that
// knows how it looks, so it is asked for again and the parts marked data-fresh are exchanged.
const live = $('[data-live]');
let stream = null;
let busy = false;
let again = false;
let hiddenTimer = 0;

function show(state) {
  live.hidden = false;
  live.classList.toggle('live-off', state !== 'on');
  const text = live.dataset[state];
  if (live.textContent !== text) live.textContent = text;
}

async function freshen() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (answer.redirected || answer.status === 401) { location.reload(); return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const old of $$('[data-fresh]')) {
      const fresh = page.getElementById(old.id);
      // Never under the pointer's focus, never what has not changed.
      if (old.contains(document.activeElement) || (fresh && same(old, fresh))) continue;
      if (fresh) old.replaceWith(document.adoptNode(fresh)); else old.remove();
    }
    count();
  } catch {
    // The stream says when the server is back.
  } finally {
    busy = false;
    if (again) { again = false; setTimeout(freshen, 1000); }
  }
}

function same(old, fresh) {
  const plain = (node) => {
    const copy = node.cloneNode(true);
    for (const field of $$('input[name=csrf]', copy)) field.remove();
    for (const clock of $$('[data-deadline]', copy)) { clock.textContent = ''; clock.removeAttribute('data-ran'); }
    for (const status of $$('[data-live]', copy)) status.remove();
    return copy;
  };
  return plain(old).isEqualNode(plain(fresh));
}

function connect() {
  if (stream || !live) return;
  // EventSource resumes by itself with Last-Event-ID.
  stream = new EventSource(live.dataset.live);
  // What happened between the page and its stream is in neither: look once more when the server follows.
  stream.addEventListener('open', () => { show('on'); setTimeout(freshen, 600); });
  stream.addEventListener('error', () => {
    show('off');
    // A refused stream is over for the browser: try again later.
    if (stream?.readyState === EventSource.CLOSED) { disconnect('off'); setTimeout(connect, 15000); }
  });
  let soon = 0;
  stream.addEventListener('changed', () => { clearTimeout(soon); soon = setTimeout(freshen, 300); });
}

function disconnect(state) {
  stream?.close();
  stream = null;
  show(state);
}

if (live) {
  connect();
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(() => disconnect('paused'), 300000);
    else if (!stream) { connect(); freshen(); }
  });
  window.addEventListener('pagehide', () => { stream?.close(); stream = null; });
  window.addEventListener('pageshow', (event) => { if (event.persisted) { connect(); freshen(); } });
}

// Cards that take their time come by a second request; without script their link leads to them.
async function fill() {
  for (const card of $$('[data-fill]')) {
    const wait = $('[data-waiting]', card);
    if (wait) wait.textContent = wait.dataset.waiting;
    const answer = await fetch(card.dataset.fill, { headers: { accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const full = page.getElementById(card.id);
    if (!full) continue;
    full.dataset.fill = card.dataset.fill;
    full.classList.remove('form-card');
    card.replaceWith(document.adoptNode(full));
  }
}
fill();

// A draft saves itself half a second after a change. The answer is the page of just what was saved: its parts
// marked data-fresh are exchanged, unless something was typed meanwhile. What the server refuses stays as typed;
// its button says why. Never is a revision taken over from a page that anybody else's save may stand in.
const draft = $('form[data-autosave]');
if (draft) {
  const state = $('#save-state');
  let changes = 0;
  let saved = 0;
  let soon = 0;
  let saving = false;
  let held = null;
  const tell = (word) => { state.hidden = false; state.classList.toggle('live-off', word !== 'saved'); state.textContent = draft.dataset[word]; };
  const save = async () => {
    clearTimeout(soon);
    if (saving || saved === changes) return;
    saving = true;
    try {
      await send(changes);
    } finally {
      saving = false;
      if (held) draft.requestSubmit(held.button);
    }
  };
  const send = async (upto) => {
    const body = new FormData(draft);
    body.set('act', 'autosave');
    const answer = await fetch(draft.action, { method: 'POST', body }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    saved = upto;
    const text = await answer.text().catch(() => '');
    const page = new DOMParser().parseFromString(text, 'text/html');
    for (const part of ['#draft-revision', '#draft-shown']) {
      const fresh = $(part, page);
      if (fresh) $(part).value = fresh.value;
    }
    if (held) return;
    if (saved !== changes) { soon = setTimeout(save, 500); return; }
    for (const old of $$('[data-fresh]')) {
      const fresh = page.getElementById(old.id);
      if (fresh && !old.contains(document.activeElement) && !same(old, fresh)) old.replaceWith(document.adoptNode(fresh));
    }
    tell('saved');
    fill();
  };
  draft.addEventListener('input', () => { changes += 1; tell('unsaved'); });
  draft.addEventListener('change', (event) => {
    if (event.target.type === 'file' || event.target.type === 'password') return;
    clearTimeout(soon);
    soon = setTimeout(save, 500);
  });
  // A button saves all that was typed by itself. What is on its way comes first: it makes the revision to name.
  draft.addEventListener('submit', (event) => {
    clearTimeout(soon);
    if (saving) { event.preventDefault(); event.stopPropagation(); held = { button: event.submitter }; return; }
    held = null;
    saved = changes;
  });
}

// The install page of the portal: asks how far the device is, and loads again when it moved on.
const attempt = $('[data-attempt]');
if (attempt) {
  const stays = attempt.dataset.stays.split(' ');
  let failures = 0;
  let next = 0;
  const later = (wait) => { clearTimeout(next); next = setTimeout(ask, wait); };
  const ask = async () => {
    clearTimeout(next);
    try {
      const answer = await fetch(attempt.dataset.attempt, { headers: { accept: 'application/json' } });
      if (answer.ok) {
        failures = 0;
        const { status } = await answer.json();
        if (status && !stays.includes(status)) { location.reload(); return; }
      } else { failures += 1; }
    } catch { failures += 1; }
    later(Math.min(3000 * (failures + 1), 30000));
  };
  later(2000);
  // Back from Settings: look at once.
  document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
}
