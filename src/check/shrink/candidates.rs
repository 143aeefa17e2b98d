//! What is tried, one after the other, to make a scenario smaller.

use super::smaller;
use crate::scenario::{SEED_MAX, Scenario};
use crate::sim::Command;
use crate::time::Micros;

/// Seeds that are tried where one thing less is other chance all the same.
const SEEDS: usize = 20;
/// So many commands are left at a time, of more than the last of these numbers.
const WINDOWS: [usize; 4] = [3, 6, 12, 24];
/// About so many windows of each size are tried, with other seeds if there are fewer.
const WINDOWS_TRIED: usize = 1_000;
/// Of more commands not every two are tried together.
const PAIRS_MAX: usize = 50;
/// Times are rounded to these, in microseconds, if the same is broken all the same.
const ROUND: [u64; 5] = [1_000_000, 500_000, 100_000, 10_000, 1_000];
/// Time that is left out before a command is at least this, and at least this part of all there is.
const LESS_MIN: Micros = Micros::millis(10);
const HALVES: usize = 6;
/// Nothing happens before this, if it can wait: whoever watches the run sees a leader first.
const CALM: Micros = Micros::seconds(2);

/// The ways to make a scenario smaller, in the order in which they are tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// Only some commands that follow each other are left, as if all began with them. In a run with much trouble that
    /// finds more than to leave something out, which makes another run of all that comes after it. Tried once.
    Windows,
    /// Commands are left out: all, halves of them, quarters, and so on to single ones.
    Commands,
    /// Two commands are left out that do not follow each other: one may undo the other.
    Pairs,
    /// One or two brokers less.
    Brokers,
    /// What the group is like becomes as if nothing were said, one thing at a time.
    Parts,
    /// Commands become weaker.
    Weaker,
    /// A command is left out, or a part becomes plainer, with another seed. Only that is worth another seed.
    Seeds,
    /// What comes after a command comes sooner.
    Sooner,
    /// Times become round, and the beginning calm.
    Round,
}

const WAYS: [Way; 9] = [
    Way::Windows,
    Way::Commands,
    Way::Pairs,
    Way::Brokers,
    Way::Parts,
    Way::Weaker,
    Way::Seeds,
    Way::Sooner,
    Way::Round,
];

/// Where the search for something smaller is. All ways are gone through until none but those of time has found anything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candidates {
    way: usize,
    /// the place in it, and what is tried there
    at: usize,
    turn: usize,
    /// commands left out at a time; 0 before the first
    chunk: usize,
    /// something is less than when the first way was tried last
    less: bool,
    /// nothing is less since times were tried
    timed: bool,
}

/// What a way has to say.
enum Next {
    Try(Scenario),
    /// there is nothing left to try at this place
    Elsewhere,
    /// nor at any
    Over,
}

impl From<Option<Scenario>> for Next {
    fn from(scenario: Option<Scenario>) -> Next {
        scenario.map_or(Next::Elsewhere, Next::Try)
    }
}

impl Candidates {
    /// The last one is the best now.
    pub fn accepted(&mut self) {
        match WAYS[self.way] {
            Way::Windows => {
                self.less = true;
                self.at = WINDOWS.len();
            }
            // What follows has moved to this place.
            Way::Commands | Way::Parts | Way::Weaker => self.less = true,
            Way::Pairs => {
                self.less = true;
                self.turn = 0;
            }
            Way::Brokers | Way::Seeds => {
                self.less = true;
                (self.at, self.turn) = (0, 0);
            }
            Way::Sooner => self.turn = 0,
            Way::Round => self.next_place(),
        }
    }

    /// The last one is not.
    pub fn refused(&mut self) {
        match WAYS[self.way] {
            Way::Commands => self.at += self.chunk,
            _ => self.turn += 1,
        }
    }

    /// How much later than now the same may be broken.
    pub fn patience(&self) -> Micros {
        if WAYS[self.way] == Way::Round { CALM + Micros::seconds(1) } else { Micros::ZERO }
    }

    fn next_place(&mut self) {
        self.at += 1;
        self.turn = 0;
    }

    /// `false`: that was the last.
    fn next_way(&mut self) -> bool {
        let (way, less, timed) = match WAYS[self.way] {
            Way::Seeds if self.less => (1, false, false),
            Way::Seeds if self.timed => return false,
            Way::Round => (1, false, true),
            _ => (self.way + 1, self.less, self.timed),
        };
        *self = Candidates { way, less, timed, ..Candidates::default() };
        true
    }

    /// A scenario that is smaller than this one. `None`: there is none left to try.
    pub fn next(&mut self, best: &Scenario) -> Option<Scenario> {
        loop {
            let next = match WAYS[self.way] {
                Way::Windows => match WINDOWS.get(self.at) {
                    Some(size) if best.commands.len() > *size => self.window(best, *size).into(),
                    _ => Next::Over,
                },
                Way::Commands => self.without_commands(best),
                Way::Pairs if best.commands.len() > PAIRS_MAX => Next::Over,
                Way::Pairs if self.at >= best.commands.len() => Next::Over,
                Way::Pairs => self.without_pair(best).into(),
                Way::Brokers => self.with_fewer_brokers(best),
                Way::Parts => smaller::plainer(best, self.turn).map_or(Next::Over, Next::Try),
                Way::Weaker if self.at >= best.commands.len() => Next::Over,
                Way::Weaker => smaller::weaker(best, self.at, self.turn).into(),
                Way::Seeds => self.with_another_seed(best),
                Way::Sooner if self.at >= best.commands.len() => Next::Over,
                Way::Sooner => self.sooner(best).into(),
                Way::Round if self.at >= best.commands.len() => Next::Over,
                Way::Round => self.rounder(best).into(),
            };
            match next {
                Next::Try(candidate) if candidate != *best => return Some(candidate),
                Next::Try(_) => self.refused(),
                Next::Elsewhere => self.next_place(),
                Next::Over if self.next_way() => {}
                Next::Over => return None,
            }
        }
    }

    /// So many commands, and the end of all trouble if that is what comes last.
    fn window(&self, best: &Scenario, size: usize) -> Option<Scenario> {
        let quiet = best.commands.iter().rposition(|(_, command)| *command == Command::Calm);
        let quiet = quiet.filter(|at| best.commands[*at..].iter().all(|(_, c)| !smaller::is_trouble(c)));
        let (trouble, quiet) = best.commands.split_at(quiet.unwrap_or(best.commands.len()));
        let step = size.div_ceil(3);
        let windows = trouble.len().saturating_sub(size) / step + 1;
        let (window, again) = (self.turn % windows, self.turn / windows);
        if again > 0 && (again >= SEEDS || self.turn > WINDOWS_TRIED) {
            return None;
        }
        let seed = if again == 0 { best.seed } else { again as u64 };
        let end = trouble.len() - (window * step).min(trouble.len());
        let window = &trouble[end.saturating_sub(size)..end];
        let mut commands = Vec::new();
        let mut now = CALM;
        for part in [window, quiet] {
            let begins = part.first().map_or(Micros::ZERO, |(at, _)| *at);
            commands.extend(part.iter().map(|(at, command)| (now + (*at - begins), *command)));
            now = commands.last().map_or(now, |(at, _)| *at + Micros::seconds(1));
        }
        Some(Scenario { seed, commands, ..best.clone() })
    }

    fn without_commands(&mut self, best: &Scenario) -> Next {
        let count = best.commands.len();
        if self.chunk == 0 {
            self.chunk = count.max(1);
        }
        while self.at >= count {
            if self.chunk <= 1 {
                return Next::Over;
            }
            self.chunk = self.chunk.div_ceil(2);
            self.at = 0;
        }
        let mut scenario = best.clone();
        scenario.commands.drain(self.at..(self.at + self.chunk).min(count));
        Next::Try(scenario)
    }

    fn without_pair(&self, best: &Scenario) -> Option<Scenario> {
        let other = self.at + 1 + self.turn;
        (other < best.commands.len())
            .then(|| smaller::without_command(&smaller::without_command(best, other), self.at))
    }

    /// Two brokers less are tried before one: a majority of four takes as many as one of five.
    fn with_fewer_brokers(&mut self, best: &Scenario) -> Next {
        let count = best.brokers;
        let two = (0..count).flat_map(|a| (a + 1..count).map(move |b| vec![b, a])).filter(|_| count >= 5);
        let one = (0..count).map(|a| vec![a]).filter(|_| count >= 4);
        let Some(gone) = two.chain(one).nth(self.at) else { return Next::Over };
        let smaller = gone.into_iter().fold(best.clone(), |all, gone| smaller::without_broker(&all, gone));
        let seed = (best.seed + self.turn as u64) & SEED_MAX as u64;
        (self.turn < SEEDS).then_some(Scenario { seed, ..smaller }).into()
    }

    fn with_another_seed(&self, best: &Scenario) -> Next {
        let less = match self.at.checked_sub(best.commands.len()) {
            None => smaller::without_command(best, self.at),
            Some(n) => match smaller::plainer(best, n) {
                Some(scenario) => scenario,
                None => return Next::Over,
            },
        };
        (self.turn < SEEDS && less != *best).then_some(Scenario { seed: self.turn as u64, ..less }).into()
    }

    /// All of the time before a command is left out, or half of it, and so on.
    fn sooner(&self, best: &Scenario) -> Option<Scenario> {
        let begins = time_before(best, self.at).unwrap_or(CALM);
        let less = Micros(best.commands[self.at].0.0.saturating_sub(begins.0) >> self.turn);
        if self.turn > HALVES || less < LESS_MIN {
            return None;
        }
        let mut scenario = best.clone();
        scenario.commands[self.at..].iter_mut().for_each(|(at, _)| *at = *at - less);
        Some(scenario)
    }

    /// A command's time becomes round, down or up, and all that follow move along. The first waits for a calm beginning.
    fn rounder(&self, best: &Scenario) -> Option<Scenario> {
        let (now, least) = (best.commands[self.at].0, time_before(best, self.at));
        let calm = (least.is_none() && now < CALM).then_some(CALM);
        let round = |step: u64| [now.0 / step * step, now.0.next_multiple_of(step)].map(Micros);
        let round = ROUND.into_iter().flat_map(round).filter(|at| Some(*at) >= least);
        let at = calm.into_iter().chain(round).nth(self.turn)?;
        let mut scenario = best.clone();
        scenario.commands[self.at..].iter_mut().for_each(|(of, _)| *of = Micros(of.0 + at.0 - now.0));
        Some(scenario)
    }
}

/// When the command before this one is given.
fn time_before(scenario: &Scenario, at: usize) -> Option<Micros> {
    at.checked_sub(1).map(|before| scenario.commands[before].0)
}
