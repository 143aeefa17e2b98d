//! Reads requests, answers and single fields of a recorded line.

use ledgerscope::ledger::{
    Code, MemberId, Push, PushKind, PushResponse, Request, Response, Role, VoteResult,
};
use ledgerscope::store::{Entry, EntryKind, Index, Term};
use serde_json::Value;

pub fn request(line: &Value) -> Request {
    let term = Term(int(line, "term"));
    let (index, index_term) = (|key: &str| Index(int(line, key)), |key: &str| Term(int(line, key)));
    match text(line, "type") {
        "VOTE" => Request::Vote {
            term,
            ledger_end_index: index("ledgerEndIndex"),
            ledger_end_term: index_term("ledgerEndTerm"),
        },
        "HEART_BEAT" => Request::HeartBeat { term },
        "PUSH" => {
            let push = match text(line, "pushType") {
                "COMPARE" => Push::Compare {
                    pre_log_index: index("preLogIndex"),
                    pre_log_term: index_term("preLogTerm"),
                },
                "TRUNCATE" => Push::Truncate {
                    pre_log_index: index("preLogIndex"),
                    pre_log_term: index_term("preLogTerm"),
                },
                "APPEND" => {
                    Push::Append { entries: line["entries"].as_array().unwrap().iter().map(entry).collect() }
                }
                "COMMIT" => Push::Commit,
                other => panic!("a push of type {other}"),
            };
            Request::Push { term, commit_index: index("commitIndex"), push }
        }
        "LEADERSHIP_TRANSFER" => Request::Transfer {
            term,
            transferee: node(line, "transfereeId"),
            ledger_index: index("takeLeadershipLedgerIndex"),
        },
        other => panic!("a request of type {other}"),
    }
}

/// An entry as pushes have it: `[index, term, magic, pos, body]`.
fn entry(value: &Value) -> Entry {
    let int = |n: usize| value[n].as_i64().unwrap();
    Entry {
        magic: kind(&value[2]),
        index: Index(int(0)),
        term: Term(int(1)),
        pos: int(3),
        channel: 0,
        chain_crc: 0,
        body_crc: 0,
        body: value[4].as_str().unwrap().as_bytes().into(),
    }
}

pub fn response(line: &Value) -> Response {
    let term = Term(int(line, "term"));
    match text(line, "type") {
        "VOTE" => {
            assert_eq!(int(line, "code"), 200, "{line}");
            Response::Vote { term, result: by_name(&VOTES, text(line, "result")) }
        }
        "HEART_BEAT" => Response::HeartBeat { term, code: code(line) },
        "PUSH" => Response::Push(PushResponse {
            kind: match text(line, "pushType") {
                "COMPARE" => PushKind::Compare,
                "TRUNCATE" => PushKind::Truncate,
                "APPEND" => PushKind::Append,
                "COMMIT" => PushKind::Commit,
                other => panic!("a push of type {other}"),
            },
            term,
            code: code(line),
            // A COMMIT's answer has none at all.
            index: line["index"].as_i64().map_or(Index::NONE, Index),
            count: int(line, "count") as u32,
            end_index: Index(int(line, "endIndex")),
            x_term: Term(int(line, "xTerm")),
            x_index: Index(int(line, "xIndex")),
        }),
        "LEADERSHIP_TRANSFER" => Response::Transfer { term, code: code(line) },
        other => panic!("an answer of type {other}"),
    }
}

const VOTES: [(&str, VoteResult); 12] = {
    use VoteResult::*;
    const fn named(result: VoteResult) -> (&'static str, VoteResult) {
        (result.name(), result)
    }
    [
        named(Unknown),
        named(RejectUnknownLeader),
        named(RejectUnexpectedLeader),
        named(RejectExpiredLedgerTerm),
        named(RejectSmallLedgerEndIndex),
        named(RejectExpiredVoteTerm),
        named(RejectAlreadyHasLeader),
        named(RejectAlreadyVoted),
        named(RejectTermNotReady),
        named(RejectTermSmallThanLedger),
        named(RejectTakingLeadership),
        named(Accept),
    ]
};

/// The codes that occur in the recordings.
const CODES: [Code; 12] = [
    Code::Success,
    Code::ExpiredTerm,
    Code::NotLeader,
    Code::NotFollower,
    Code::InconsistentState,
    Code::InconsistentTerm,
    Code::InconsistentLeader,
    Code::RepeatedPush,
    Code::TermNotReady,
    Code::WaitQuorumAckTimeout,
    Code::LeaderPendingFull,
    Code::LeaderTransferring,
];

pub fn code(line: &Value) -> Code {
    let number = int(line, "code");
    let known = CODES.into_iter().find(|code| *code as i64 == number);
    known.unwrap_or_else(|| panic!("a code that the members here do not know: {line}"))
}

pub fn role(line: &Value) -> Role {
    by_name(
        &[("CANDIDATE", Role::Candidate), ("LEADER", Role::Leader), ("FOLLOWER", Role::Follower)],
        text(line, "role"),
    )
}

pub fn kind(magic: &Value) -> EntryKind {
    match magic.as_i64() {
        Some(1) => EntryKind::Normal,
        Some(2) => EntryKind::Noop,
        other => panic!("magic {other:?}"),
    }
}

pub fn by_name<T: Copy>(table: &[(&str, T)], name: &str) -> T {
    table.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("{name} is unknown")).1
}

pub fn int(line: &Value, key: &str) -> i64 {
    line[key].as_i64().unwrap_or_else(|| panic!("no number {key} in {line}"))
}

pub fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line[key].as_str().unwrap_or_else(|| panic!("no text {key} in {line}"))
}

pub fn node(line: &Value, key: &str) -> MemberId {
    maybe(line, key).unwrap_or_else(|| panic!("no member {key} in {line}"))
}

pub fn maybe(line: &Value, key: &str) -> Option<MemberId> {
    line[key].as_str().and_then(MemberId::from_self_id)
}
