//! How a story says what happened.

use ledgerscope::broker::{Broker, ConsumerId, GetMessageStatus, ProducerId, QueueId, TopicId};
use ledgerscope::ledger::{MemberId, Role, Rule};
use ledgerscope::sim::{BrokerState, Event, Kind, Outcome, Party, Record, Summary, World};
use ledgerscope::store::{
    ConsumeQueue, Entry, EntryKind, EntryStore, Index, Record as MessageRecord, properties,
};

/// A, B, C ...
pub fn name(broker: MemberId) -> String {
    char::from(b'A' + broker.0).to_string()
}

fn party(party: Party) -> String {
    match party {
        Party::Broker(broker) => name(broker),
        Party::Producer(id) => producer(id),
        Party::NameServer => "the name server".to_string(),
        Party::Consumer(id) => consumer(id),
    }
}

/// With a number when it is not the first.
fn producer(id: ProducerId) -> String {
    if id.0 == 0 { "the producer".to_string() } else { format!("producer {}", id.0) }
}

fn consumer(id: ConsumerId) -> String {
    format!("consumer {}", id.0)
}

fn messages(number: u32, count: u32) -> String {
    if count == 1 {
        format!("message {number}")
    } else {
        format!("messages {number} to {}", number + count - 1)
    }
}

fn queue_name(world: &World, queue: QueueId) -> String {
    let topics = &world.scenario().topics;
    let topic = if topics.len() == 1 {
        String::new()
    } else {
        format!(" of {}", topics[usize::from(queue.topic.0)].name)
    };
    format!("queue {}{topic}", queue.queue)
}

/// The line for an event; `None` for what goes without saying: heartbeats that find all well, calls whose
/// answer will be told, messages that leave.
pub fn narrate(world: &World, record: &Record) -> Option<String> {
    let what = match record.event {
        Event::Started { broker, term, voted_for, end_index } => {
            let vote = voted_for.map_or("no vote".to_string(), |v| format!("its vote given to {}", name(v)));
            let log = if end_index == Index::NONE {
                "an empty log".into()
            } else {
                format!("a log up to {end_index}")
            };
            format!("{} is up, in term {term}, {vote}, with {log}", name(broker))
        }
        Event::Killed { broker } => format!("{} dies", name(broker)),
        Event::Role { broker, role, term, leader } => match role {
            Role::Leader => format!("{} is LEADER of term {term}", name(broker)),
            Role::Candidate => format!("{} is CANDIDATE, having heard of term {term}", name(broker)),
            Role::Follower => {
                let leader = leader.map_or("nobody".to_string(), name);
                format!("{} is FOLLOWER of {leader} in term {term}", name(broker))
            }
        },
        Event::Term { broker, term } => format!("{} moves to term {term}", name(broker)),
        Event::Vote { broker, candidate, term } if broker == candidate => {
            format!("{} votes for itself in term {term}", name(broker))
        }
        Event::Vote { broker, candidate, term } => {
            format!("{} votes for {} in term {term}", name(broker), name(candidate))
        }
        Event::Round { broker, term, outcome, accepted, valid, not_ready } => format!(
            "{}'s round in term {term} ends {outcome:?}: {accepted} for it of {valid} answers, {not_ready} not ready",
            name(broker)
        ),
        Event::Delivered { from, to, message, .. } => delivered(world, from, to, message)?,
        Event::Refused { from, to, message, .. } => match message.kind {
            Kind::SendRequest => format!("nobody listens at {} for {}", party(to), party(from)),
            Kind::PullRequest => format!("nobody listens at {} for {}'s pull", party(to), party(from)),
            Kind::VoteRequest => {
                format!("nobody listens at {} for {}'s vote request", party(to), party(from))
            }
            _ => return None,
        },
        Event::Lost { from, to, message, .. } => {
            let kind = message.kind.name().replace('_', " ");
            format!("{}'s {kind} to {} is lost", party(from), party(to))
        }
        Event::Appended { broker, index, term, entry, number, queue } => {
            let what = match (entry, number, queue) {
                (EntryKind::Noop, ..) => "a no-op".to_string(),
                (_, Some(number), Some(queue)) => {
                    format!("message {number} for {}", queue_name(world, queue))
                }
                _ => "something".to_string(),
            };
            format!("{} writes entry {index} of term {term}: {what}", name(broker))
        }
        Event::TransferEnded { broker, to, code } => {
            format!("{}'s transfer to {} ends {}", name(broker), name(to), code.name())
        }
        Event::Truncated { broker, from_index, count } => {
            format!("{} deletes {count} from entry {from_index} on", name(broker))
        }
        Event::Committed { broker, index } => format!("{} knows committed up to {index}", name(broker)),
        Event::Dispatched { broker, index, queue, queue_offset } => {
            let queue = queue_name(world, queue);
            format!("{} puts entry {index} into {queue} at offset {queue_offset}", name(broker))
        }
        Event::Master { broker, master: true, .. } => {
            format!("{} serves as master, brokerId 0", name(broker))
        }
        Event::Master { broker, broker_id, .. } => format!("{} is slave, brokerId {broker_id}", name(broker)),
        Event::Put { producer: who, number, count, broker, attempt, .. } => {
            let (who, what) = (producer(who), messages(number, count));
            format!("{who} sends {what} to {}, attempt {attempt}", name(broker))
        }
        Event::PutResult { number, count, status, .. } => {
            format!("{} ends {}", messages(number, count), code(Outcome::Send(status)))
        }
        Event::Registered { broker, broker_id } => {
            format!("the name server knows {} as brokerId {broker_id}", name(broker))
        }
        Event::Unregistered { broker, broker_id } => {
            format!("the name server forgets {}, brokerId {broker_id}", name(broker))
        }
        Event::RouteChanged { client, master } => {
            let master = master.map_or("no master".to_string(), |m| format!("{} as master", name(m)));
            format!("{} learns of {master}", party(client))
        }
        Event::ConsumerStarted { consumer: who } => format!("{} starts", consumer(who)),
        Event::ConsumerStopped { consumer: who } => format!("{} is gone", consumer(who)),
        Event::Rebalanced { consumer: who, queues } => {
            let held: Vec<String> = (0..16).filter(|q| queues & 1 << q != 0).map(|q| q.to_string()).collect();
            let held =
                if held.is_empty() { "no queue".to_string() } else { format!("queues {}", held.join(" ")) };
            format!("{} holds {held}", consumer(who))
        }
        // What it found, and when it goes on elsewhere; that there was nothing new goes without saying.
        Event::Pulled { consumer: who, queue, offset, status, next, count } => match status {
            GetMessageStatus::OffsetOverflowOne => return None,
            GetMessageStatus::NoMessageInQueue if offset == 0 => return None,
            GetMessageStatus::Found => {
                let queue = queue_name(world, queue);
                format!("{} gets {count} of {queue} from offset {offset} on", consumer(who))
            }
            _ => {
                let queue = queue_name(world, queue);
                let status = status.name();
                format!("{} asks for offset {offset} of {queue}: {status}, next {next}", consumer(who))
            }
        },
        Event::Consumed { consumer: who, queue, queue_offset, number, again, .. } => {
            let again = if again { " again" } else { "" };
            let queue = queue_name(world, queue);
            format!("{} consumes message {number}{again}, offset {queue_offset} of {queue}", consumer(who))
        }
        Event::Paused { broker } => format!("{} stands still", name(broker)),
        Event::Resumed { broker } => format!("{} goes on", name(broker)),
        Event::Sent { .. } | Event::Duplicated { .. } => return None,
    };
    Some(format!("{:>9}.{:03} ms  {what}", record.at.0 / 1000, record.at.0 % 1000))
}

fn code(outcome: Outcome) -> String {
    serde_json::to_string(&outcome).unwrap().trim_matches('"').to_string()
}

fn delivered(world: &World, from: Party, to: Party, message: Summary) -> Option<String> {
    let (from, to) = (party(from), party(to));
    let index = message.index;
    let result = message.result.map(code).unwrap_or_default();
    Some(match message.kind {
        Kind::VoteResponse => format!("{from} answers {to}: {result}"),
        Kind::HeartbeatResponse if result != "SUCCESS" => {
            format!("{from} answers {to}'s heartbeat: {result}")
        }
        Kind::CompareRequest => {
            format!("{from} asks {to} to compare at entry {index} of term {}", message.entry_term)
        }
        Kind::TruncateRequest => {
            let kept = world.scenario().rules.keep(Rule::TruncateOnlyConflicts);
            let what = if kept { "what conflicts" } else { "everything" };
            format!("{from} tells {to} to delete {what} from entry {index} on")
        }
        Kind::TransferRequest => format!("{from} asks {to} to lead instead, once it has entry {index}"),
        Kind::TransferResponse => format!("{from} answers {to}: {result}"),
        Kind::CompareResponse | Kind::TruncateResponse => format!("{from} answers {to}: {result}"),
        Kind::SendResponse if result != "SEND_OK" => format!("{from} answers {to}: {result}"),
        Kind::AppendResponse => format!("{from} answers {to} for entry {index}: {result}"),
        _ => return None,
    })
}

/// A broker in a line: `A  LEADER    term 1  log [0:1 1:1] 2:1  q0 0 2  q1 1`.
pub fn state(world: &World, n: usize) -> String {
    let (role, term, committed, store, queues) = match world.broker(n) {
        BrokerState::Up(broker) => alive(broker),
        BrokerState::Dead(disk) | BrokerState::Booting { disk, .. } => {
            let term = disk.ledger.vote.read().unwrap().term;
            ("dead", term.0, Index::NONE, &disk.ledger.store, disk.queues.of(TopicId(0)))
        }
        BrokerState::Between => unreachable!(),
    };
    let entry = |i: i64| {
        let entry = store.entry(Index(i)).unwrap();
        let noop = if entry.magic == EntryKind::Noop { "n" } else { "" };
        format!("{i}{noop}:{}", entry.term)
    };
    let entries = |range: std::ops::RangeInclusive<i64>| range.map(entry).collect::<Vec<_>>().join(" ");
    let mut line = format!("{}  {role:<9} term {term}  log", name(MemberId(n as u8)));
    let end = store.end_index();
    if committed > Index::NONE {
        line += &format!(" [{}]", entries(0..=committed.min(end).0));
    }
    let open = entries(committed.0 + 1..=end.0);
    if !open.is_empty() {
        line += &format!(" {open}");
    }
    if committed > end {
        line += &format!(" but committed up to {committed}");
    }
    for (q, queue) in queues.iter().enumerate() {
        line += &format!("  q{q}");
        for offset in queue.min_offset()..queue.max_offset() {
            let unit = queue.get(offset).unwrap();
            // A unit whose entry was deleted leads nowhere, or to what was written there since.
            let index = store.entry_at_position(unit.offset).map(|entry| entry.index.to_string());
            line += &format!(" {}", index.as_deref().unwrap_or("?"));
        }
    }
    line
}

fn alive(broker: &Broker) -> (&'static str, i64, Index, &EntryStore, &[ConsumeQueue]) {
    let member = broker.member();
    let role = match member.role() {
        Role::Leader => "LEADER",
        Role::Follower => "FOLLOWER",
        Role::Candidate => "CANDIDATE",
    };
    (role, member.term().0, member.committed_index(), member.store(), broker.queues_of(TopicId(0)))
}

/// Every entry that carries the message.
pub fn copies(store: &EntryStore, number: u32) -> Vec<String> {
    let entries = (0..=store.end_index().0).filter_map(|i| store.entry(Index(i)));
    let records = entries.filter_map(|entry| Some((entry, MessageRecord::parse(&entry.body).ok()?)));
    let copies = records.filter(|(_, record)| record.flag() as u32 == number);
    let line = |(entry, record): (&Entry, MessageRecord)| {
        let key = properties::get(record.properties(), properties::UNIQ_KEY).unwrap_or("none");
        let (queue, offset, at) = (record.queue_id(), record.queue_offset(), record.physical_offset());
        format!("entry {}: UNIQ_KEY {key}, queue {queue}, offset {offset}, phyOffset {at}", entry.index)
    };
    copies.map(line).collect()
}
