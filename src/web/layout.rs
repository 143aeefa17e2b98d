//! Which number of a frame is where: the one definition, from which `www/frame.js` is written.

/// Defines the positions of a block's numbers, and how they read in JavaScript.
macro_rules! block {
    ($(#[doc = $doc:literal])* $vis:vis mod $module:ident as $js:ident { $($(#[doc = $what:literal])+ $name:ident,)+ } $end:ident) => {
        $(#[doc = $doc])*
        #[allow(missing_docs)]
        $vis mod $module {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Place { $($name,)+ $end }
            $($(#[doc = $what])+ pub const $name: usize = Place::$name as usize;)+
            /// How many numbers there are.
            pub const $end: usize = Place::$end as usize;
            #[cfg(test)]
            pub const JS: super::Block = super::Block {
                name: stringify!($js),
                doc: concat!($($doc),*),
                numbers: &[$((stringify!($name), $module::$name, concat!($($what),+))),+],
                end: (stringify!($end), $module::$end),
            };
            #[cfg(test)]
            use super::$module;
        }
    };
}

/// A block as JavaScript sees it.
#[cfg(test)]
pub struct Block {
    name: &'static str,
    doc: &'static str,
    numbers: &'static [(&'static str, usize, &'static str)],
    end: (&'static str, usize),
}

block! {
    /// Numbers at the head of a frame.
    pub mod head as HEAD {
        /// simulated time of this frame, microseconds
        TIME_US,
        /// brokers in the group
        BROKERS,
        /// messages in flight
        FLIGHTS,
        /// where the first broker starts
        BROKERS_AT,
        /// where the first flight starts
        FLIGHTS_AT,
        /// where the first log cell starts: brokers x COLUMNS cells
        CELLS_AT,
        /// where the first ConsumeQueue starts: brokers x QUEUES
        QUEUES_AT,
        /// entry index of the first log column
        FIRST_INDEX,
        /// log columns per broker
        COLUMNS,
        /// ConsumeQueues per broker
        QUEUES,
        /// units shown of each ConsumeQueue
        UNITS,
        /// when the world does something next; -1: never
        NEXT_EVENT_US,
        /// events emitted since the run began
        EVENTS,
        /// living leader with the largest term; -1: none
        LEADER,
        /// messages the producer awaits an answer for
        PRODUCER_PENDING,
        /// messages the producer began to send
        PRODUCER_SENT,
        /// messages answered SEND_OK
        PRODUCER_OK,
        /// messages given up
        PRODUCER_FAILED,
        /// number of the message concluded last; -1: none
        PRODUCER_LAST,
        /// 1 SEND_OK, 0 failed
        PRODUCER_LAST_OK,
        /// broker that the producer sends to: the master of the route it remembers, dead or alive; -1: none
        PRODUCER_TO,
        /// members that make a majority
        QUORUM,
        /// where the links start: brokers x brokers numbers, by sender, then receiver; see LINK
        LINKS_AT,
    } LENGTH
}

block! {
    /// Numbers of one broker.
    pub mod broker as BROKER {
        /// see BROKER_STATE
        STATE,
        /// see ROLE
        ROLE,
        /// currTerm
        TERM,
        /// broker that has its vote in this term; -1: none
        VOTED_FOR,
        /// leader it knows; -1: none
        LEADER_ID,
        /// RocketMQ brokerId: 0 master, number + 1 slave, -1 none yet
        BROKER_ID,
        /// 1: SYNC_MASTER, takes messages
        MASTER,
        /// ledgerEndIndex; -1: empty
        END_INDEX,
        /// committedIndex; -1: none known
        COMMITTED_INDEX,
        /// last entry given to the ConsumeQueues; -1: none
        DISPATCHED_INDEX,
        /// see TIMER
        TIMER,
        /// when the countdown began
        TIMER_START_US,
        /// when it ends
        TIMER_END_US,
        /// votes granted in the round that is open; -1: no round open
        VOTES,
        /// how fast its clock runs, in thousandths of true time
        CLOCK_PERMILLE,
        /// see DISK
        DISK,
    } STRIDE
}

block! {
    /// Numbers of one message in flight.
    pub mod flight as FLIGHT {
        /// unique in a run, growing
        ID,
        /// see KIND
        KIND,
        /// broker, or -1 for the producer
        FROM,
        /// broker, or -1 for the producer
        TO,
        /// when it left
        SENT_US,
        /// when it arrives
        ARRIVES_US,
        /// 0 to 1
        PROGRESS,
        /// term the message speaks of; -1: none
        TERM,
        /// entry index it carries, acknowledges, compares, truncates from or commits; -1: none
        INDEX,
        /// term of that entry; -1: none
        ENTRY_TERM,
        /// vote result, see VOTE_RESULT, or DLedger or client code; 0: none
        RESULT,
        /// 1 agrees, -1 refuses, 0 asks
        OK,
        /// producer's message number; -1: none
        MESSAGE,
        /// 1: it is lost on the way and will not arrive
        LOST,
    } STRIDE
}

block! {
    /// Numbers of one cell of a log.
    pub mod cell as CELL {
        /// term of the entry; -1: no entry here
        TERM,
        /// see ENTRY
        ENTRY,
        /// producer's message number; -1: none
        MESSAGE,
        /// queueId of the message; -1: none
        QUEUE,
    } STRIDE
}

block! {
    /// Numbers of one ConsumeQueue, followed by UNITS units; unit i has queue offset MAX - SHOWN + i.
    pub mod queue as QUEUE {
        /// lowest queue offset
        MIN,
        /// one past the highest queue offset
        MAX,
        /// units that follow and are filled: min(MAX - MIN, UNITS)
        SHOWN,
    } LENGTH
}

block! {
    /// Numbers of one ConsumeQueue unit.
    pub mod unit as UNIT {
        /// index of the entry it points to
        INDEX,
        /// term of that entry
        TERM,
    } STRIDE
}

/// Whether a broker has a process.
pub mod state {
    /// no process; its disk stays
    pub const DEAD: f64 = 0.0;
    /// the process runs
    pub const UP: f64 = 1.0;
    /// the process is coming up and does not answer yet
    pub const BOOTING: f64 = 2.0;
    /// the process stands still, as in a long GC
    pub const PAUSED: f64 = 3.0;
}

/// What is wrong with a link; what of it holds is added up.
pub mod link {
    /// everything sent is lost
    pub const CUT: f64 = 1.0;
    /// some is lost, doubled or overtaken
    pub const LOSSY: f64 = 2.0;
    /// it takes longer than the scenario has it
    pub const SLOW: f64 = 4.0;
}

/// What is wrong with a disk; what of it holds is added up.
pub mod disk {
    /// what is written waits
    pub const SLOW: f64 = 1.0;
    /// nothing more can be written
    pub const FULL: f64 = 2.0;
}

/// What a broker's ring counts down to.
pub mod timer {
    /// nothing
    pub const NONE: f64 = 0.0;
    /// a follower stands for election
    pub const ELECTION: f64 = 1.0;
    /// a candidate starts the next vote round
    pub const RETRY: f64 = 2.0;
    /// a leader sends the next heartbeat
    pub const HEARTBEAT: f64 = 3.0;
    /// a candidate gives the vote round up
    pub const ROUND: f64 = 4.0;
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::ledger::{Role, VoteResult};
    use crate::sim::Kind;
    use crate::store::EntryKind;

    fn enumeration(text: &mut String, doc: &str, name: &str, values: &[(String, i64)]) {
        let doc = if doc.is_empty() { String::new() } else { format!("/** {doc} */\n") };
        let _ = write!(text, "\n{doc}export const {name} = /** @type {{const}} */ ({{\n");
        for (value, number) in values {
            let _ = writeln!(text, "  {value}: {number},");
        }
        text.push_str("});\n");
    }

    /// The name of a value as its trace writes it, in capitals.
    fn name(value: impl serde::Serialize) -> String {
        let json = serde_json::to_string(&value).unwrap();
        json.trim_matches('"').to_uppercase()
    }

    fn written() -> String {
        let mut text = "// Where each number of a frame is. Written from src/web/layout.rs by\n\
            // `UPDATE_EXPECT=1 cargo test frame_js`; do not edit.\n"
            .to_string();
        for block in [head::JS, broker::JS, flight::JS, cell::JS, queue::JS, unit::JS] {
            let _ = write!(text, "\n/**{} */\n", block.doc);
            let _ = writeln!(text, "export const {} = /** @type {{const}} */ ({{", block.name);
            for (name, at, what) in block.numbers {
                let _ = writeln!(text, "  {name}: {at}, //{what}");
            }
            let _ = writeln!(text, "  {}: {},\n}});", block.end.0, block.end.1);
        }
        let pairs = |list: &[(&str, i64)]| list.iter().map(|(n, v)| (n.to_string(), *v)).collect::<Vec<_>>();
        let states = [
            ("DEAD", state::DEAD as i64),
            ("UP", state::UP as i64),
            ("BOOTING", state::BOOTING as i64),
            ("PAUSED", state::PAUSED as i64),
        ];
        enumeration(&mut text, "", "BROKER_STATE", &pairs(&states));
        let links = [
            ("FINE", 0),
            ("CUT", link::CUT as i64),
            ("LOSSY", link::LOSSY as i64),
            ("SLOW", link::SLOW as i64),
        ];
        enumeration(&mut text, "What is wrong with a link, added up.", "LINK", &pairs(&links));
        let disks = [("FINE", 0), ("SLOW", disk::SLOW as i64), ("FULL", disk::FULL as i64)];
        enumeration(&mut text, "What is wrong with a disk, added up.", "DISK", &pairs(&disks));
        let roles = [Role::Candidate, Role::Leader, Role::Follower];
        enumeration(&mut text, "", "ROLE", &roles.map(|r| (name(r), r as i64)));
        let timers = [
            ("NONE", timer::NONE as i64),
            ("ELECTION", timer::ELECTION as i64),
            ("RETRY", timer::RETRY as i64),
            ("HEARTBEAT", timer::HEARTBEAT as i64),
            ("ROUND", timer::ROUND as i64),
        ];
        enumeration(&mut text, "What a broker's ring counts down to.", "TIMER", &pairs(&timers));
        let entries = [("NONE", 0), ("MESSAGE", EntryKind::Normal as i64), ("NOOP", EntryKind::Noop as i64)];
        enumeration(&mut text, "", "ENTRY", &pairs(&entries));
        let kinds = [
            Kind::VoteRequest,
            Kind::VoteResponse,
            Kind::HeartbeatRequest,
            Kind::HeartbeatResponse,
            Kind::CompareRequest,
            Kind::CompareResponse,
            Kind::TruncateRequest,
            Kind::TruncateResponse,
            Kind::AppendRequest,
            Kind::AppendResponse,
            Kind::CommitRequest,
            Kind::CommitResponse,
            Kind::SendRequest,
            Kind::SendResponse,
            Kind::Refused,
            Kind::TransferRequest,
            Kind::TransferResponse,
        ];
        enumeration(&mut text, "Kinds of message.", "KIND", &kinds.map(|k| (name(k), k as i64)));
        let results = [
            VoteResult::Unknown,
            VoteResult::RejectUnknownLeader,
            VoteResult::RejectUnexpectedLeader,
            VoteResult::RejectExpiredLedgerTerm,
            VoteResult::RejectSmallLedgerEndIndex,
            VoteResult::RejectExpiredVoteTerm,
            VoteResult::RejectAlreadyHasLeader,
            VoteResult::RejectAlreadyVoted,
            VoteResult::RejectTermNotReady,
            VoteResult::RejectTermSmallThanLedger,
            VoteResult::RejectTakingLeadership,
            VoteResult::Accept,
        ];
        enumeration(
            &mut text,
            "Answers to a vote request.",
            "VOTE_RESULT",
            &results.map(|r| (name(r), r as i64)),
        );
        text
    }

    #[test]
    fn frame_js_says_what_this_file_says() {
        expect_test::expect_file!["../../www/frame.js"].assert_eq(&written());
    }
}
