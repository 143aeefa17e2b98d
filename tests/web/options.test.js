// Options of the element: what is allowed, what is used instead, and what the visitor is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { misspelt } from '../../www/misspelt.js';
import { NAMES, defaults, readOption, unknownOption } from '../../www/options.js';

test('without attributes the defaults hold', () => {
  assert.deepEqual(defaults(), {
    brokers: 3,
    seed: null,
    lang: null,
    pace: 'paced',
    speed: 1,
    autoplay: true,
    theme: 'auto',
    controls: 'full',
    messageEvery: 5000,
    lab: 'button',
  });
  for (const name of NAMES) assert.equal(readOption(name, null).problem, null);
});

test('good values', () => {
  const good = {
    brokers: ['1', 1],
    seed: ['9007199254740991', Number.MAX_SAFE_INTEGER],
    lang: ['zh-CN', 'zh'],
    pace: ['linear', 'linear'],
    speed: ['.5', 0.5],
    autoplay: ['false', false],
    theme: ['dark', 'dark'],
    controls: ['none', 'none'],
    'message-every': ['0', 0],
  };
  for (const [name, [text, value]] of Object.entries(good)) {
    assert.deepEqual(readOption(name, text), { value, problem: null }, name);
  }
  assert.equal(readOption('autoplay', '').value, true);
});

test('a bad value is named with what is allowed, and the default is used', () => {
  const bad = {
    brokers: ['0', '10', '12', '-1', '3.5', 'three', '', '1e1'],
    seed: ['-1', '9007199254740992', 'x', '0x10'],
    lang: ['fr'],
    pace: ['fast'],
    speed: ['0', '-1', 'Infinity', '1001', 'NaN'],
    autoplay: ['yes'],
    theme: ['blue'],
    controls: ['some'],
    'message-every': ['600001', '-5'],
  };
  for (const [name, texts] of Object.entries(bad)) {
    for (const text of texts) {
      const { value, problem } = readOption(name, text);
      assert.equal(value, readOption(name, null).value, `${name}=${text}`);
      assert.equal(problem.field, name);
      assert.equal(problem.value, text);
      assert.ok(problem.message.includes(problem.allowed));
    }
  }
  assert.equal(readOption('seed', '-1').problem.code, 'seed_out_of_range');
  assert.equal(readOption('brokers', '12').problem.code, 'brokers_out_of_range');
});

test('a value of any length fits into a message', () => {
  assert.ok(readOption('seed', 'x'.repeat(1e5)).problem.message.length < 200);
  assert.ok(unknownOption('x'.repeat(1e5)).message.length < 300);
});

test('misspelt attributes are found, those of HTML and of frameworks are left alone', () => {
  assert.deepEqual(misspelt(['broker', 'message-evry', 'autoplay']), ['broker', 'message-evry']);
  const fine =
    'id class style title hidden data-x aria-label onclick _ngcontent-abc v-cloak :key @click slot';
  assert.deepEqual(misspelt(fine.split(' ')), []);
});
