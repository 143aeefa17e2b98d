use ledgerscope::check::{Run, Stats, swarm::{Plan, scenario}};
use ledgerscope::time::Micros;
use std::time::Instant;
use std::collections::BTreeMap;

fn main() {
    let a: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let t = Instant::now();
    let mut stats = Stats::default();
    let mut slow: Vec<(Micros, u64)> = vec![];
    let mut slowp: Vec<(Micros, u64)> = vec![];
    let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for seed in a[0]..a[1] {
        let s = scenario(seed, &Plan::default());
        let mut run = Run::new(s);
        if let Err(v) = run.finish() {
            if kinds.entry(v.what.name().to_string()).or_default().len() < 3 { println!("seed {seed}: {v}"); }
            kinds.entry(v.what.name().to_string()).or_default().push(seed);
        }
        slow.push((run.watch().slowest().0, seed));
        slowp.push((run.watch().slowest().1, seed));
        stats.add(&Stats { runs: 1, ..run.stats() });
    }
    slow.sort(); slow.reverse(); slowp.sort(); slowp.reverse();
    println!("leader {:?}", &slow[..8.min(slow.len())]);
    println!("put {:?}", &slowp[..8.min(slow.len())]);
    for (k, s) in kinds { println!("{k}: {} {:?}", s.len(), &s[..s.len().min(10)]); }
    let s = t.elapsed().as_secs_f64();
    println!("{stats:?} {s:.2} s, {:.0} per s, {:.1} runs/s", stats.events as f64 / s, stats.runs as f64 / s);
}
