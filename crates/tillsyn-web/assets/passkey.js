// Forms that need a passkey: the server says what to ask the browser for, the answer goes into the form.
'use strict';
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const plain = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

async function passkey(form) {
  const answer = await fetch(form.dataset.ask, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  // Somebody has to confirm who they are first, or to sign in again.
  if (answer.redirected) { location.href = answer.url; return; }
  if (!answer.ok) throw new Error(String(answer.status));
  const { asked, options } = await answer.json();
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const known of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) known.id = bytes(known.id);
  const make = form.dataset.passkey === 'create';
  const made = await navigator.credentials[make ? 'create' : 'get']({ publicKey: options });
  const given = { id: plain(made.rawId) };
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (made.response[name]) given[name] = plain(made.response[name]);
  }
  form.elements.asked.value = asked;
  form.elements.answer.value = JSON.stringify(given);
  form.submit();
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!('credentials' in navigator) || !('PublicKeyCredential' in window)) continue;
  form.hidden = false;
  const failed = form.querySelector('[data-failed]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    failed.hidden = true;
    passkey(form).catch(() => { failed.hidden = false; }).finally(() => { delete form.dataset.sent; });
  });
}
