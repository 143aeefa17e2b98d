//! Scenarios of which one thing is less, or plainer.

use crate::client::ConsumeFrom;
use crate::ledger::MemberId;
use crate::scenario::{ConsumerSpec, LinkChange, ProducerSpec, Scenario, Timed};
use crate::sim::Command;

/// A message every five seconds is the default; more often is worse, but better than at odd times.
const EVERY_MS: [u32; 6] = [5_000, 2_000, 1_000, 500, 200, 100];

/// Whether it is not only about the end of trouble.
pub fn is_trouble(command: &Command) -> bool {
    use Command as C;
    !matches!(command, C::Calm | C::HealAll | C::Restart { .. } | C::StartConsumer { .. })
}

/// The scenario with its n-th part as if nothing were said, or less of it. `None`: there is no such part.
pub fn plainer(scenario: &Scenario, n: usize) -> Option<Scenario> {
    let plain = Scenario::default();
    let one_topic = || {
        let mut scenario = scenario.clone();
        scenario.producers.iter_mut().for_each(|producer| producer.topic = 0);
        scenario.consumers.iter_mut().for_each(|consumer| consumer.topic = 0);
        scenario.topics.truncate(1);
        scenario
    };
    let of = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = scenario.clone();
        change(&mut scenario);
        scenario
    };
    let consumer = ConsumerSpec {
        group: "GroupTest".to_string(),
        topic: 0,
        from: ConsumeFrom::First,
        start_ms: 3_000,
        consume_ms: 0,
    };
    let mut all = vec![
        of(&|s| s.consumers.clear()),
        of(&|s| s.producers = plain.producers.clone()),
        Scenario { topics: plain.topics.clone(), ..one_topic() },
        one_topic(),
        of(&|s| s.topics.iter_mut().filter(|topic| topic.queues > 2).for_each(|topic| topic.queues = 1)),
        of(&|s| s.files = plain.files),
        of(&|s| s.batch_append = plain.batch_append),
        of(&|s| s.preferred_leaders.clear()),
        of(&|s| s.poll_name_server_ms = plain.poll_name_server_ms),
        of(&|s| s.register_broker_ms = plain.register_broker_ms),
    ];
    if ![1_000, plain.poll_name_server_ms].contains(&scenario.poll_name_server_ms) {
        all.push(of(&|s| s.poll_name_server_ms = 1_000));
    }
    all.extend((0..scenario.consumers.len()).map(|n| without_consumer(scenario, n)));
    all.extend((1..scenario.producers.len()).rev().map(|n| without_producer(scenario, n)));
    for n in 0..scenario.consumers.len() {
        all.push(of(&|s| s.consumers[n] = ConsumerSpec { topic: s.consumers[n].topic, ..consumer.clone() }));
        all.push(of(&|s| s.consumers[n].consume_ms = 0));
        all.push(of(&|s| s.consumers[n].start_ms = consumer.start_ms));
    }
    for (n, producer) in scenario.producers.iter().enumerate() {
        let round = EVERY_MS.iter().position(|ms| *ms == producer.every_ms).unwrap_or(EVERY_MS.len());
        let to = |spec: ProducerSpec| of(&|s| s.producers[n] = spec);
        all.push(to(ProducerSpec { batch: 1, ..*producer }));
        all.extend(
            EVERY_MS[..round].iter().map(|every_ms| to(ProducerSpec { every_ms: *every_ms, ..*producer })),
        );
    }
    all.into_iter().nth(n)
}

/// The scenario without a command.
pub fn without_command(scenario: &Scenario, at: usize) -> Scenario {
    let mut smaller = scenario.clone();
    smaller.commands.remove(at);
    smaller
}

/// The scenario without a consumer; those after it are numbered anew.
fn without_consumer(scenario: &Scenario, gone: usize) -> Scenario {
    use Command as C;
    let mut smaller = scenario.clone();
    smaller.consumers.remove(gone);
    smaller.commands.retain_mut(|(_, command)| match command {
        C::StartConsumer { consumer } | C::StopConsumer { consumer } | C::KillConsumer { consumer } => {
            let stays = usize::from(*consumer) != gone;
            *consumer -= u8::from(usize::from(*consumer) > gone);
            stays
        }
        _ => true,
    });
    smaller
}

/// The scenario without a producer; those after it are numbered anew.
fn without_producer(scenario: &Scenario, gone: usize) -> Scenario {
    let mut smaller = scenario.clone();
    smaller.producers.remove(gone);
    smaller.commands.retain_mut(|(_, command)| match command {
        Command::Send { producer } => {
            let stays = usize::from(*producer) != gone;
            *producer -= u8::from(usize::from(*producer) > gone);
            stays
        }
        _ => true,
    });
    smaller
}

/// The scenario of a group without this broker; those above it are numbered anew.
pub fn without_broker(scenario: &Scenario, gone: u8) -> Scenario {
    let mut smaller = scenario.clone();
    smaller.brokers -= 1;
    let moved = |id: MemberId| (id.0 != gone).then(|| MemberId(id.0 - u8::from(id.0 > gone)));
    smaller.preferred_leaders = scenario.preferred_leaders.iter().filter_map(|id| moved(*id)).collect();
    let one = |(at, command): &Timed| {
        use Command as C;
        // Of a command to a link from or to somewhere only, what is left is not the same command.
        let end = |id: Option<MemberId>| match id {
            None => Some(None),
            Some(id) => moved(id).map(Some),
        };
        let command = match *command {
            C::Kill { broker } => C::Kill { broker: moved(broker)? },
            C::PowerLoss { broker } => C::PowerLoss { broker: moved(broker)? },
            C::Restart { broker } => C::Restart { broker: moved(broker)? },
            C::Transfer { broker } => C::Transfer { broker: moved(broker)? },
            C::Isolate { broker } => C::Isolate { broker: moved(broker)? },
            C::Pause { broker } => C::Pause { broker: moved(broker)? },
            C::Resume { broker } => C::Resume { broker: moved(broker)? },
            C::Cut { from, to } => C::Cut { from: moved(from)?, to: moved(to)? },
            C::Heal { from, to } => C::Heal { from: moved(from)?, to: moved(to)? },
            C::Delay { from, to, ms } => C::Delay { from: moved(from)?, to: moved(to)?, ms },
            C::Network { from, to, change } => C::Network { from: end(from)?, to: end(to)?, change },
            C::Clock { broker, rate_permille } => C::Clock { broker: moved(broker)?, rate_permille },
            C::Disk { broker, slow_ms, full } => C::Disk { broker: moved(broker)?, slow_ms, full },
            C::Partition { groups } => C::Partition { groups: groups.without(MemberId(gone)) },
            other => other,
        };
        Some((*at, command))
    };
    smaller.commands = scenario.commands.iter().filter_map(one).collect();
    smaller
}

/// The scenario with the n-th of the commands in place of one that do less, or the same in fewer or rounder words.
pub fn weaker(scenario: &Scenario, at: usize, n: usize) -> Option<Scenario> {
    use Command as C;
    let round = |all: &[u32], now: u32| {
        let first = all.iter().position(|one| *one == now).unwrap_or(all.len());
        all[..first].to_vec()
    };
    let others: Vec<Command> = match scenario.commands.get(at)?.1 {
        C::Network { from, to, change } => {
            let mut all: Vec<Command> = less(change).map(|change| C::Network { from, to, change }).collect();
            if let (Some(from), Some(to)) = (from, to) {
                all.insert(0, C::Cut { from, to });
            }
            all.push(C::Network { from: None, to: None, change });
            all
        }
        C::Delay { from, to, ms } => {
            let ms = round(&[0, 1_000, 2_000, 500, 200, 100, 50, 20, 10], ms);
            ms.into_iter().map(|ms| C::Delay { from, to, ms }).collect()
        }
        C::Disk { broker, slow_ms, full } => {
            let mut all = Vec::new();
            if slow_ms.is_some() && full.is_some() {
                all.push(C::Disk { broker, slow_ms, full: None });
                all.push(C::Disk { broker, slow_ms: None, full });
            }
            let slow = slow_ms.map_or(Vec::new(), |slow| round(&[0, 10, 100, 1_000, 20, 50, 200, 500], slow));
            all.extend(slow.into_iter().map(|slow| C::Disk { broker, slow_ms: Some(slow), full }));
            all
        }
        C::Clock { broker, rate_permille } => {
            let rates = round(&[1_000, 500, 2_000, 900, 1_100], u32::from(rate_permille));
            let to = |rate: u32| C::Clock { broker, rate_permille: rate as u16 };
            rates.into_iter().map(to).collect()
        }
        C::Calm => vec![C::HealAll],
        C::PowerLoss { broker } => vec![C::Kill { broker }],
        C::KillConsumer { consumer } => vec![C::StopConsumer { consumer }],
        _ => Vec::new(),
    };
    let mut weaker = scenario.clone();
    weaker.commands[at].1 = *others.get(n)?;
    Some(weaker)
}

/// Changes of a link of which one thing is left out, or rounder.
fn less(change: LinkChange) -> impl Iterator<Item = LinkChange> {
    let tens = |n: u16| if n > 10 { n / 10 * 10 } else { n };
    let digit = |n: u32| n / 10u32.pow(n.max(1).ilog10()) * 10u32.pow(n.max(1).ilog10());
    let all = [
        LinkChange { loss_permille: None, ..change },
        LinkChange { duplicate_permille: None, ..change },
        LinkChange { reorder_permille: None, ..change },
        LinkChange { latency_us: None, ..change },
        LinkChange { jitter_us: None, ..change },
        LinkChange { loss_permille: change.loss_permille.map(tens), ..change },
        LinkChange { duplicate_permille: change.duplicate_permille.map(tens), ..change },
        LinkChange { reorder_permille: change.reorder_permille.map(tens), ..change },
        LinkChange { latency_us: change.latency_us.map(digit), ..change },
        LinkChange { jitter_us: change.jitter_us.map(digit), ..change },
    ];
    // A network command that changes nothing is left out by another way.
    all.into_iter().filter(move |less| *less != change && *less != LinkChange::default())
}
