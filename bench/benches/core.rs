//! Times every case, then lets all cases take turns and prints the ratios of those that are compared. Ratios get turns
//! of their own because the speed of a machine changes over a run by more than the cases differ.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use ledgerscope_bench::{Case, cases, ratios};

/// Turns that every case gets for the ratios.
const TURNS: usize = 21;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .without_plots()
        .configure_from_args();
    let cases = cases();
    for case in &cases {
        time(&mut criterion, case);
    }
    criterion.final_summary();
    // With a filter, or only to see that all works, the cases above are enough.
    if std::env::args().skip(1).eq(["--bench"]) {
        compare(&cases);
    }
}

fn time(criterion: &mut Criterion, case: &Case) {
    let Some((group, name)) = case.name.split_once('/') else {
        return;
    };
    // Every run of a case comes to the same number.
    let elements = case.prepare().run();
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(elements));
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| one_run(case).1).sum());
    });
}

/// Elements, and how long they took.
fn one_run(case: &Case) -> (u64, Duration) {
    let mut work = case.prepare();
    let start = Instant::now();
    let elements = work.run();
    (elements, start.elapsed())
}

fn compare(cases: &[Case]) {
    let mut speeds: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..TURNS {
        for case in cases {
            let (elements, took) = one_run(case);
            speeds.entry(&case.name).or_default().push(elements as f64 / took.as_secs_f64());
        }
    }
    println!("\nElements a second and ratios, medians of {TURNS} turns:\n");
    for case in cases {
        println!("{:>10.0}  {}", median(speeds[&*case.name].clone()), case.name);
    }
    println!();
    for (of, to) in ratios() {
        let pairs = speeds[&*of].iter().zip(&speeds[&*to]);
        println!("{:>10.2}  {of} : {to}", median(pairs.map(|(a, b)| a / b).collect()));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
