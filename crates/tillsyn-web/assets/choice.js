// The choice of several devices, on the page of their list; it uses what tillsyn.js begins with.
// Ticked devices are kept as they are ticked, one request after the other; the last state wins. What leads elsewhere
// waits for it, so that the next page counts them.
'use strict';
let keeping = false;
let anew = false;
let goOn = null;
on(document, 'change', async ({ target }) => {
  if (!target.matches('[data-pick]')) return;
  anew = true;
  if (keeping) return;
  keeping = true;
  let page = null;
  while (anew) {
    anew = false;
    const body = new URLSearchParams(new FormData($('#many')));
    body.set('act', 'keep');
    page = await post($('#many'), body).then(read).catch(() => null);
  }
  keeping = false;
  const next = goOn;
  goOn = null;
  // What could not be kept is said here, not lost on the way.
  if (next && page) { next(); return; }
  const old = $('#many');
  const fresh = page && $('#many', page);
  if (!fresh) { say($('p', old).textContent = old.dataset.failed); return; }
  const at = $$('button', old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  $$('button', fresh)[at]?.focus();
  // Too many are none more: the page says so.
  $('main').prepend(...$$('main > .note-warn', page));
  for (const box of $$('[data-pick]')) box.checked = $(`[data-pick][value="${box.value}"]`, page)?.checked;
});
const waits = (event) => {
  const link = event.target.closest('a[href]');
  if (!keeping || (event.type === 'click' && (!link || event.ctrlKey || event.metaKey))) return;
  event.preventDefault();
  event.stopPropagation();
  goOn = () => { if (link) link.click(); else event.target.requestSubmit(event.submitter); };
};
document.addEventListener('click', waits, true);
document.addEventListener('submit', waits, true);
