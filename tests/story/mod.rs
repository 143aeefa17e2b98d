//! Reads a story, does what it says, and writes down what happened.

mod words;

use ledgerscope::ledger::MemberId;
use ledgerscope::scenario::{ConsumeFrom, ConsumerSpec, Scenario};
use ledgerscope::sim::{Command, Event, World};
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
    if let Some(group) = command.strip_prefix("group of ") {
        *world = World::new(scenario(group)?);
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
    let order = match command.split_once(' ') {
        None if command == "send" => Command::Send { producer: 0 },
        Some(("start", who)) => Command::StartConsumer { consumer: consumer(who)? },
        Some(("stop", who)) => Command::StopConsumer { consumer: consumer(who)? },
        Some(("kill", who)) if who.starts_with("consumer") => {
            Command::KillConsumer { consumer: consumer(who)? }
        }
        Some(("kill", "the leader")) => Command::Kill { broker: world.leader().ok_or("nobody leads")? },
        Some(("kill", who)) => Command::Kill { broker: broker(who)? },
        Some(("restart", who)) => Command::Restart { broker: broker(who)? },
        Some(("isolate", who)) => Command::Isolate { broker: broker(who)? },
        None if command == "heal" => Command::HealAll,
        _ => return Err("no such command".to_string()),
    };
    world.command(order).map_err(|refusal| refusal.to_string())?;
    Ok(happened(world))
}

/// `3, seed 7`, and what else is not as usual.
fn scenario(text: &str) -> Result<Scenario, String> {
    let mut settings = text.split(", ");
    let brokers = number(settings.next().unwrap_or_default())? as u8;
    let seed = settings.next().and_then(|s| s.strip_prefix("seed ")).ok_or("say `group of N, seed S`")?;
    let mut scenario = Scenario::silent(number(seed)?, brokers);
    for setting in settings {
        match setting.split(' ').collect::<Vec<_>>()[..] {
            ["route", "every", n, "s"] => scenario.poll_name_server_ms = number(n)? as u32 * 1000,
            [n, "queues"] => scenario.topics[0].queues = number(n)? as u8,
            [n, "consumer" | "consumers"] => {
                let consumer = |n| ConsumerSpec {
                    group: "GroupTest".to_string(),
                    topic: 0,
                    from: ConsumeFrom::First,
                    // Only the first one starts by itself.
                    start_ms: if n == 0 { 3_000 } else { 3_600_000 },
                    consume_ms: 0,
                };
                scenario.consumers = (0..number(n)?).map(consumer).collect();
            }
            _ => return Err(format!("`{setting}` is no setting")),
        }
    }
    Ok(scenario)
}

fn consumer(who: &str) -> Result<u8, String> {
    let n = who.strip_prefix("consumer ").ok_or(format!("{who} is no consumer"))?;
    number(n).map(|n| n as u8)
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
            return Err(format!("did not happen within {PATIENCE}"));
        }
        events = world.take_events();
        told.extend(events.iter().filter_map(|record| narrate(world, record)));
    }
    Ok(told)
}

fn holds(world: &World, condition: &str, events: &[ledgerscope::sim::Record]) -> Result<bool, String> {
    let words: Vec<&str> = condition.split(' ').collect();
    let process = |who: &str| broker(who).map(|b| world.up(usize::from(b.0)));
    Ok(match words[..] {
        ["somebody", "leads"] => world.leader().is_some(),
        ["nothing", "flies"] => world.in_flight().next().is_none(),
        ["message", n, "is", "answered"] => {
            let n = number(n)? as u32;
            events.iter().any(|r| matches!(r.event, Event::PutResult { number, .. } if number == n))
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
        [who, "is", "up"] => process(who)?.is_some(),
        [who, "is", "master"] => world.master() == Some(broker(who)?),
        [who, "has", "entry", n] => {
            let index = Index(number(n)? as i64);
            process(who)?.is_some_and(|b| b.member().end_index() >= index)
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
