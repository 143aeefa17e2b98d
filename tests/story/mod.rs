//! Reads a story, does what it says, and writes down what happened.

mod group;
mod words;

use ledgerscope::ledger::{MemberId, Role};
use ledgerscope::scenario::{Groups, Scenario};
use ledgerscope::sim::{Command, Event, Party, Record, World};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

use words::{copies, name, narrate, state};

/// Longest time that a condition is waited for.
const PATIENCE: Micros = Micros::seconds(60);

/// The story with what happens now under its commands.
pub fn retell(text: &str) -> String {
    let mut told = String::new();
    let mut world = World::new(Scenario::silent(7, 3));
    for line in text.lines().filter(|line| !line.starts_with("    ")) {
        told.push_str(line);
        told.push('\n');
        if let Some(command) = line.strip_prefix("> ") {
            for line in obey(&mut world, command).unwrap_or_else(|why| panic!("`{command}`: {why}")) {
                told.push_str("    ");
                told.push_str(&line);
                told.push('\n');
            }
        }
    }
    told
}

fn obey(world: &mut World, command: &str) -> Result<Vec<String>, String> {
    if command.starts_with("group of ") {
        *world = World::new(group::described(command)?);
        return Ok(Vec::new());
    }
    if let Some(condition) = command.strip_prefix("run until ") {
        return run_until(world, condition);
    }
    if let Some(condition) = command.strip_prefix("skip until ") {
        run_until(world, condition)?;
        return Ok(Vec::new());
    }
    if let Some(time) = command.strip_prefix("run ") {
        let until = world.now() + length(time)?;
        world.advance(until);
        return Ok(happened(world));
    }
    if let Some(time) = command.strip_prefix("skip ") {
        let until = world.now() + length(time)?;
        world.advance(until);
        world.take_events();
        return Ok(Vec::new());
    }
    if command == "logs" {
        return Ok((0..world.scenario().brokers).map(|n| state(world, usize::from(n))).collect());
    }
    if let Some(n) = command.strip_prefix("copies of message ") {
        let leader = world.leader().and_then(|leader| world.up(usize::from(leader.0)));
        return Ok(copies(leader.ok_or("nobody leads")?.member().store(), number(n)? as u32));
    }
    for order in orders(world, command)? {
        world.command(order).map_err(|refusal| refusal.to_string())?;
    }
    Ok(happened(world))
}

/// What a line asks for that is not about time or telling.
fn orders(world: &World, line: &str) -> Result<Vec<Command>, String> {
    let who = |who: &str| {
        if who == "the leader" { world.leader().ok_or("nobody leads".into()) } else { broker(who) }
    };
    let words: Vec<&str> = line.split(' ').collect();
    Ok(match words[..] {
        ["send"] => vec![Command::Send { producer: 0 }],
        ["send", n, "times"] => vec![Command::Send { producer: 0 }; number(n)? as usize],
        ["start", "consumer", n] => vec![Command::StartConsumer { consumer: number(n)? as u8 }],
        ["stop", "consumer", n] => vec![Command::StopConsumer { consumer: number(n)? as u8 }],
        ["kill", "consumer", n] => vec![Command::KillConsumer { consumer: number(n)? as u8 }],
        ["kill", ..] => vec![Command::Kill { broker: who(&line[5..])? }],
        ["restart", b] => vec![Command::Restart { broker: broker(b)? }],
        ["power", "loss", ..] => vec![Command::PowerLoss { broker: who(&line[11..])? }],
        ["transfer", "to", b] => vec![Command::Transfer { broker: broker(b)? }],
        ["cut", from, "to", to] => vec![Command::Cut { from: broker(from)?, to: broker(to)? }],
        ["cut", one, "from", other] => {
            let (from, to) = (broker(one)?, broker(other)?);
            vec![Command::Cut { from, to }, Command::Cut { from: to, to: from }]
        }
        ["pause", ..] => vec![Command::Pause { broker: who(&line[6..])? }],
        ["resume", b] => vec![Command::Resume { broker: broker(b)? }],
        ["clock", "of", b, "at", rate, "permille"] => {
            vec![Command::Clock { broker: broker(b)?, rate_permille: number(rate)? as u16 }]
        }
        ["disk", "of", b, how @ ("full" | "free")] => {
            vec![Command::Disk { broker: broker(b)?, slow_ms: None, full: Some(how == "full") }]
        }
        ["disk", "of", b, n, unit, "slow"] => {
            let slow_ms = Some(length(&format!("{n} {unit}"))?.as_millis() as u32);
            vec![Command::Disk { broker: broker(b)?, slow_ms, full: None }]
        }
        ["partition", ..] => {
            let (one, other) = line[10..].split_once(" from ").ok_or("say `partition A B from C D`")?;
            let side = |names: &str| names.split(' ').map(broker).collect::<Result<Vec<_>, _>>();
            vec![Command::Partition { groups: Groups::new(&[&side(one)?, &side(other)?]) }]
        }
        ["calm"] => vec![Command::Calm],
        ["heal"] => vec![Command::HealAll],
        ["heal", from, "to", to] => vec![Command::Heal { from: broker(from)?, to: broker(to)? }],
        ["isolate", ..] => vec![Command::Isolate { broker: who(&line[8..])? }],
        ["delay", from, "to", to, "by", n, unit] => {
            let ms = length(&format!("{n} {unit}"))?.as_millis() as u32;
            vec![Command::Delay { from: broker(from)?, to: broker(to)?, ms }]
        }
        _ => return Err("no such command".to_string()),
    })
}

fn happened(world: &mut World) -> Vec<String> {
    let events = world.take_events();
    events.iter().filter_map(|record| narrate(world, record)).collect()
}

fn run_until(world: &mut World, condition: &str) -> Result<Vec<String>, String> {
    let deadline = world.now() + PATIENCE;
    let mut told = Vec::new();
    let mut events = Vec::new();
    while !holds(world, condition, &events)? {
        if !world.step() || world.now() > deadline {
            return Err(format!("did not happen within {PATIENCE}, but this:\n{}", told.join("\n")));
        }
        events = world.take_events();
        told.extend(events.iter().filter_map(|record| narrate(world, record)));
    }
    Ok(told)
}

/// Whether the condition holds; `events` are those of the last step.
fn holds(world: &World, condition: &str, events: &[Record]) -> Result<bool, String> {
    let words: Vec<&str> = condition.split(' ').collect();
    let process = |who: &str| broker(who).map(|b| world.up(usize::from(b.0)));
    Ok(match words[..] {
        ["somebody", "leads"] => world.leader().is_some(),
        ["nothing", "flies"] => world.in_flight().next().is_none(),
        ["message", n, "is", "answered"] => {
            let n = number(n)? as u32;
            events.iter().any(|r| matches!(r.event, Event::PutResult { number, .. } if number == n))
        }
        ["the", "transfer", "ends"] => events.iter().any(|r| matches!(r.event, Event::TransferEnded { .. })),
        // `B gets A's truncate request`
        [who, "gets", whose, ref kind @ ..] => {
            let (to, kind) = (Party::Broker(broker(who)?), kind.join("_"));
            let from = Party::Broker(broker(whose.trim_end_matches("'s"))?);
            events.iter().any(|r| match r.event {
                Event::Delivered { from: f, to: t, message, .. } => {
                    (f, t) == (from, to) && message.kind.name() == kind
                }
                _ => false,
            })
        }
        ["consumer", who, "consumes", "message", n] => {
            let (who, n) = (number(who)?, number(n)? as u32);
            events.iter().any(|r| {
                matches!(r.event, Event::Consumed { consumer, number, .. }
                    if (u64::from(consumer.0), number) == (who, n))
            })
        }
        ["the", "name", "server", "knows", who] => world.names().id_of(broker(who)?).is_some(),
        ["the", "producer", "knows", who] => {
            let route = world.producer(0).and_then(|producer| producer.route()?.master());
            route == Some(broker(who)?)
        }
        [who, "leads"] => process(who)?.is_some_and(|b| b.member().is_leader()),
        [who, "stands"] => process(who)?.is_some_and(|b| b.member().role() == Role::Candidate),
        [who, "follows", whom] => {
            let whom = broker(whom)?;
            process(who)?
                .is_some_and(|b| b.member().role() == Role::Follower && b.member().leader() == Some(whom))
        }
        [who, "is", "up"] => process(who)?.is_some(),
        [who, "is", "master"] => world.master() == Some(broker(who)?),
        [who, "is", "in", "term", n] => {
            let term = number(n)? as i64;
            process(who)?.is_some_and(|b| b.member().term().0 == term)
        }
        [who, "has", "entry", n] => {
            let index = Index(number(n)? as i64);
            process(who)?.is_some_and(|b| b.member().end_index() >= index)
        }
        [who, "has", "no", "entry", n] => {
            let index = Index(number(n)? as i64);
            process(who)?.is_some_and(|b| b.member().end_index() < index)
        }
        [who, "has", "committed", n] => {
            let index = Index(number(n)? as i64);
            process(who)?.is_some_and(|b| b.member().committed_index() >= index)
        }
        [who, "has", "dispatched", n] => {
            let index = Index(number(n)? as i64);
            process(who)?.is_some_and(|b| b.dispatched_index() >= index)
        }
        _ => return Err("no such condition".to_string()),
    })
}

fn broker(who: &str) -> Result<MemberId, String> {
    (0..9).map(MemberId).find(|b| name(*b) == who).ok_or(format!("{who} is no broker"))
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|e| format!("{text}: {e}"))
}

fn length(text: &str) -> Result<Micros, String> {
    match text.split_once(' ') {
        Some((n, "s")) => Ok(Micros::seconds(number(n)?)),
        Some((n, "ms")) => Ok(Micros::millis(number(n)?)),
        _ => Err(format!("{text} is no time")),
    }
}
