// The catalogues of the product, so that tests look for what a person reads in each language.
import { readFileSync, readdirSync } from 'node:fs';

export const LANGUAGES = ['en', 'sv', 'ja'];
export const LOCALES = { en: 'en-GB', sv: 'sv-SE', ja: 'ja-JP' };

const folder = new URL('../../crates/tillsyn-web/locales/', import.meta.url);

function read(lang) {
  const texts = new Map();
  for (const file of readdirSync(new URL(`${lang}/`, folder))) {
    const source = readFileSync(new URL(`${lang}/${file}`, folder), 'utf8');
    for (const [, key, value] of source.matchAll(/^([a-z][a-z0-9_-]*) = (.*)$/gm)) texts.set(key, value);
    // Plurals: what holds for most numbers.
    for (const [, key, body] of source.matchAll(/^([a-z][a-z0-9_-]*) = ?\{ \$\w+ ->\n([\s\S]*?)^\s*\}$/gm)) {
      texts.set(key, body.match(/\*\[other\] (.*)/)?.[1] ?? '');
    }
  }
  return texts;
}

const catalogues = Object.fromEntries(LANGUAGES.map((lang) => [lang, read(lang)]));

// texts('sv')('begin-continue', { a: 'iPhone' })
export function texts(lang) {
  return (key, values = {}) => {
    const text = catalogues[lang].get(key);
    if (text === undefined) throw new Error(`no text \`${key}\` in ${lang}`);
    return text
      .replace(/\{ \$(\w+) \}/g, (_, name) => String(values[name] ?? `{ $${name} }`))
      .replace(/\*\*|\[\[|\]\]|`/g, '');
  };
}
