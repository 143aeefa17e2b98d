// Words: both languages say the same things with the same arguments, and nothing in a template is HTML.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import enStory from '../../www/i18n/en-story.js';
import en from '../../www/i18n/en.js';
import { SILENT, langOf, loadWords, words } from '../../www/i18n/index.js';
import { parts, placeholders, plain } from '../../www/i18n/template.js';
import zhStory from '../../www/i18n/zh-story.js';
import zh from '../../www/i18n/zh.js';

const tables = { en: { ...en, ...enStory }, zh: { ...zh, ...zhStory } };

test('every key is there in both languages, with the same placeholders', () => {
  const { en, zh } = tables;
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const key of Object.keys(en)) assert.deepEqual(placeholders(en[key]), placeholders(zh[key]), key);
});

test('no sentence is the same in both languages, and Chinese ones are punctuated as Chinese', () => {
  for (const [key, text] of Object.entries(tables.zh)) {
    if (!key.startsWith('say.')) continue;
    assert.notEqual(text, tables.en[key], key);
    assert.match(text, /。$/, key);
    assert.doesNotMatch(text, /[,;:!?](?=\s|$)/, key);
  }
  for (const [key, text] of Object.entries(tables.en)) {
    if (key.startsWith('say.')) assert.match(text, /\.$/, key);
  }
});

test('sentences of the caption are short enough to be read while something moves', () => {
  for (const [key, text] of Object.entries(tables.en)) {
    if (key.startsWith('say.')) assert.ok(text.split(/\s+/).length <= 24, `${key}: ${text}`);
  }
});

test('every key that the code names exists', () => {
  const root = new URL('../../www/', import.meta.url);
  const files = ['', 'panels/'].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith('.js'))
      .map((name) => folder + name),
  );
  const used = files.flatMap((file) => [
    ...readFileSync(new URL(file, root), 'utf8').matchAll(/'((?:ui|clock|target|problem|role)\.[\w.]+)'/g),
  ]);
  assert.ok(used.length > 20);
  for (const [, key] of used) assert.ok(key in tables.en, key);
});

test('a template becomes parts; an argument with a term keeps it', () => {
  assert.deepEqual(parts('{b} may call it *committed*.', { b: { text: 'B', term: 2 } }), [
    { text: 'B', term: 2 },
    { text: ' may call it ' },
    { text: 'committed', strong: true },
    { text: '.' },
  ]);
});

test('what comes from outside stays text, and is not taken for a template', () => {
  assert.equal(plain('“{value}”', { value: '<img src=x> {field} *x*' }), '“<img src=x> {field} *x*”');
});

test('a missing key shows itself instead of throwing', async () => {
  const spoken = await loadWords('zh');
  assert.equal(spoken.text('no.such.key'), '', 'it may be among those that come later');
  await spoken.complement();
  assert.equal(spoken.text('no.such.key'), 'no.such.key');
});

test('a language is there once it has been asked for, and the same object each time', async () => {
  const spoken = await loadWords('en');
  assert.equal(words('en'), spoken);
  assert.equal(await loadWords('en'), spoken);
  assert.equal(spoken.text('ui.play'), 'Play');
  assert.equal(spoken.complete, false, 'its sentences come after the first picture');
  const { text } = spoken;
  await spoken.complement();
  assert.match(spoken.text('say.start.alone'), /^A single broker starts/);
  assert.equal(spoken.complete, true);
  assert.notEqual(spoken.text, text, 'what the first one said may be remembered');
});

test('what the first picture needs is in one file; sentences, hints and labels of what flies in the other', () => {
  const later = /^(say|kind)\.|^ui\..*\.title$|^ui\.notStarted$|^problem\.(lab|link|ended)$/;
  for (const table of [en, zh]) assert.ok(!Object.keys(table).some((key) => later.test(key)));
  for (const table of [enStory, zhStory]) assert.ok(Object.keys(table).every((key) => later.test(key)));
});

test('before there is a language, what an error says itself is shown', () => {
  assert.equal(SILENT.text('problem.load', { message: 'no network' }), 'no network');
  assert.equal(SILENT.text('ui.play'), '');
});

test('language tags', () => {
  assert.deepEqual(['zh', 'zh-Hans-CN', 'EN-gb', 'fr', '', null].map(langOf), [
    'zh',
    'zh',
    'en',
    null,
    null,
    null,
  ]);
});
