//! One line each, with the names and spellings of the recordings.

use serde_json::{Value, json};

use crate::ledger::{Code, Member, MemberId, Push, PushKind, PushResponse, Request, Response, Role};
use crate::scenario::{Command, Scenario};
use crate::sim::World;
use crate::store::{Entry, EntryKind, Index, Term};
use crate::time::Micros;

/// Milliseconds with three decimals.
fn ms(at: Micros) -> f64 {
    at.0 as f64 / 1000.0
}

fn node(id: MemberId) -> String {
    id.self_id()
}

fn maybe(id: Option<MemberId>) -> Value {
    id.map_or(Value::Null, |id| node(id).into())
}

fn line(at: Micros, ev: &str, rest: Value) -> Value {
    let mut fields = serde_json::Map::new();
    fields.insert("t".to_string(), json!(ms(at)));
    fields.insert("ev".to_string(), json!(ev));
    if let Value::Object(rest) = rest {
        fields.extend(rest);
    }
    Value::Object(fields)
}

/// A body as text: as it is if it is printable ASCII, else in hex with `0x` before it.
fn text(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    if bytes.iter().all(|b| (0x20..0x7f).contains(b)) && !bytes.starts_with(b"0x") {
        return bytes.iter().map(|b| char::from(*b)).collect();
    }
    bytes.iter().fold("0x".to_string(), |mut text, b| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{b:02x}");
        text
    })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Candidate => "CANDIDATE",
        Role::Leader => "LEADER",
        Role::Follower => "FOLLOWER",
    }
}

pub fn header(scenario: &Scenario) -> Value {
    let config = scenario.config();
    let rest = json!({
        "scenario": scenario.preset.name(),
        "nodes": scenario.brokers,
        "run": 1,
        "seed": scenario.seed,
        "delayMsOneWay": [f64::from(scenario.latency_min_us) / 1000.0, f64::from(scenario.latency_max_us) / 1000.0],
        "store": "FILE",
        "heartBeatTimeIntervalMs": config.heartbeat_interval.as_millis(),
        "maxHeartBeatLeak": config.max_heartbeat_leak,
        "minVoteIntervalMs": config.min_vote_interval.as_millis(),
        "maxVoteIntervalMs": config.max_vote_interval.as_millis(),
        "maxPushTimeOutMs": config.max_push_timeout.as_millis(),
        "maxWaitAckTimeMs": config.append_timeout.as_millis(),
        "rpcTimeoutMs": crate::ledger::RPC_TIMEOUT.as_millis(),
    });
    line(Micros::ZERO, "header", rest)
}

/// A command of the scenario; what the recorders never did has its own name from the scenario.
pub fn op(at: Micros, command: &Command, world: &World) -> Option<Value> {
    let rest = match *command {
        Command::Send { .. }
        | Command::StartConsumer { .. }
        | Command::StopConsumer { .. }
        | Command::KillConsumer { .. } => return None,
        Command::Kill { broker } => json!({ "op": "kill", "node": node(broker) }),
        Command::PowerLoss { broker } => json!({ "op": "power_loss", "node": node(broker) }),
        Command::Restart { broker } => json!({ "op": "restart", "node": node(broker) }),
        Command::Transfer { broker } => {
            let leader = world.leader();
            let term = leader.and_then(|l| world.up(usize::from(l.0))).map(|b| b.member().term().0);
            json!({ "op": "transfer", "from": maybe(leader), "to": node(broker), "term": term })
        }
        Command::Cut { from, to } => json!({ "op": "cut", "sideA": [node(from)], "sideB": [node(to)] }),
        Command::Heal { from, to } => json!({ "op": "heal", "sideA": [node(from)], "sideB": [node(to)] }),
        Command::Isolate { broker } => {
            let others = (0..world.scenario().brokers).map(MemberId).filter(|id| *id != broker);
            json!({ "op": "cut", "sideA": [node(broker)], "sideB": others.map(node).collect::<Vec<_>>() })
        }
        Command::HealAll => json!({ "op": "heal" }),
        Command::Delay { from, to, ms } => {
            json!({ "op": "delay", "from": node(from), "to": node(to), "ms": ms })
        }
        _ => as_in_the_scenario(command),
    };
    Some(line(at, "op", rest))
}

fn as_in_the_scenario(command: &Command) -> Value {
    let mut rest = serde_json::Map::new();
    // Texts, flags and whole numbers can always be written.
    if let Ok(Value::Object(fields)) = serde_json::to_value(command.shown()) {
        rest.extend(fields.into_iter().map(|(name, value)| match name.as_str() {
            "do" => ("op".to_string(), value),
            _ => (name, value),
        }));
    }
    Value::Object(rest)
}

pub fn start(at: Micros, broker: MemberId, term: Term, voted_for: Option<MemberId>) -> Value {
    line(at, "start", json!({ "node": node(broker), "term": term.0, "voteFor": maybe(voted_for) }))
}

/// The `type` of a request.
pub fn type_of(request: &Request) -> &'static str {
    match request {
        Request::Vote { .. } => "VOTE",
        Request::HeartBeat { .. } => "HEART_BEAT",
        Request::Transfer { .. } => "LEADERSHIP_TRANSFER",
        Request::Push { .. } => "PUSH",
    }
}

/// The `pushType` of a push.
pub fn push_type(kind: PushKind) -> &'static str {
    match kind {
        PushKind::Compare => "COMPARE",
        PushKind::Truncate => "TRUNCATE",
        PushKind::Append => "APPEND",
        PushKind::Commit => "COMMIT",
    }
}

fn magic(entry: &Entry) -> i32 {
    entry.magic as i32
}

fn full_entry(entry: &Entry) -> Value {
    json!([entry.index.0, entry.term.0, magic(entry), entry.pos, text(&entry.body)])
}

pub fn send(at: Micros, id: u64, (from, to): (MemberId, MemberId), request: &Request) -> Value {
    let (term, fields) = match request {
        Request::Vote { term, ledger_end_index, ledger_end_term } => {
            let end = json!({ "ledgerEndIndex": ledger_end_index.0, "ledgerEndTerm": ledger_end_term.0 });
            (term, end)
        }
        Request::HeartBeat { term } => (term, json!({})),
        Request::Transfer { term, transferee, ledger_index } => {
            let fields = json!({
                "transferId": node(from),
                "transfereeId": node(*transferee),
                "takeLeadershipLedgerIndex": ledger_index.0,
            });
            (term, fields)
        }
        Request::Push { term, commit_index, push } => (term, push_fields(commit_index.0, push)),
    };
    let mut rest = json!({
        "id": id,
        "from": node(from),
        "to": node(to),
        "type": type_of(request),
        "term": term.0,
        "leaderId": node(from),
    });
    merge(&mut rest, fields);
    line(at, "send", rest)
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

fn push_fields(commit_index: i64, push: &Push) -> Value {
    let mut fields = json!({ "pushType": push_type(push.kind()), "commitIndex": commit_index });
    let more = match push {
        Push::Compare { pre_log_index, pre_log_term } | Push::Truncate { pre_log_index, pre_log_term } => {
            json!({ "preLogIndex": pre_log_index.0, "preLogTerm": pre_log_term.0 })
        }
        Push::Append { entries } => {
            let (index, term) = entries.first().map_or((-1, -1), |e| (e.index.0, e.term.0));
            let all: Vec<Value> = entries.iter().map(full_entry).collect();
            json!({ "index": index, "count": entries.len(), "entryTerm": term, "entries": all })
        }
        Push::Commit => json!({}),
    };
    merge(&mut fields, more);
    fields
}

pub fn reply(at: Micros, id: u64, (from, to): (MemberId, MemberId), response: &Response) -> Value {
    let mut rest = json!({ "id": id, "from": node(from), "to": node(to) });
    let coded = |kind: &str, term: Term, code: Code| {
        json!({
            "type": kind, "term": term.0, "leaderId": null, "code": code as u16, "result": code.name(),
        })
    };
    let fields = match response {
        Response::Vote { term, result } => json!({
            "type": "VOTE",
            "term": term.0,
            "leaderId": node(to),
            "code": Code::Success as u16,
            "result": result.name(),
        }),
        Response::HeartBeat { term, code } => coded("HEART_BEAT", *term, *code),
        Response::Transfer { term, code } => coded("LEADERSHIP_TRANSFER", *term, *code),
        Response::Push(response) => push_reply(response),
    };
    merge(&mut rest, fields);
    line(at, "reply", rest)
}

fn push_reply(response: &PushResponse) -> Value {
    let index = (response.kind != PushKind::Commit).then_some(response.index.0);
    json!({
        "type": "PUSH",
        "term": response.term.0,
        "leaderId": null,
        "pushType": push_type(response.kind),
        "code": response.code as u16,
        "result": response.code.name(),
        "index": index,
        "count": response.count,
        "endIndex": response.end_index.0,
        "xTerm": response.x_term.0,
        "xIndex": response.x_index.0,
    })
}

pub fn recv(at: Micros, id: u64, to: MemberId) -> Value {
    line(at, "recv", json!({ "id": id, "at": node(to) }))
}

pub fn resp(at: Micros, id: u64, to: MemberId) -> Value {
    line(at, "resp", json!({ "id": id, "at": node(to) }))
}

pub fn late_response(at: Micros, id: u64) -> Value {
    line(at, "late_response", json!({ "id": id }))
}

/// The caller learns that nobody listens.
pub fn refused(at: Micros, id: u64) -> Value {
    line(at, "refused", json!({ "id": id }))
}

/// The caller learns that the connection broke.
pub fn conn_closed(at: Micros, id: u64, to: MemberId, kind: &str) -> Value {
    line(at, "conn_closed", json!({ "id": id, "at": node(to), "type": kind }))
}

pub fn timeout(at: Micros, id: u64, caller: MemberId, kind: &str) -> Value {
    line(at, "timeout", json!({ "id": id, "at": node(caller), "type": kind }))
}

pub fn drop(at: Micros, id: u64, what: &str) -> Value {
    line(at, "drop", json!({ "id": id, "what": what, "why": "cut" }))
}

pub fn role(
    at: Micros,
    broker: MemberId,
    (role, term, current): (Role, Term, i64),
    leader: Option<MemberId>,
) -> Value {
    let rest = json!({
        "node": node(broker),
        "role": role_name(role),
        "term": term.0,
        "currTerm": current,
        "leaderId": maybe(leader),
    });
    line(at, "role", rest)
}

/// What of a member a `state` line shows.
#[derive(Clone, PartialEq)]
pub struct State {
    role: Role,
    term: Term,
    vote_for: Option<MemberId>,
    leader: Option<MemberId>,
    ledger_end: (Index, Term),
    committed: Index,
    store_end: Index,
    transferee: Option<MemberId>,
}

impl State {
    pub fn of(member: &Member) -> State {
        State {
            role: member.role(),
            term: member.term(),
            vote_for: member.voted_for(),
            leader: member.leader(),
            ledger_end: member.ledger_end(),
            committed: member.committed_index(),
            store_end: member.end_index(),
            transferee: member.transferee(),
        }
    }

    pub fn line(&self, at: Micros, broker: MemberId) -> Value {
        let rest = json!({
            "node": node(broker),
            "role": role_name(self.role),
            "term": self.term.0,
            "voteFor": maybe(self.vote_for),
            "leaderId": maybe(self.leader),
            "ledgerEndIndex": self.ledger_end.0.0,
            "ledgerEndTerm": self.ledger_end.1.0,
            "commitIndex": self.committed.0,
            "appliedIndex": self.committed.0,
            "storeEndIndex": self.store_end.0,
            "transferee": maybe(self.transferee),
        });
        line(at, "state", rest)
    }
}

fn entry_at(world: &World, broker: MemberId, index: Index) -> Option<&Entry> {
    world.up(usize::from(broker.0))?.member().store().entry(index)
}

/// The body of an entry that was just written, if it is a client's append on a leader: what a follower writes is none.
pub fn clients_append(world: &World, broker: MemberId, index: Index) -> Option<String> {
    let member = world.up(usize::from(broker.0))?.member();
    let entry = member.store().entry(index)?;
    let is_clients = member.is_leader() && entry.term == member.term() && entry.magic == EntryKind::Normal;
    is_clients.then(|| text(&entry.body))
}

pub fn append(at: Micros, broker: MemberId, body: &str) -> Value {
    line(at, "append", json!({ "node": node(broker), "body": body }))
}

pub fn append_done(
    world: &World,
    broker: MemberId,
    (index, body): (Index, Option<String>),
    code: Code,
) -> Value {
    let member = world.up(usize::from(broker.0)).map(|b| b.member());
    let stored = || entry_at(world, broker, index).map(|entry| text(&entry.body));
    let rest = json!({
        "node": node(broker),
        "body": body.or_else(stored),
        "code": code as u16,
        "result": code.name(),
        "index": index.0,
        "term": member.map(|m| m.term().0),
        "leaderId": maybe(member.and_then(Member::leader)),
    });
    line(world.now(), "append_done", rest)
}

/// A state machine gets the entries in turn, but for those without a message.
pub fn apply(
    world: &World,
    at: Micros,
    broker: MemberId,
    (first, last): (Index, Index),
) -> impl Iterator<Item = Value> {
    (first.0..=last.0).filter_map(move |index| {
        let entry = entry_at(world, broker, Index(index)).filter(|e| e.magic == EntryKind::Normal)?;
        let rest = json!({
            "node": node(broker), "index": index, "entryTerm": entry.term.0, "body": text(&entry.body),
        });
        Some(line(at, "apply", rest))
    })
}

pub fn transfer_done(at: Micros, code: Code, term: i64) -> Value {
    line(at, "transfer_done", json!({ "code": code as u16, "result": code.name(), "term": term }))
}

/// `final`: what a member has at the end.
pub fn last(world: &World, n: usize) -> Value {
    let id = node(MemberId(n as u8));
    let Some(member) = world.up(n).map(|b| b.member()) else {
        return line(world.now(), "final", json!({ "node": id, "up": false }));
    };
    let store = member.store();
    let indexes = store.begin_index().0..=store.end_index().0;
    let entries: Vec<Value> = indexes
        .filter_map(|index| store.entry(Index(index)))
        .map(|e| json!([e.index.0, e.term.0, magic(e), text(&e.body)]))
        .collect();
    let rest = json!({
        "node": id,
        "up": true,
        "role": role_name(member.role()),
        "term": member.term().0,
        "leaderId": maybe(member.leader()),
        "commitIndex": member.committed_index().0,
        "appliedIndex": member.committed_index().0,
        "entries": entries,
    });
    line(world.now(), "final", rest)
}
