// The caption's sentences: right for the event, with the reason, and few enough to be read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../../www/i18n/en-story.js';
import { loadWords } from '../../www/i18n/index.js';
import { placeholders } from '../../www/i18n/template.js';
import { Narrator } from '../../www/panels/narrator.js';
import { Story } from '../../www/panels/story.js';
import { FakeRun } from './fake-run.js';

const english = await loadWords('en');
await english.complement();

/** What is said in English about events, one line each. */
function said(story, events) {
  return events
    .map((event) => story.tell({ t: 0, ...event }))
    .map((line) => line && english.text(line.key, line.args));
}

const started = (broker, more) => ({
  kind: 'started',
  broker,
  term: 0,
  voted_for: null,
  end_index: -1,
  ...more,
});
const group = (n) => Array.from({ length: n }, (_, b) => started(b));
const vote = (from, to, term, result) => [
  { kind: 'sent', from: to, to: from, message: { kind: 'vote_request', term } },
  { kind: 'sent', from, to, message: { kind: 'vote_response', term, result } },
];
const leads = (broker, term) => ({ kind: 'role', broker, role: 'leader', term, leader: broker });
const append = (broker, index, term) => ({
  kind: 'appended',
  broker,
  index,
  term,
  entry: 'message',
  number: 4,
  queue: 0,
});
const ack = (from, to, index, term) => ({
  kind: 'delivered',
  from,
  to,
  message: { kind: 'append_response', term, index, entry_term: term, result: 'SUCCESS' },
});

test('a group that starts is told of once', () => {
  const lines = said(new Story(3), group(3));
  assert.match(lines[0], /^3 brokers start as candidates/);
  assert.deepEqual(lines.slice(1), [null, null]);
});

test('a refusal names the vote that stands in the way', () => {
  const story = new Story(3);
  said(story, [...group(3), { kind: 'vote', broker: 1, candidate: 1, term: 0 }]);
  assert.equal(
    said(story, vote(1, 0, 0, 'REJECT_ALREADY_VOTED'))[1],
    'B refuses A: it has already given its vote of term 0 to itself (REJECT_ALREADY_VOTED).',
  );
  said(story, [{ kind: 'vote', broker: 1, candidate: 2, term: 0 }]);
  assert.match(said(story, vote(1, 0, 0, 'REJECT_ALREADY_VOTED'))[1], /its vote of term 0 to C/);
});

test('a voter that does not know the term names the term it was asked for, not its own', () => {
  const story = new Story(3);
  said(story, group(3));
  const [request, response] = vote(1, 0, 1, 'REJECT_TERM_NOT_READY');
  response.message.term = 0; // the reply carries the voter's own, old term
  assert.match(said(story, [request, response])[1], /^B did not know term 1/);
});

test('every result of a vote has a sentence with its code', () => {
  const results = [
    'UNKNOWN',
    'REJECT_UNKNOWN_LEADER',
    'REJECT_UNEXPECTED_LEADER',
    'REJECT_EXPIRED_LEDGER_TERM',
    'REJECT_SMALL_LEDGER_END_INDEX',
    'REJECT_EXPIRED_VOTE_TERM',
    'REJECT_ALREADY_HAS_LEADER',
    'REJECT_ALREADY_VOTED',
    'REJECT_TERM_NOT_READY',
    'REJECT_TERM_SMALL_THAN_LEDGER',
    'REJECT_TAKING_LEADERSHIP',
  ];
  for (const result of results) {
    const story = new Story(3);
    said(story, group(3));
    assert.ok(said(story, vote(1, 0, 1, result))[1].includes(result), result);
  }
});

test('acknowledgements are counted with the leader itself, and the quorum is called by name', () => {
  const story = new Story(5);
  said(story, [...group(5), leads(0, 2)]);
  const lines = said(story, [
    append(0, 7, 2),
    ack(1, 0, 7, 2),
    ack(1, 0, 7, 2),
    ack(2, 0, 7, 2),
    ack(3, 0, 7, 2),
  ]);
  assert.match(lines[0], /message #4 as entry 7\. Only A has it/);
  assert.match(lines[1], /2 of 5 hold it, 3 are needed/);
  assert.match(lines[2], /2 of 5/, 'the same broker counts once');
  assert.match(lines[3], /makes 3 of 5: A may call it committed/);
  assert.match(lines[4], /4 of 5 hold it now/);
});

test('of four brokers two copies are no majority', () => {
  const story = new Story(4);
  said(story, [...group(4), leads(0, 0)]);
  assert.match(said(story, [append(0, 0, 0), ack(1, 0, 0, 0)])[1], /2 of 4 hold it, 3 are needed/);
});

test('the hue of a term and of an entry is that of the term, not of the index', () => {
  const story = new Story(3);
  said(story, [...group(3), leads(0, 2)]);
  const line = story.tell({ t: 0, ...append(0, 7, 2) });
  assert.deepEqual(line.args.entry, { text: '7', term: 2 });
});

test('a death is told by what it means for the group', () => {
  const story = new Story(3);
  said(story, [...group(3), leads(0, 1)]);
  const kill = (broker) => said(story, [{ kind: 'killed', broker }])[0];
  assert.match(kill(1), /2 of 3 are alive, still a majority/);
  assert.match(kill(0), /With 1 of 3 alive there is no majority/);
  assert.match(kill(2), /the whole group/);
  const other = new Story(3);
  said(other, [...group(3), { kind: 'term', broker: 0, term: 1 }, leads(0, 1)]);
  assert.match(said(other, [{ kind: 'killed', broker: 0 }])[0], /It led term 1; the others notice/);
});

test('a broker that comes back is told by what its store held', () => {
  const story = new Story(3);
  said(story, [...group(3), { kind: 'killed', broker: 2 }]);
  assert.match(said(story, [started(2, { term: 3, end_index: 5 })])[0], /term 3, entries up to 5/);
});

test('a term that a broker opens itself and one it was told of are two things', () => {
  const story = new Story(3);
  said(story, [
    ...group(3),
    { kind: 'round', broker: 0, term: 0, outcome: 'wait_to_vote_next', accepted: 1, valid: 3, not_ready: 0 },
  ]);
  assert.match(said(story, [{ kind: 'term', broker: 0, term: 1 }])[0], /^A opens term 1/);
  assert.match(said(story, [{ kind: 'term', broker: 1, term: 1 }])[0], /^B has moved to term 1/);
  // Told of the term while it slept after a lost round of its own.
  said(story, [
    { kind: 'round', broker: 2, term: 0, outcome: 'wait_to_vote_next', accepted: 1, valid: 3, not_ready: 0 },
  ]);
  said(story, vote(2, 0, 1, 'REJECT_TERM_NOT_READY'));
  assert.match(said(story, [{ kind: 'term', broker: 2, term: 1 }])[0], /^C has moved to term 1/);
});

test('a void round is explained by the rule that made it void', () => {
  const round = {
    kind: 'round',
    broker: 0,
    term: 1,
    outcome: 'wait_to_revote',
    accepted: 1,
    valid: 3,
    not_ready: 0,
  };
  const reply = (result) => ({
    kind: 'delivered',
    from: 1,
    to: 0,
    message: { kind: 'vote_response', term: 1, result },
  });
  const story = new Story(3);
  said(story, group(3));
  assert.match(said(story, [{ ...round, valid: 1 }])[0], /Only 1 of 3 answered A/);
  assert.match(said(story, [reply('REJECT_ALREADY_HAS_LEADER'), round])[1], /still has a leader/);
  assert.match(said(story, [reply('REJECT_SMALL_LEDGER_END_INDEX'), round])[1], /logs are ahead/);
});

test('every sentence has all its arguments, over a long run with deaths', () => {
  const run = new FakeRun({ brokers: 3 });
  const story = new Story(3);
  const told = new Set();
  for (let s = 1; s <= 60; s++) {
    run.advance(s * 1e6);
    if (s === 12) run.command({ do: 'kill', broker: run.leader });
    if (s === 30) run.command({ do: 'restart', broker: run.members.findIndex((m) => !m.up) });
    for (const event of run.events()) {
      const line = story.tell(event);
      if (!line) continue;
      told.add(line.key);
      for (const name of placeholders(en[line.key])) assert.ok(name in line.args, `${line.key} {${name}}`);
    }
  }
  assert.ok(told.size > 12, [...told].join(' '));
  assert.ok(story.entries.size <= 256);
});

test('a sentence stays long enough to be read; a weightier one may come sooner', () => {
  const narrator = new Narrator({ holdMs: 1500, interruptMs: 500 });
  const line = (key, weight) => ({ key, weight, args: {} });
  narrator.offer(line('a', 5));
  assert.equal(narrator.take(0).key, 'a');
  narrator.offer(line('b', 3));
  narrator.offer(line('c', 5));
  narrator.offer(line('d', 4));
  assert.equal(narrator.take(1000), null);
  assert.equal(narrator.take(1500).key, 'c', 'the weightiest of those that wait');
  narrator.offer(line('e', 9));
  assert.equal(narrator.take(1700), null);
  assert.equal(narrator.take(2000).key, 'e');
  narrator.offer(line('f', 1));
  assert.equal(narrator.take(2001, true).key, 'f', 'after a step nobody waits');
});

test('a listener is not bothered with heartbeats', () => {
  const narrator = new Narrator({ leastWeight: 5 });
  narrator.offer(
    new Story(3).tell({
      t: 0,
      kind: 'sent',
      from: 0,
      to: 1,
      message: { kind: 'heartbeat_request', term: 0 },
    }),
  );
  assert.equal(narrator.waiting, false);
});

test('of name server, consumers and other producers nothing is told yet', () => {
  const events = [
    { kind: 'registered', broker: 0, broker_id: 1 },
    { kind: 'unregistered', broker: 0, broker_id: 1 },
    { kind: 'route_changed', client: -1, master: null },
    { kind: 'consumer_started', consumer: 0 },
    { kind: 'rebalanced', consumer: 0, queues: [0] },
    { kind: 'pulled', consumer: 0, topic: 0, queue: 0, offset: 0, status: 'FOUND', next: 1, count: 1 },
    { kind: 'consumed', consumer: 0, topic: 0, queue: 0, queue_offset: 0, index: 0, number: 0, again: false },
    { kind: 'consumer_stopped', consumer: 0 },
    { kind: 'sent', from: -200, to: 0, message: { kind: 'pull_request' } },
    { kind: 'delivered', from: 0, to: -200, message: { kind: 'pull_response', result: 'FOUND' } },
    { kind: 'refused', from: -200, to: 1, message: { kind: 'pull_request' } },
    { kind: 'refused', from: 1, to: -200, message: { kind: 'notify_consumers' } },
    { kind: 'put', producer: 1, number: 3, count: 1, broker: 0, attempt: 1 },
    {
      kind: 'put_result',
      producer: 1,
      number: 3,
      count: 1,
      broker: 0,
      ok: true,
      status: 'SEND_OK',
      index: 0,
    },
  ];
  const story = new Story(3);
  said(story, group(3));
  assert.deepEqual(
    said(story, events),
    events.map(() => null),
  );
});

test('a pause, what a pause of the leader means, and what is lost between brokers is told', () => {
  const story = new Story(3);
  const lines = said(story, [
    ...group(3),
    leads(0, 1),
    { kind: 'paused', broker: 0 },
    { kind: 'paused', broker: 1 },
    { kind: 'resumed', broker: 0 },
    { kind: 'lost', id: 4, from: 0, to: 2, message: { kind: 'heartbeat_request', term: 1 } },
    { kind: 'lost', id: 5, from: -1, to: 2, message: { kind: 'send_request' } },
  ]).slice(-5);
  assert.match(lines[0], /^A, the leader, stands still.*heartbeats/);
  assert.match(lines[1], /^B stands still/);
  assert.match(lines[2], /^A goes on/);
  assert.equal(lines[3], 'What A has sent to C is lost on the way.');
  assert.equal(lines[4], null);
});
