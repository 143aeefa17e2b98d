//! Runs one case a number of times and nothing else, for a profiler: `once 'commit one at a time/ledgerscope' 5`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use ledgerscope_bench::cases;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let times: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let cases = cases();
    let Some(case) = cases.iter().find(|case| case.name == name) else {
        eprintln!("There are these cases:");
        for case in &cases {
            eprintln!("  {}", case.name);
        }
        return ExitCode::FAILURE;
    };
    let (mut elements, mut took, mut remark) = (0, Duration::ZERO, String::new());
    for _ in 0..times {
        let mut work = case.prepare();
        let start = Instant::now();
        elements += work.run();
        took += start.elapsed();
        remark = work.remark();
    }
    println!("{elements} elements, {:.0} a second {remark}", elements as f64 / took.as_secs_f64());
    ExitCode::SUCCESS
}
