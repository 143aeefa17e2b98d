//! The models: where they start, and how far they go.

use ledgerscope::check::Invariant;
use ledgerscope::ledger::{Config, MemberId, Rule, Rules};

use crate::action::{Action, Bounds, Fate};
use crate::group::Group;
use crate::state::{Spent, State};

const A: MemberId = MemberId(0);
const B: MemberId = MemberId(1);
const C: MemberId = MemberId(2);

/// Steps that lead to where a model starts.
struct Script<'a> {
    group: &'a Group,
    state: State,
}

impl Script<'_> {
    fn act(&mut self, action: Action) {
        self.state = self.group.after_unordered(&self.state, &action);
    }

    fn round(&mut self, member: MemberId, reached: &[MemberId]) {
        self.act(Action::Round { member, reached: reached.to_vec() });
    }

    /// Until the peer has what the leader has, and knows what is committed.
    fn replicate(&mut self, leader: MemberId, peer: MemberId) {
        // As long as it takes, but for rules without which it takes for ever.
        for _ in 0..20 {
            for late in [false, true] {
                self.act(Action::Push { leader, peer, late, fate: Fate::Arrives });
            }
            self.act(Action::CheckGaps(peer));
        }
    }

    fn end(mut self) -> State {
        self.state.spent = Spent::default();
        self.state
    }
}

/// Nobody has voted yet, and there are no entries.
fn cold(group: &Group) -> State {
    group.fresh()
}

/// A leads term 0. All hold one entry, and know that it is committed.
fn settled(group: &Group) -> State {
    let mut script = Script { group, state: group.fresh() };
    script.round(A, &[B, C]);
    script.round(A, &[B, C]);
    script.act(Action::Append(A));
    script.replicate(A, B);
    script.replicate(A, C);
    script.end()
}

/// As before, but A appended an entry that nobody got, and B was elected by C in term 1 without A noticing.
fn diverged(group: &Group) -> State {
    let mut script = Script { group, state: settled(group) };
    script.act(Action::Append(A));
    script.round(B, &[]); // its leader is silent
    script.round(C, &[]);
    script.round(B, &[C]); // of term 0, in vain
    script.round(B, &[C]); // of term 1: C has to get there first
    script.round(C, &[]);
    script.round(B, &[C]);
    script.round(B, &[C]);
    script.end()
}

/// As before, but B has appended another entry, which C has too. A follows B by now, which has sent it nothing yet.
fn behind(group: &Group) -> State {
    let mut script = Script { group, state: diverged(group) };
    script.act(Action::Append(B));
    script.replicate(B, C);
    script.round(B, &[A]);
    script.round(A, &[]);
    script.round(B, &[A]);
    script.end()
}

/// As before B appended: now it appends an entry that nobody gets, and A is elected again, by C in term 2. B knows of
/// that term, and will stand in the next. (The scene of figure 8 in the Raft paper.)
fn old_entries(group: &Group) -> State {
    let mut script = Script { group, state: diverged(group) };
    script.act(Action::Append(B));
    script.round(A, &[C]); // C is in term 1
    script.round(A, &[C]); // in vain in term 0
    script.round(C, &[]); // C's leader is silent
    script.round(A, &[C]); // in vain in term 1
    script.round(A, &[C]); // of term 2: C has to get there first
    script.round(C, &[]);
    script.round(A, &[C]);
    script.round(B, &[C]); // C is in term 2
    script.round(B, &[C]); // in vain in term 1
    script.round(B, &[C]); // in vain in term 2
    script.round(A, &[C]);
    script.end()
}

/// A place to start from, and how far to go.
#[derive(Clone, Copy)]
pub struct Named {
    pub name: &'static str,
    start: fn(&Group) -> State,
    instant_calls: bool,
    pub bounds: Bounds,
}

const fn bounds(term: i64, entries: usize, appends: u8, restarts: u8, rounds: u8, delays: u8) -> Bounds {
    Bounds { term, entries, appends, restarts, power_losses: 0, rounds, delays }
}

const fn elections(term: i64, restarts: u8, delays: u8) -> Named {
    let bounds = bounds(term, 0, 0, restarts, u8::MAX, delays);
    Named { name: "elections", start: cold, instant_calls: false, bounds }
}

const fn instant(name: &'static str, start: fn(&Group) -> State, bounds: Bounds) -> Named {
    Named { name, start, instant_calls: true, bounds }
}

const fn replication(bounds: Bounds) -> Named {
    instant("replication", settled, bounds)
}

const fn two_leaders(bounds: Bounds) -> Named {
    instant("two leaders", diverged, bounds)
}

const fn late_follower(bounds: Bounds) -> Named {
    instant("late follower", behind, bounds)
}

const fn figure_8(bounds: Bounds) -> Named {
    instant("figure 8", old_entries, bounds)
}

const fn power_loss(bounds: Bounds, power_losses: u8) -> Named {
    instant("power loss", settled, Bounds { power_losses, ..bounds })
}

/// Seconds, all together.
pub const SMALL: [Named; 7] = [
    elections(1, 0, 0),
    elections(0, 1, 1),
    replication(bounds(0, 3, 1, 0, 0, 1)),
    replication(bounds(1, 2, 0, 1, 2, 0)),
    two_leaders(bounds(1, 3, 0, 0, 0, 1)),
    late_follower(bounds(1, 3, 1, 1, 0, 0)),
    figure_8(bounds(3, 4, 0, 0, 0, 0)),
];

/// Minutes.
pub const LARGE: [Named; 8] = [
    elections(2, 1, 0),
    elections(1, 1, 1),
    replication(bounds(1, 4, 2, 0, 0, 2)),
    replication(bounds(1, 3, 1, 0, 3, 1)),
    replication(bounds(1, 3, 1, 1, 2, 0)),
    two_leaders(bounds(2, 4, 1, 0, 0, 1)),
    late_follower(bounds(2, 4, 1, 1, 1, 0)),
    figure_8(bounds(3, 5, 0, 0, 2, 0)),
];

/// Where `FlushBeforeAcknowledging` is needed, which no program has.
pub const SMALL_FLUSHED: [Named; 1] = [power_loss(bounds(0, 2, 1, 0, 1, 0), 1)];
pub const LARGE_FLUSHED: [Named; 3] = [
    power_loss(bounds(0, 2, 1, 0, 1, 0), 2),
    power_loss(bounds(0, 3, 1, 0, 1, 0), 1),
    power_loss(bounds(1, 2, 1, 0, 3, 0), 1),
];

/// A rule, and where its absence shows.
pub struct Case {
    pub rule: Rule,
    pub model: Named,
    pub broken: Invariant,
}

const fn case(rule: Rule, model: Named, broken: Invariant) -> Case {
    Case { rule, model, broken }
}

/// Rules without which something breaks.
pub const CASES: &[Case] = &[
    case(Rule::CompareFromTheEnd, late_follower(bounds(1, 3, 0, 0, 0, 0)), Invariant::CommittedEntriesAgree),
    case(Rule::CheckControlPushes, two_leaders(bounds(1, 3, 1, 0, 0, 0)), Invariant::AcknowledgedKept),
    case(Rule::TruncateOnlyConflicts, two_leaders(bounds(1, 3, 1, 0, 0, 1)), Invariant::AcknowledgedKept),
    case(Rule::EraseOnTruncate, late_follower(bounds(1, 3, 1, 1, 0, 0)), Invariant::LogMatching),
    case(Rule::CountOnlyCurrentTerm, figure_8(bounds(3, 4, 0, 0, 2, 0)), Invariant::LeaderCompleteness),
    case(Rule::RememberVote, elections(0, 1, 0), Invariant::OneLeaderPerTerm),
    case(Rule::CompareLogsBeforeVoting, replication(bounds(1, 3, 1, 0, 3, 0)), Invariant::LeaderCompleteness),
    case(Rule::MajorityToWin, elections(0, 0, 0), Invariant::OneLeaderPerTerm),
    case(Rule::MajorityToCommit, replication(bounds(0, 2, 1, 0, 0, 0)), Invariant::AcknowledgedKept),
    case(Rule::RaiseTheTerm, elections(0, 0, 0), Invariant::OneLeaderPerTerm),
    case(Rule::StepDownOnLargerTerm, elections(1, 0, 0), Invariant::OneLeaderPerTerm),
    case(Rule::TruncateConflicts, late_follower(bounds(1, 3, 0, 0, 0, 0)), Invariant::CommittedEntriesAgree),
    case(Rule::VoteOnceATerm, elections(0, 0, 0), Invariant::OneLeaderPerTerm),
    case(
        Rule::FlushBeforeAcknowledging,
        power_loss(bounds(0, 2, 1, 0, 0, 0), 1),
        Invariant::AcknowledgedKept,
    ),
];

/// Rules without which nothing breaks that is looked at here, as long as the others are kept.
pub const HARMLESS: &[(Rule, &str)] = &[
    (
        Rule::VoteByTheLog,
        "A stale end is of a term older than that of any entry committed since, so that it wins no majority that a \
         leader must not win; it can only cost votes. Where TRUNCATE takes committed entries away the two are a hole \
         together.",
    ),
    (Rule::ResendFromTheMatch, "Without it entries arrive late."),
    (
        Rule::AnswerOnlyCommitted,
        "An index that was applied stays what it was, unless TRUNCATE takes committed entries away.",
    ),
    (Rule::BatchesFill, "Without it entries travel alone, as in this model."),
    (Rule::NoopOnElection, "Without it entries are committed late."),
    (
        Rule::HeedLargerTerm,
        "A leader that a majority follows may lead on; without the rule the other waits longer.",
    ),
    (Rule::AnswerOnTermChange, "Without it clients wait longer."),
    (Rule::DispatchOnlyCommitted, "Of the broker around the member."),
    (Rule::RecoverBeforeServing, "Of the broker around the member."),
    (Rule::RecoverQueuesWhole, "Of the broker around the member."),
    (Rule::TakeOnlyAsMaster, "Of the broker around the member."),
];

impl Named {
    /// The model, of members that keep these rules. Up to its start they kept all.
    pub fn group(&self, rules: Rules) -> Group {
        // But for this one, without which a dispatcher goes by where the log ended when its process started.
        let rule = Rule::CompareFromTheEnd;
        let until_then = Rules::SAFE.with(rule, rules.keep(rule));
        let of = |rules| Config { rules, ..Config::default() };
        let flushed = Bounds { power_losses: 0, ..self.bounds };
        let mut group =
            Group { config: of(until_then), instant_calls: true, bounds: flushed, starts: Vec::new() };
        group.starts.push((self.start)(&group));
        group.bounds = self.bounds;
        group.instant_calls = self.instant_calls;
        group.config = of(rules);
        group
    }
}
