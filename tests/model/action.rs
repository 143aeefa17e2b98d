//! The steps there are.

use ledgerscope::ledger::MemberId;

use crate::packets::Packet;

/// How far the exploration goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// the largest term
    pub term: i64,
    /// entries in a log, no-ops among them
    pub entries: usize,
    /// client appends
    pub appends: u8,
    /// processes that die, and start again on what their disk has
    pub restarts: u8,
    /// machines that lose power; without, what is written is flushed
    pub power_losses: u8,
    /// vote rounds
    pub rounds: u8,
    /// calls that arrive after their caller gave up on them, or again, and answers that do not come at once
    pub delays: u8,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// A packet arrives, and the answer, if it is a call that is answered now, at its caller.
    Deliver(Packet),
    /// A packet arrives, and the answer is under way.
    DeliverAnswerLate(Packet),
    /// A packet arrives, and will again.
    DeliverCopy(Packet),
    /// A packet is not going to arrive while its caller waits.
    Delay(Packet),
    /// The caller of a COMPARE or a TRUNCATE gives up on it.
    TimeOut { caller: MemberId, peer: MemberId },
    /// A pass of the state maintainer. `late`: what it waits for took too long.
    Maintain { member: MemberId, late: bool },
    /// The same with the whole round that it begins, if it does: votes or heartbeats are asked of these in this order,
    /// answered, and the round is over. Those of the others are lost.
    Round { member: MemberId, reached: Vec<MemberId> },
    /// A pass of a dispatcher. `late`: its pauses are over, and what it sent without an answer is overdue.
    Dispatch { leader: MemberId, peer: MemberId, late: bool },
    /// The same, and what becomes of the call that it makes.
    Push { leader: MemberId, peer: MemberId, late: bool, fate: Fate },
    /// APPENDs that do not fit have waited too long.
    CheckGaps(MemberId),
    /// A look at client appends that seem to be applied.
    ScanTimeouts(MemberId),
    /// A client appends.
    Append(MemberId),
    /// A process dies and starts again.
    Restart(MemberId),
    /// A machine loses power: the same, without what no flush has reached.
    LosePower(MemberId),
    /// The flush thread makes its pass.
    Flush(MemberId),
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It arrives at once, and so do its answer and what the caller asks thereupon.
    Arrives,
    /// The same, and it will arrive again.
    ArrivesTwice,
    /// It arrives, and the answer stays under way.
    AnswerIsLate,
    /// It stays under way.
    IsLate,
    /// It never arrives, and its caller has given up.
    IsLost,
}

/// Who acts.
pub fn actor(action: &Action) -> MemberId {
    match action {
        Action::Deliver(packet) | Action::DeliverAnswerLate(packet) | Action::DeliverCopy(packet) => {
            packet.to
        }
        Action::Delay(packet) => packet.from,
        Action::TimeOut { caller, .. } => *caller,
        Action::Maintain { member, .. } | Action::Round { member, .. } => *member,
        Action::Dispatch { leader, .. } | Action::Push { leader, .. } => *leader,
        Action::CheckGaps(id) | Action::ScanTimeouts(id) | Action::Append(id) => *id,
        Action::Restart(id) | Action::LosePower(id) | Action::Flush(id) => *id,
    }
}
