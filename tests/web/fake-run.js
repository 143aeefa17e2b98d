// A stand-in for a run of the simulator, for tests of what lies above it: a leader, heartbeats, messages that are
// replicated, deaths and returns. It follows a script, not DLedger's rules; nothing of it is shipped.

import {
  BROKER,
  BROKER_STATE,
  CELL,
  ENTRY,
  FLIGHT,
  HEAD,
  KIND,
  QUEUE,
  ROLE,
  TIMER,
  UNIT,
} from '../../www/frame.js';

const COLUMNS = 16;
const QUEUES = 4;
const UNITS = 4;
const FLIGHT_US = 2000;
const BEAT_US = 2_000_000;
const TIMEOUT_US = 6_000_000;

export class FakeRun {
  constructor({ seed = 1, brokers = 3, message_every_ms = 5000 } = {}) {
    this.config = {
      version: 1,
      seed,
      brokers,
      queues: QUEUES,
      message_every_ms,
      latency_min_us: 1000,
      latency_max_us: 3000,
    };
    this.now = 0;
    this.due = []; // {t, act}
    this.flights = [];
    this.log = [];
    this.count = 0;
    this.taken = 0;
    this.nextId = 0;
    this.messages = { sent: 0, ok: 0, failed: 0, pending: 0, last: -1 };
    this.freed = false;
    this.members = Array.from({ length: brokers }, () => ({
      up: true,
      role: ROLE.CANDIDATE,
      term: 0,
      leader: -1,
      entries: [],
      committed: -1,
    }));
    this.members.forEach((_, b) =>
      this.emit('started', { broker: b, term: 0, voted_for: null, end_index: -1 }),
    );
    this.at(10_000, () => this.lead(seed % brokers, 0));
    if (message_every_ms > 0) this.at(message_every_ms * 1000, () => this.every());
  }

  emit(kind, fields) {
    this.log.push({ seq: this.count++, t: this.now, kind, ...fields });
  }

  at(t, act) {
    this.due.push({ t, act });
    this.due.sort((a, b) => a.t - b.t);
  }

  send(from, to, message, arrive) {
    const flight = { id: this.nextId++, from, to, message, sent: this.now, arrives: this.now + FLIGHT_US };
    this.flights.push(flight);
    this.emit('sent', { id: flight.id, from, to, message });
    this.at(flight.arrives, () => {
      this.flights.splice(this.flights.indexOf(flight), 1);
      const dead = to >= 0 && !this.members[to].up;
      this.emit(dead ? 'refused' : 'delivered', { id: flight.id, from, to, message });
      if (!dead) arrive?.();
    });
  }

  get leader() {
    return this.members.findIndex((m) => m.up && m.role === ROLE.LEADER);
  }

  lead(b, term) {
    const m = this.members[b];
    if (!m.up || this.leader >= 0) return;
    Object.assign(m, { role: ROLE.LEADER, term, leader: b });
    this.emit('role', { broker: b, role: 'leader', term, leader: b });
    this.emit('master', { broker: b, broker_id: 0, master: true });
    this.beat(b, term);
  }

  beat(b, term) {
    const m = this.members[b];
    if (!m.up || m.role !== ROLE.LEADER || m.term !== term) return;
    this.others(b).forEach((to) =>
      this.send(
        b,
        to,
        { kind: 'heartbeat_request', term, index: -1, entry_term: -1, result: '', number: -1 },
        () => {
          const other = this.members[to];
          if (other.role !== ROLE.FOLLOWER)
            this.emit('role', { broker: to, role: 'follower', term, leader: b });
          Object.assign(other, { role: ROLE.FOLLOWER, term, leader: b });
          other.entries = m.entries.slice();
        },
      ),
    );
    this.at(this.now + BEAT_US, () => this.beat(b, term));
  }

  others(b) {
    return this.members.map((_, i) => i).filter((i) => i !== b);
  }

  every() {
    this.put();
    this.at(this.now + this.config.message_every_ms * 1000, () => this.every());
  }

  put() {
    const number = this.messages.sent++;
    this.messages.pending++;
    const b = this.leader;
    this.emit('put', { number, broker: b < 0 ? null : b, attempt: 1 });
    if (b < 0) return this.answer(number, null, false);
    const message = { kind: 'send_request', term: -1, index: -1, entry_term: -1, result: '', number };
    this.send(-1, b, message, () => this.append(b, number));
  }

  append(b, number) {
    const m = this.members[b];
    if (m.role !== ROLE.LEADER) return this.answer(number, b, false);
    const index = m.entries.length;
    const { term } = m;
    const entry = { term, number, queue: number % QUEUES };
    m.entries.push(entry);
    this.emit('appended', { broker: b, index, term, entry: 'message', number, queue: entry.queue });
    const quorum = (this.members.length >> 1) + 1;
    let acks = 1;
    const counted = () => {
      if (acks < quorum || m.committed >= index) return;
      this.commit(b, index);
      this.others(b).forEach((to) =>
        this.send(
          b,
          to,
          { kind: 'commit_request', term, index, entry_term: term, result: '', number: -1 },
          () => this.commit(to, index),
        ),
      );
      const done = { kind: 'send_response', term, index, entry_term: term, result: 'SEND_OK', number };
      this.send(b, -1, done, () => this.answer(number, b, true));
    };
    counted();
    this.others(b).forEach((to) => {
      const push = { kind: 'append_request', term, index, entry_term: term, result: '', number };
      this.send(b, to, push, () => {
        this.members[to].entries[index] = entry;
        this.emit('appended', { broker: to, index, term, entry: 'message', number, queue: entry.queue });
        this.send(to, b, { ...push, kind: 'append_response', result: 'SUCCESS' }, () => {
          acks++;
          counted();
        });
      });
    });
  }

  commit(b, index) {
    const m = this.members[b];
    if (m.entries.length <= index) return;
    while (m.committed < index) {
      const { queue } = m.entries[++m.committed];
      this.emit('committed', { broker: b, index: m.committed });
      this.emit('dispatched', { broker: b, index: m.committed, queue, queue_offset: 0 });
    }
  }

  answer(number, broker, ok) {
    this.messages.pending--;
    this.messages[ok ? 'ok' : 'failed']++;
    this.messages.last = number;
    this.emit('put_result', { number, broker, ok, status: ok ? 'SEND_OK' : 'NO_ROUTE', index: -1 });
  }

  // ---- what a run offers

  advance(until) {
    while (this.due.length > 0 && this.due[0].t <= until) {
      const { t, act } = this.due.shift();
      this.now = t;
      act();
    }
    this.now = Math.max(this.now, until);
    return this.now;
  }

  step() {
    const before = this.count;
    while (this.due.length > 0 && this.count === before) this.advance(this.due[0].t);
    return this.now;
  }

  command({ do: what, broker }) {
    if (what === 'send') return this.put();
    const m = this.members[broker];
    if (!m)
      throw Object.assign(new Error(`no broker ${broker}`), { code: 'no_such_broker', field: 'broker' });
    if (what === 'kill') {
      const led = m.role === ROLE.LEADER;
      Object.assign(m, { up: false, role: ROLE.CANDIDATE, committed: -1, leader: -1 });
      this.emit('killed', { broker });
      const next = this.members.findIndex((one) => one.up);
      if (led && next >= 0) this.at(this.now + TIMEOUT_US, () => this.lead(next, m.term + 1));
    } else {
      m.up = true;
      this.emit('started', { broker, term: m.term, voted_for: null, end_index: m.entries.length - 1 });
    }
  }

  events() {
    const out = this.log.slice(this.taken);
    this.taken = this.log.length;
    return out;
  }

  scenario() {
    return this.config;
  }

  traceHash() {
    return this.count.toString(16).padStart(16, '0');
  }

  free() {
    this.freed = true;
  }

  frame() {
    const n = this.members.length;
    const brokersAt = HEAD.LENGTH;
    const flightsAt = brokersAt + n * BROKER.STRIDE;
    const cellsAt = flightsAt + this.flights.length * FLIGHT.STRIDE;
    const queuesAt = cellsAt + n * COLUMNS * CELL.STRIDE;
    const queueStride = QUEUE.LENGTH + UNITS * UNIT.STRIDE;
    const linksAt = queuesAt + n * QUEUES * queueStride;
    const f = new Float64Array(linksAt + n * n);
    const longest = Math.max(...this.members.map((m) => m.entries.length));
    const first = Math.max(0, longest - COLUMNS + 2);
    f[HEAD.TIME_US] = this.now;
    f[HEAD.BROKERS] = n;
    f[HEAD.FLIGHTS] = this.flights.length;
    f[HEAD.BROKERS_AT] = brokersAt;
    f[HEAD.FLIGHTS_AT] = flightsAt;
    f[HEAD.CELLS_AT] = cellsAt;
    f[HEAD.QUEUES_AT] = queuesAt;
    f[HEAD.LINKS_AT] = linksAt;
    f[HEAD.FIRST_INDEX] = first;
    f[HEAD.COLUMNS] = COLUMNS;
    f[HEAD.QUEUES] = QUEUES;
    f[HEAD.UNITS] = UNITS;
    f[HEAD.NEXT_EVENT_US] = this.due.length > 0 ? this.due[0].t : -1;
    f[HEAD.EVENTS] = this.count;
    f[HEAD.LEADER] = this.leader;
    f[HEAD.PRODUCER_PENDING] = this.messages.pending;
    f[HEAD.PRODUCER_SENT] = this.messages.sent;
    f[HEAD.PRODUCER_OK] = this.messages.ok;
    f[HEAD.PRODUCER_FAILED] = this.messages.failed;
    f[HEAD.PRODUCER_LAST] = this.messages.last;
    f[HEAD.PRODUCER_LAST_OK] = this.messages.failed > 0 ? 0 : 1;
    f[HEAD.PRODUCER_TO] = this.leader;
    f[HEAD.QUORUM] = (n >> 1) + 1;
    this.members.forEach((m, b) => {
      const at = brokersAt + b * BROKER.STRIDE;
      f[at + BROKER.STATE] = m.up ? BROKER_STATE.UP : BROKER_STATE.DEAD;
      f[at + BROKER.ROLE] = m.role;
      f[at + BROKER.TERM] = m.term;
      f[at + BROKER.VOTED_FOR] = m.leader;
      f[at + BROKER.LEADER_ID] = m.leader;
      f[at + BROKER.BROKER_ID] = m.role === ROLE.LEADER ? 0 : b + 1;
      f[at + BROKER.MASTER] = m.role === ROLE.LEADER ? 1 : 0;
      f[at + BROKER.END_INDEX] = m.entries.length - 1;
      f[at + BROKER.COMMITTED_INDEX] = m.committed;
      f[at + BROKER.DISPATCHED_INDEX] = m.committed;
      f[at + BROKER.TIMER] = TIMER.NONE;
      f[at + BROKER.VOTES] = -1;
      f[at + BROKER.CLOCK_PERMILLE] = 1000;
      for (let c = 0; c < COLUMNS; c++) {
        const cell = cellsAt + (b * COLUMNS + c) * CELL.STRIDE;
        const entry = m.entries[first + c];
        f[cell + CELL.TERM] = entry ? entry.term : -1;
        f[cell + CELL.ENTRY] = entry ? ENTRY.MESSAGE : ENTRY.NONE;
        f[cell + CELL.MESSAGE] = entry ? entry.number : -1;
        f[cell + CELL.QUEUE] = entry ? entry.queue : -1;
      }
      for (let q = 0; q < QUEUES; q++) {
        const at = queuesAt + (b * QUEUES + q) * queueStride;
        const units = m.entries
          .map((e, i) => ({ e, i }))
          .filter(({ e, i }) => e.queue === q && i <= m.committed);
        f[at + QUEUE.MAX] = units.length;
        const shown = units.slice(-UNITS);
        f[at + QUEUE.SHOWN] = shown.length;
        shown.forEach(({ e, i }, k) => {
          f[at + QUEUE.LENGTH + k * UNIT.STRIDE + UNIT.INDEX] = i;
          f[at + QUEUE.LENGTH + k * UNIT.STRIDE + UNIT.TERM] = e.term;
        });
      }
    });
    this.flights.forEach((flight, i) => {
      const at = flightsAt + i * FLIGHT.STRIDE;
      const m = flight.message;
      f[at + FLIGHT.ID] = flight.id;
      f[at + FLIGHT.KIND] = KIND[m.kind.toUpperCase()];
      f[at + FLIGHT.FROM] = flight.from;
      f[at + FLIGHT.TO] = flight.to;
      f[at + FLIGHT.SENT_US] = flight.sent;
      f[at + FLIGHT.ARRIVES_US] = flight.arrives;
      f[at + FLIGHT.PROGRESS] = (this.now - flight.sent) / (flight.arrives - flight.sent);
      f[at + FLIGHT.TERM] = m.term;
      f[at + FLIGHT.INDEX] = m.index;
      f[at + FLIGHT.ENTRY_TERM] = m.entry_term;
      f[at + FLIGHT.OK] = m.kind.endsWith('response') ? 1 : 0;
      f[at + FLIGHT.MESSAGE] = m.number;
    });
    return f;
  }
}
