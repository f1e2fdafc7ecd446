// The little script of console and portal. Every page works without it, except live update.
// Served under a Content-Security-Policy without inline script: no handlers in markup, no eval.
'use strict';
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (target, name, act) => target.addEventListener(name, act);
const read = async (answer) => new DOMParser().parseFromString(await answer.text(), 'text/html');
const look = (address) => fetch(address, { headers: { accept: 'text/html' } }).catch(() => null);
const post = (form, body) => fetch(form.action, { method: 'POST', body }).catch(() => null);
const root = document.documentElement;
// A field of a dialog that was just closed keeps the focus until the next frame.
const typing = (element) => element.matches?.('input, textarea, select, [contenteditable]') && element.checkVisibility();

// One polite live region, spoken into at most every 5 seconds; the last words win.
let spokenAt = 0;
let pending = 0;
function say(text) {
  clearTimeout(pending);
  const wait = Math.max(0, spokenAt + 5000 - Date.now());
  pending = setTimeout(() => {
    spokenAt = Date.now();
    // While a dialog is open, what lies behind it is not read out.
    const region = $('dialog[open] [role=status]') ?? $('#live-region');
    if (region) region.textContent = text;
  }, wait);
}

// Keys. None fires while someone types or a dialog is open; single letters only where nobody turned them off.
on(document, 'keydown', (event) => {
  if (event.key === 'Escape') {
    const close = $('[data-close]');
    if (close) close.click();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && palette) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $('dialog[open]')) return;
  if (root.dataset.keys === 'off' || !single(event)) return;
  event.preventDefault();
});

// What a single key does; false when it means nothing here.
function single({ key }) {
  const box = $('#q');
  if (key === '/') {
    if (!box) return false;
    if (box.checkVisibility()) { box.focus(); box.select(); } else openPalette();
    return true;
  }
  if (key === '?') { $('#keys')?.showModal(); return !!$('#keys'); }
  if (key === 'f' || key === 'e') return press(key === 'f' ? '[data-filter-button], .filters [popovertarget]' : '[data-export]');
  if (key === '[' || key === ']') return press(`main a[rel=${key === '[' ? 'prev' : 'next'}]`);
  if (/^[1-9]$/.test(key)) return press($$('.tabs a')[key - 1]);
  return row(key);
}

function press(what) {
  const found = typeof what === 'string' ? $(what) : what;
  found?.click();
  return !!found;
}

// Rows: the link of the row at hand has the focus, so that Enter opens it.
let from = null;
function row(key) {
  const rows = $$('main tbody tr').filter((line) => $('th a', line));
  const at = rows.findIndex((line) => line.contains(document.activeElement));
  if (key === 'j' || key === 'k') {
    const next = rows[at < 0 ? 0 : at + (key === 'j' ? 1 : -1)];
    if (next) $('th a', next).focus();
    return rows.length > 0;
  }
  if (at < 0 || (key !== 'x' && key !== 'X')) return false;
  const box = (index) => $('input[type=checkbox]', rows[index]);
  if (!box(at)) return false;
  const to = !box(at).checked;
  const first = key === 'X' && from !== null ? from : at;
  for (let index = Math.min(first, at); index <= Math.max(first, at); index += 1) {
    if (box(index).checked !== to) { box(index).checked = to; box(index).dispatchEvent(new Event('change', { bubbles: true })); }
  }
  from = at;
  return true;
}

// Search: what is typed is looked for a fifth of a second later, and the arrow keys walk through what was found.
for (const form of $$('[data-ahead]')) {
  const input = $('input', form);
  const list = $('[data-hits]', form);
  const within = form.closest('dialog') ?? form;
  let soon = 0;
  let turn = 0;
  const find = async () => {
    const text = input.value.trim();
    turn += 1;
    const mine = turn;
    if (text.length < 2) { list.replaceChildren(); if (within === form) list.hidden = true; return; }
    const answer = await look(`${form.action}?part=1&q=${encodeURIComponent(text)}`);
    if (mine !== turn || !answer?.ok || answer.redirected) return;
    const part = await read(answer);
    list.replaceChildren(...part.body.children);
    list.hidden = false;
    say($('[data-count]', list)?.textContent ?? '');
  };
  on(input, 'input', () => { clearTimeout(soon); soon = setTimeout(find, 200); });
  on(within, 'keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape' && within === form) { list.hidden = true; input.focus(); }
    if (!step) return;
    const stops = [input, ...$$('.hit', within).filter((hit) => hit.checkVisibility())];
    const next = stops[stops.indexOf(document.activeElement) + step];
    event.preventDefault();
    next?.focus();
  });
  on(within, 'focusout', (event) => { if (within === form && !form.contains(event.relatedTarget)) list.hidden = true; });
}

// The palette: the acts of this page and every page of the menu, narrowed by what is typed. Nothing that destroys runs
// from here: its link leads to its own page.
const palette = $('#palette');
function openPalette() {
  const own = $('[data-own]', palette);
  const part = (head, targets) => {
    const seen = new Set();
    const items = targets.map((target) => {
      const own = [...target.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
      const text = target.dataset.undo || own || target.ariaLabel || target.title || target.textContent.trim();
      if (!text || seen.has(text)) return null;
      seen.add(text);
      const item = document.createElement('button');
      item.type = 'button';
      item.className = 'hit';
      item.textContent = text;
      on(item, 'click', () => { palette.close(); target.click(); });
      return item;
    }).filter(Boolean);
    const title = document.createElement('p');
    title.className = 'label';
    title.textContent = head;
    return items.length ? [title, ...items] : [];
  };
  own.replaceChildren(
    ...part(own.dataset.here, $$('[data-undo], main a.btn[href]:not([rel]), [data-theme-switch] button, #drawer .langs button')),
    ...part(own.dataset.go, $$('#drawer nav a, #drawer a.scope')),
  );
  $('input', palette).value = '';
  $('[data-hits]', palette).replaceChildren();
  palette.showModal();
}
if (palette) {
  const input = $('input', palette);
  on(input, 'input', () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const item of $$('[data-own] .hit', palette)) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
  });
  // Enter takes the first that is there.
  on($('form', palette), 'submit', (event) => {
    const first = $$('.hit', palette).find((hit) => hit.checkVisibility());
    if (first) { event.preventDefault(); first.click(); }
  });
  for (const opener of $$('[data-palette]')) { opener.hidden = false; on(opener, 'click', openPalette); }
}

// The drawer, where the browser does not know `command` yet.
on(document, 'click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (!opener || 'commandForElement' in HTMLButtonElement.prototype) return;
  document.getElementById(opener.dataset.opens)?.showModal();
});

// Copy an identifier or an address; the result is spoken, and the button's label changes for two seconds.
on(document, 'click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const kept = button.dataset;
  let word = root.dataset.copied;
  try {
    await navigator.clipboard.writeText(kept.copy[0] === '/' ? new URL(kept.copy, location).href : kept.copy);
  } catch { word = root.dataset.notCopied; }
  // What it is called outlives a second press.
  kept.called ??= button.ariaLabel;
  kept.titled ??= button.title;
  button.ariaLabel = button.title = word;
  say(word);
  setTimeout(() => { button.ariaLabel = kept.called; button.title = kept.titled; }, 2000);
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
  on(box, 'input', check);
  // Enter alone never confirms.
  on(box, 'keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  on(button, 'click', (event) => {
    if (matches()) return;
    event.preventDefault();
    note.hidden = false;
    box.setAttribute('aria-invalid', 'true');
    box.focus();
  });
  check();
}

// A form is sent once: a second press on a slow line must not lock or erase twice.
on(document, 'submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = 'yes';
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
on(window, 'pageshow', () => { for (const form of $$('form[data-sent]')) delete form.dataset.sent; });

// The theme changes at once; the server is told and renders it from then on.
on(document, 'submit', async (event) => {
  const form = event.target.closest('[data-theme-switch]');
  const button = event.submitter;
  if (!form || !button) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await post(form, body);
  delete form.dataset.sent;
  if (!answer?.ok) { location.reload(); return; }
  const page = await read(answer);
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
    const answer = await look(location.href);
    if (answer.redirected || answer.status === 401) { location.reload(); return; }
    if (!answer.ok) return;
    const page = await read(answer);
    let waits = false;
    for (const old of $$('[data-fresh]')) {
      const fresh = page.getElementById(old.id);
      // Never under the focus or the pointer, never what has not changed.
      if (old.contains(document.activeElement) || (fresh && same(old, fresh))) continue;
      // Rows do not come, go or change places under the pointer.
      if (fresh && old.matches(':hover') && rowsOf(old) !== rowsOf(fresh)) { waits = true; old.onmouseleave = freshen; continue; }
      if (fresh) old.replaceWith(document.adoptNode(fresh)); else old.remove();
    }
    count();
    if (waits || live?.textContent === live?.dataset.waits) show(waits ? 'waits' : 'on');
  } catch {
    // The stream says when the server is back.
  } finally {
    busy = false;
    if (again) { again = false; setTimeout(freshen, 1000); }
  }
}

const rowsOf = (part) => $$('tbody th a', part).map((link) => link.pathname).join();

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
  on(stream, 'open', () => { show('on'); setTimeout(freshen, 600); });
  on(stream, 'error', () => {
    show('off');
    // A refused stream is over for the browser: try again later.
    if (stream?.readyState === EventSource.CLOSED) { disconnect('off'); setTimeout(connect, 15000); }
  });
  let soon = 0;
  let last = 0;
  // The first of many changes sets the time: while much happens the page follows every two seconds, it does not
  // wait for quiet.
  on(stream, 'changed', () => {
    const wait = Math.max(300, last + 2000 - Date.now());
    soon ||= setTimeout(() => { soon = 0; last = Date.now(); freshen(); }, wait);
  });
}

function disconnect(state) {
  stream?.close();
  stream = null;
  show(state);
}

if (live) {
  connect();
  on(document, 'visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(() => disconnect('paused'), 300000);
    else if (!stream) { connect(); freshen(); }
  });
  on(window, 'pagehide', () => { stream?.close(); stream = null; });
  on(window, 'pageshow', (event) => { if (event.persisted) { connect(); freshen(); } });
}

// Cards that take their time come by a second request; without script their link leads to them.
async function fill() {
  for (const card of $$('[data-fill]')) {
    const menu = card.closest('[popover]');
    if (menu?.matches(':not(:popover-open)')) continue;
    const wait = $('[data-waiting]', card);
    if (wait) wait.textContent = wait.dataset.waiting;
    const answer = await look(card.dataset.fill);
    if (!answer?.ok || answer.redirected) continue;
    const page = await read(answer);
    const full = page.getElementById(card.id);
    if (!full) continue;
    if (!menu) full.dataset.fill = card.dataset.fill;
    full.classList.remove('form-card');
    // What was ticked while it was on its way stays, and so does the focus.
    const twin = ({ name, value }) => $$('input, button', full).find((other) => other.name === name && other.value === value);
    for (const field of $$('input', card)) { const other = twin(field); if (other) other.checked = field.checked; }
    const held = card.contains(document.activeElement) && twin(document.activeElement);
    card.replaceWith(full);
    if (held) held.focus();
  }
}
fill();
// What stands in a menu is asked for when it opens.
for (const menu of $$('[popover]')) on(menu, 'toggle', fill);

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
    const answer = await post(draft, body);
    if (!answer?.ok || answer.redirected) return;
    saved = upto;
    const page = await read(answer).catch(() => document);
    for (const part of ['#draft-revision', '#draft-shown']) {
      const fresh = $(part, page);
      if (fresh) $(part).value = fresh.value;
    }
    if (held) return;
    if (saved !== changes) { soon = setTimeout(save, 500); return; }
    for (const old of $$('[data-fresh]')) {
      const fresh = page.getElementById(old.id);
      if (fresh && !old.contains(document.activeElement) && !same(old, fresh)) old.replaceWith(fresh);
    }
    tell('saved');
    fill();
  };
  on(draft, 'input', () => { changes += 1; tell('unsaved'); });
  on(draft, 'change', (event) => {
    if (event.target.type === 'file' || event.target.type === 'password') return;
    clearTimeout(soon);
    soon = setTimeout(save, 500);
  });
  // A button saves all that was typed by itself. What is on its way comes first: it makes the revision to name.
  on(draft, 'submit', (event) => {
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
  on(document, 'visibilitychange', () => { if (!document.hidden) ask(); });
}
