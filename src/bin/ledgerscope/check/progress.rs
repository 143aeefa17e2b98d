//! How far a search is, on standard error: every second on a terminal, else now and then.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Between two lines where they stay.
const EVERY: Duration = Duration::from_secs(10);
/// Between two where the next takes the place of the one before.
const EVERY_ON_A_TERMINAL: Duration = Duration::from_millis(500);

pub struct Progress {
    seeds: u64,
    silent: bool,
    terminal: bool,
    started: Instant,
    done: AtomicU64,
    said: Mutex<Instant>,
}

impl Progress {
    pub fn new(seeds: u64, silent: bool) -> Progress {
        let started = Instant::now();
        let terminal = io::stderr().is_terminal();
        Progress { seeds, silent, terminal, started, done: AtomicU64::new(0), said: Mutex::new(started) }
    }

    /// One more run is over.
    pub fn run_ended(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.say(|| {
            let rate = done as f64 / self.started.elapsed().as_secs_f64();
            let left = Duration::from_secs_f64((self.seeds.saturating_sub(done)) as f64 / rate);
            let (of, left) = (counted(self.seeds), in_words(left));
            format!("{} of {of} seeds, {rate:.1} a second, {left} left", counted(done))
        });
    }

    /// What was found is being made smaller.
    pub fn shrinking(&self, commands: usize, runs: u32) {
        self.say(|| {
            format!("making it smaller: {commands} commands left after {} runs", counted(runs.into()))
        });
    }

    /// The search is over, after so many runs that count.
    pub fn end(&self, runs: u64) {
        if !self.silent {
            let took = self.started.elapsed();
            let rate = self.done.load(Ordering::Relaxed) as f64 / took.as_secs_f64();
            let of = if runs == 1 { "seed" } else { "seeds" };
            self.write(&format!("{} {of} in {}, {rate:.1} a second", counted(runs), in_words(took)));
            if self.terminal {
                eprintln!();
            }
        }
    }

    fn say(&self, line: impl FnOnce() -> String) {
        let every = if self.terminal { EVERY_ON_A_TERMINAL } else { EVERY };
        // Whoever finds it taken leaves it to the other one.
        let Ok(mut said) = self.said.try_lock() else { return };
        if !self.silent && said.elapsed() >= every {
            *said = Instant::now();
            self.write(&line());
        }
    }

    fn write(&self, line: &str) {
        // Who does not read it needs it not.
        let _ = match self.terminal {
            true => write!(io::stderr(), "\r\x1b[K{line}"),
            false => writeln!(io::stderr(), "ledgerscope: {line}"),
        };
    }
}

/// A number with its thousands apart.
pub fn counted(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        s @ ..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min {} s", s / 60, s % 60),
        s => format!("{} h {} min", s / 3600, s / 60 % 60),
    }
}
