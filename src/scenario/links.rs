//! What is done to many links at once: groups that do not hear each other, and what a network is like.

use super::draft::{Draft, Invalid, Value, bounds};
use crate::ledger::MemberId;
use crate::shown::Fields;

/// Most brokers of a group.
const BROKERS_MAX: usize = 9;

/// A partition: which group each broker is in. Those not listed are one more group.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Groups {
    /// by broker; groups are counted from 1, 0 is the rest
    of: [u8; BROKERS_MAX],
}

impl Groups {
    /// The groups as listed; of a broker that is listed twice the last place counts.
    pub fn new(groups: &[&[MemberId]]) -> Groups {
        let mut all = Groups::default();
        for (group, members) in (1..).zip(groups) {
            for member in *members {
                if let Some(of) = all.of.get_mut(usize::from(member.0)) {
                    *of = group;
                }
            }
        }
        all
    }

    /// Whether these two hear each other.
    pub fn together(&self, a: MemberId, b: MemberId) -> bool {
        self.of.get(usize::from(a.0)) == self.of.get(usize::from(b.0))
    }

    /// The listed broker of the largest number.
    pub fn last(&self) -> Option<MemberId> {
        self.of.iter().rposition(|group| *group > 0).map(|n| MemberId(n as u8))
    }

    /// `groups: [[0, 1], [2]]`
    pub(super) fn read(draft: &Draft) -> Result<Groups, Invalid> {
        let mut all = Groups::default();
        let mut group = 0;
        let listed = draft.each("groups", BROKERS_MAX, &mut |members| {
            group += 1;
            let Value::List(members) = members else {
                return Err(Invalid::value("", members.quoted(), "a list of brokers".to_string()));
            };
            if members.is_empty() {
                return Err(Invalid::value("", "an empty list".to_string(), "a list of brokers".to_string()));
            }
            for member in members {
                let Value::Whole(n @ 0..=8) = member else {
                    return Err(Invalid::value("", member.quoted(), bounds(0, BROKERS_MAX as i64 - 1)));
                };
                let of = &mut all.of[*n as usize];
                if *of > 0 {
                    return Err(Invalid::value("", member.quoted(), "each broker once".to_string()));
                }
                *of = group;
            }
            Ok(())
        })?;
        let missing = || Invalid::value("groups", "missing".to_string(), "a list of lists".to_string());
        listed.then_some(all).ok_or_else(missing)
    }

    pub(super) fn show(&self, to: &mut Fields) {
        let groups = self.of.iter().copied().max().unwrap_or(0);
        let members = |group| (0..).zip(self.of).filter(move |(_, of)| *of == group).map(|(n, _)| n);
        to.number_lists("groups", (1..=groups).map(|group| members(group).collect::<Vec<u8>>()));
    }
}

/// What is to change about a link; `None` stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct LinkChange {
    /// shortest delay of a message
    pub latency_us: Option<u32>,
    /// a message takes up to this much longer
    pub jitter_us: Option<u32>,
    /// of a thousand messages so many are lost
    pub loss_permille: Option<u16>,
    /// so many arrive twice
    pub duplicate_permille: Option<u16>,
    /// so many do not keep the order
    pub reorder_permille: Option<u16>,
}

impl LinkChange {
    /// Reads each of its fields with `maybe`.
    pub(super) fn read(maybe: &dyn Fn(&str) -> Result<Option<i64>, Invalid>) -> Result<LinkChange, Invalid> {
        Ok(LinkChange {
            latency_us: maybe("latency_us")?.map(|n| n as u32),
            jitter_us: maybe("jitter_us")?.map(|n| n as u32),
            loss_permille: maybe("loss_permille")?.map(|n| n as u16),
            duplicate_permille: maybe("duplicate_permille")?.map(|n| n as u16),
            reorder_permille: maybe("reorder_permille")?.map(|n| n as u16),
        })
    }

    pub(super) fn show(&self, to: &mut Fields) {
        to.given("latency_us", self.latency_us).given("jitter_us", self.jitter_us);
        to.given("loss_permille", self.loss_permille);
        to.given("duplicate_permille", self.duplicate_permille);
        to.given("reorder_permille", self.reorder_permille);
    }
}
