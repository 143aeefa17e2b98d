use ledgerscope::check::{
    Run, Shrink, Stats,
    swarm::{Plan, scenario},
};
use ledgerscope::ledger::Rule;
use ledgerscope::time::Micros;
use std::collections::BTreeMap;
use std::time::Instant;

fn plan() -> Plan {
    let mut plan = Plan::default();
    for name in std::env::var("OFF").unwrap_or_default().split(',') {
        if let Some(rule) = Rule::ALL.iter().find(|r| r.name() == name) {
            plan.rules = plan.rules.with(*rule, false);
        }
    }
    plan.power_loss = std::env::var("POWER").is_ok();
    if let Ok(m) = std::env::var("MINUTES") {
        plan.minutes = m.parse().unwrap();
    }
    if let Ok(m) = std::env::var("BROKERS") {
        plan.brokers = m.parse().ok();
    }
    plan
}
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let t = Instant::now();
    let t0 = t;
    if args[0] == "shrink" {
        let seed: u64 = args[1].parse().unwrap();
        let s = scenario(seed, &plan());
        let mut run = Run::new(s.clone());
        let v = run.finish().expect_err("nothing");
        eprintln!("{v}; {} commands", s.commands.len());
        let mut shrink = Shrink::new(s, v);
        let mut n = 0;
        while !shrink.step(u64::MAX / 4) {
            if shrink.best().0.commands.len() != n {
                n = shrink.best().0.commands.len();
                eprintln!("{n} commands, {} runs {:.1} s", shrink.runs(), t.elapsed().as_secs_f64());
            }
        }
        let (s, v) = shrink.best();
        eprintln!(
            "{v}; {} commands, {} runs {:.1} s",
            s.commands.len(),
            shrink.runs(),
            t.elapsed().as_secs_f64()
        );
        println!("{}", serde_json::to_string(s).unwrap().replace("{\"at_us", "\n{\"at_us"));
        return;
    }
    if args[0] == "file" {
        let text = std::fs::read_to_string(&args[1]).unwrap();
        let draft: ledgerscope::scenario::Draft = serde_json::from_str(&text).unwrap();
        let s = ledgerscope::scenario::Scenario::from_draft(&draft).unwrap();
        let v = match Run::new(s.clone()).finish() { Err(v) => v, Ok(()) => { println!("nothing"); return; } };
        println!("{v}; {} commands", s.commands.len());
        let mut shrink = Shrink::new(s, v);
        while !shrink.step(u64::MAX / 4) {}
        let (s, v) = shrink.best();
        println!("{v}; {} commands, {} runs", s.commands.len(), shrink.runs());
        std::fs::write(&args[2], serde_json::to_string(s).unwrap().replace("{\"at_us", "\n{\"at_us")).unwrap();
        return;
    }
    if args[0] == "pool" {
        use ledgerscope::sim::Command as C;
        use ledgerscope::ledger::MemberId as M;
        let name = &args[1];
        let range: Vec<u64> = args[2..4].iter().map(|a| a.parse().unwrap()).collect();
        let rule = *Rule::ALL.iter().find(|r| r.name() == name).unwrap();
        let pool: Vec<String> = std::env::var("POOL").unwrap_or_default().split(' ').map(String::from).collect();
        let most: u64 = std::env::var("MOST").map_or(6, |s| s.parse().unwrap());
        let gap: u64 = std::env::var("GAP").map_or(6000, |s| s.parse().unwrap());
        let tail: u64 = std::env::var("TAIL").map_or(15, |s| s.parse().unwrap());
        let want = std::env::var("WANT").ok();
        let few: usize = std::env::var("FEW").map_or(5, |s| s.parse().unwrap());
        let (mut fewest, mut best_at) = (1000, u64::MAX);
        let mut n = 0;
        for seed in range[0]..range[1] {
            let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
            let mut below = |b: u64| { x ^= x << 13; x ^= x >> 7; x ^= x << 17; (x >> 11) % b };
            let mut s = ledgerscope::scenario::Scenario { seed: below(1000), ..Default::default() };
            s.rules = plan().rules.with(rule, false);
            s.producers[0].every_ms = [5000, 2000, 1000, 500, 200][below(5) as usize];
            s.poll_name_server_ms = if below(3) == 0 { 1000 } else { 30_000 };
            if below(4) == 0 { s.preferred_leaders = vec![M(below(3) as u8)]; }
            let mut now = 2_000_000u64;
            if let Ok(e) = std::env::var("EVERY") { s.producers[0].every_ms = e.parse().unwrap(); }
            if std::env::var("POLL").is_ok() { s.poll_name_server_ms = 1000; }
            let victim = M(below(3) as u8);
            let template = std::env::var("TEMPLATE").ok();
            let steps: Vec<String> = match &template {
                Some(t) => t.split(' ').map(String::from).collect(),
                None => (0..=below(most)).map(|_| pool[below(pool.len() as u64) as usize].clone()).collect(),
            };
            for step in steps {
                let parts: Vec<&str> = step.split(':').collect();
                let who = |p: Option<&&str>, any: u64| match p { Some(&"v") => victim, Some(&"w") => M((victim.0 + 1) % 3), Some(&"x") => M((victim.0 + 2) % 3), _ => M(any as u8) };
                let any = if below(2) == 0 { u64::from(victim.0) } else { below(3) };
                let broker = who(parts.get(1), any);
                let to = who(parts.get(2), below(3));
                if let Some(g) = parts.iter().find_map(|p| p.split_once('-')) {
                    let (a, b): (u64, u64) = (g.0.parse().unwrap(), g.1.parse().unwrap());
                    now += a * 1000 + below((b - a) * 1000 + 1);
                }
                let c = match parts[0] {
                    "isolate" => C::Isolate { broker }, "kill" => C::Kill { broker }, "restart" => C::Restart { broker },
                    "heal_all" => C::HealAll, "pause" => C::Pause { broker }, "resume" => C::Resume { broker },
                    "transfer" => C::Transfer { broker }, "cut" => C::Cut { from: broker, to },
                    "delay" => C::Delay { from: broker, to, ms: [1000, 2000, 5000, 10000][below(4) as usize] },
                    "undelay" => C::Delay { from: broker, to, ms: 0 },
                    "slow" => C::Disk { broker, slow_ms: Some([0, 100, 1000][below(3) as usize]), full: None },
                    "full" => C::Disk { broker, slow_ms: None, full: Some(below(2) == 0) },
                    "power" => C::PowerLoss { broker },
                    "send" => C::Send { producer: 0 },
                    o => panic!("{o}"),
                };
                s.commands.push((Micros(now), c));
                if template.is_none() { now += match below(4) { 0 => below(20) * 1000, 1 => below(600_000), _ => below(gap) * 1000 }; }
            }
            if tail > 60 { s.commands.push((Micros(now), C::Calm)); for b in 0..3 { s.commands.push((Micros(now), C::Restart { broker: M(b) })); } }
            let until = Micros(now + tail * 1_000_000);
            n += 1;
            let Err(v) = Run::until(s.clone(), until).finish() else { continue };
            if want.as_ref().is_some_and(|w| w != v.what.name()) { continue; }
            let mut kept = s.clone();
            kept.rules = kept.rules.with(rule, true);
            if Run::until(kept, until).finish().is_err() { continue; }
            println!("{name}: {n} runs {:?} {:.0} s: {v}", v.invariant().name(), t0.elapsed().as_secs_f64());
            let mut shrink = Shrink::new(s, v);
            while !shrink.step(u64::MAX / 4) {}
            let (s, v) = shrink.best();
            println!("{name}: {} commands, {} runs {:.0} s: {v}", s.commands.len(), shrink.runs(), t0.elapsed().as_secs_f64());
            if s.commands.len() < fewest || s.commands.len() == fewest && v.at.0 < best_at {
                fewest = s.commands.len();
                best_at = v.at.0;
                std::fs::write(format!("/tmp/wt/broken-out/{name}.pool.json"), serde_json::to_string(s).unwrap().replace("{\"at_us", "\n{\"at_us")).unwrap();
            }
            if fewest <= few { return; }
        }
        println!("{name}: nothing more in {n} runs {:.0} s", t0.elapsed().as_secs_f64());
        return;
    }
    if args[0] == "small" {
        let name = &args[1];
        let range: Vec<u64> = args[2..4].iter().map(|a| a.parse().unwrap()).collect();
        let rule = *Rule::ALL.iter().find(|r| r.name() == name).unwrap();
        let mut plan = plan();
        plan.rules = plan.rules.with(rule, false);
        plan.minutes = 1;
        let want = std::env::var("WANT").ok();
        let size: usize = std::env::var("SIZE").map_or(10, |s| s.parse().unwrap());
        let tail: u64 = std::env::var("TAIL").map_or(15, |s| s.parse().unwrap());
        let stop: usize = std::env::var("FEW").map_or(8, |s| s.parse().unwrap());
        let mut fewest = 1000;
        let mut n = 0u64;
        for seed in range[0]..range[1] {
            let s = scenario(seed, &plan);
            let calm = s.commands.iter().position(|c| c.1 == ledgerscope::sim::Command::Calm).unwrap();
            for at in (0..calm).step_by((calm / 4).max(size)) {
                let mut t = s.clone();
                t.commands = s.commands[at..calm.min(at + size)].to_vec();
                let begin = t.commands[0].0;
                for c in &mut t.commands { c.0 = Micros(c.0.0 - begin.0 + 2_000_000); }
                if tail > 60 { let e = t.commands.last().unwrap().0 + Micros(100_000); let d = e.0;
                    for c in &s.commands[calm..] { t.commands.push((Micros(c.0.0 - s.commands[calm].0.0 + d), c.1)); } }
                let until = t.commands.last().unwrap().0 + Micros(tail * 1_000_000);
                n += 1;
                let Err(v) = Run::until(t.clone(), until).finish() else { continue };
                if want.as_ref().is_some_and(|w| w != v.what.name()) { continue; }
                let mut kept = t.clone();
                kept.rules = kept.rules.with(rule, true);
                if Run::until(kept, until).finish().is_err() { continue; }
                println!("{name}: seed {seed} {n} runs {:?} {:.0} s: {v}", v.invariant().name(), t0.elapsed().as_secs_f64());
                let mut shrink = Shrink::new(t, v);
                while !shrink.step(u64::MAX / 4) {}
                let (s, v) = shrink.best();
                println!("{name}: {} brokers {} commands, {} runs {:.0} s: {v}", s.brokers, s.commands.len(), shrink.runs(), t0.elapsed().as_secs_f64());
                if s.commands.len() < fewest {
                    fewest = s.commands.len();
                    std::fs::write(format!("/tmp/wt/broken-out/{name}.small.json"), serde_json::to_string(s).unwrap().replace("{\"at_us", "\n{\"at_us")).unwrap();
                }
                if fewest <= stop { return; }
            }
        }
        println!("{name}: nothing more in {n} runs, {:.0} s", t0.elapsed().as_secs_f64());
        return;
    }
    if args[0] == "rule" {
        let name = &args[1];
        let range: Vec<u64> = args[2..4].iter().map(|a| a.parse().unwrap()).collect();
        let rule = *Rule::ALL.iter().find(|r| r.name() == name).unwrap();
        let mut plan = plan();
        plan.rules = plan.rules.with(rule, false);
        let want = std::env::var("WANT").ok();
        for seed in range[0]..range[1] {
            let s = scenario(seed, &plan);
            let mut run = Run::new(s.clone());
            let Err(v) = run.finish() else { continue };
            let mut kept = s.clone();
            kept.rules = kept.rules.with(rule, rule != Rule::FlushBeforeAcknowledging);
            if rule == Rule::FlushBeforeAcknowledging { kept.rules = kept.rules.with(rule, true); }
            if Run::new(kept).finish().is_err() { continue; }
            if want.as_ref().is_some_and(|w| w != v.what.name()) { continue; }
            println!("{name}: seed {seed} {:?} {:.0} s: {v}; {} commands", v.invariant().name(), t.elapsed().as_secs_f64(), s.commands.len());
            if std::env::var("NOSHRINK").is_ok() { if std::env::var("ALL").is_ok() {continue;} return; }
            let mut shrink = Shrink::new(s, v);
            while !shrink.step(u64::MAX / 4) {}
            let (s, v) = shrink.best();
            println!("{name}: {} brokers {} commands, {} runs {:.0} s: {v}", s.brokers, s.commands.len(), shrink.runs(), t.elapsed().as_secs_f64());
            std::fs::write(format!("/tmp/wt/broken-out/{name}.json"), serde_json::to_string(s).unwrap().replace("{\"at_us", "\n{\"at_us")).unwrap();
            return;
        }
        println!("{name}: nothing in {:?}, {:.0} s", range, t.elapsed().as_secs_f64());
        return;
    }
    let a: Vec<u64> = args.iter().map(|a| a.parse().unwrap()).collect();
    let mut stats = Stats::default();
    let mut slow: Vec<(Micros, u64)> = vec![];
    let mut slowp: Vec<(Micros, u64)> = vec![];
    let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for seed in a[0]..a[1] {
        let s = scenario(seed, &plan());
        let mut run = Run::new(s);
        if let Err(v) = run.finish() {
            if kinds.entry(v.what.name().to_string()).or_default().len() < 3 {
                println!("seed {seed}: {v}");
            }
            kinds.entry(v.what.name().to_string()).or_default().push(seed);
        }
        slow.push((run.watch().slowest().0, seed));
        slowp.push((run.watch().slowest().1, seed));
        stats.add(&Stats { runs: 1, ..run.stats() });
    }
    slow.sort();
    slow.reverse();
    slowp.sort();
    slowp.reverse();
    println!("leader {:?}", &slow[..8.min(slow.len())]);
    println!("put {:?}", &slowp[..8.min(slow.len())]);
    for (k, s) in kinds {
        println!("{k}: {} {:?}", s.len(), &s[..s.len().min(10)]);
    }
    let s = t.elapsed().as_secs_f64();
    println!("{stats:?} {s:.2} s, {:.0} per s, {:.1} runs/s", stats.events as f64 / s, stats.runs as f64 / s);
}
