// A run in an address: there and back, and what is no run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkTo, linked } from '../../www/link.js';

const scenario = { seed: 7, topics: [{ name: '订单 ÿ?>' }], commands: [{ at_us: 5, do: 'kill', broker: 0 }] };

test('a scenario comes back from an address as it went in, in place of what was there', () => {
  for (const url of [
    'https://example.org/a/index.html?lang=en',
    'https://example.org/a/index.html?lang=en#x',
  ]) {
    const link = linkTo(url, scenario);
    assert.match(link, /^https:\/\/example\.org\/a\/index\.html\?lang=en#run=[\w-]+$/);
    assert.deepEqual(linked(link), scenario);
  }
});

test('it is base64url of the JSON, without padding', () => {
  const link = linkTo('x', scenario);
  assert.equal(link, `x#run=${Buffer.from(JSON.stringify(scenario)).toString('base64url')}`);
});

test('a long scenario fits', () => {
  const commands = Array.from({ length: 10_000 }, (_, at_us) => ({ at_us, do: 'send' }));
  assert.deepEqual(linked(linkTo('x', { commands })), { commands });
});

test('an address without a run has none, one with half a run is an error', () => {
  assert.equal(linked('https://example.org/#top'), undefined);
  for (const text of ['!', 'eyJ', Buffer.from([0xff, 0xfe]).toString('base64url')]) {
    assert.throws(() => linked(`x#run=${text}`));
  }
});
