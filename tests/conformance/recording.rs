//! Reads a recording: JSON lines, one thing that happened each (`golden/README.md` describes them).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use ledgerscope::ledger::{Code, MemberId, ParseResult, Push, Request, Response, Role};
use ledgerscope::store::{EntryKind, Index, Term};
use ledgerscope::time::Micros;
use serde_json::Value;

use crate::fields::{by_name, code, int, kind, maybe, node, request, response, role, text};

/// A run of the original, as its network and its listeners saw it.
pub struct Recording {
    pub name: String,
    pub nodes: u8,
    pub lines: Vec<Line>,
    /// every request by its id
    pub sent: BTreeMap<u64, Sent>,
    /// every answer that left a handler, by the id of its request
    pub replies: BTreeMap<u64, (Micros, Response)>,
    /// the index at which a client's entry is in a log, by its body
    pub indices: BTreeMap<Vec<u8>, Index>,
    pub fast_advance: bool,
    /// requests whose answer made the dispatcher throw a NullPointerException
    pub broken: BTreeSet<u64>,
}

pub struct Line {
    pub at: Micros,
    /// whom it concerns
    pub node: MemberId,
    pub what: What,
}

/// A request that left its sender.
pub struct Sent {
    pub at: Micros,
    pub from: MemberId,
    pub to: MemberId,
    pub request: Request,
}

/// What a line says of its node. Numbers are ids of requests.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// the process is up and says what it loaded
    Started {
        term: Term,
        voted_for: Option<MemberId>,
    },
    Killed,
    Restarted,
    /// it sent a request
    Sent(u64),
    /// a request reached it
    Arrived(u64),
    /// its answer left
    Replied(u64),
    /// the answer to its request reached it
    Answered(u64),
    /// its request failed: the target is down, died, or did not answer in time
    Failed(u64),
    /// its role-change handlers were called
    Role {
        role: Role,
        term: Term,
        current: Term,
    },
    /// `nextTerm()`
    Raised {
        term: Term,
    },
    /// a vote round began, as the node's own clock says
    RoundStarted,
    /// a vote round was parsed; `answers` of them were counted, its own included
    RoundEnded {
        term: Term,
        outcome: ParseResult,
        answers: u32,
    },
    /// a leader looked at the answers to its heartbeats, and did not find a majority
    HeartbeatsParsed,
    /// a client's append
    Append {
        body: Vec<u8>,
    },
    /// and its answer
    AppendDone {
        body: Vec<u8>,
        code: Code,
    },
    /// its log and its commit index were seen to go at least this far
    Reached {
        committed: Index,
        end: Index,
    },
    /// it was seen in this term, with this vote
    Voted {
        term: Term,
        voted_for: Option<MemberId>,
    },
    /// the preferred leaders from now on
    Preferred(Vec<MemberId>),
    /// an administrator asks it to hand its leadership over
    Transfer {
        to: MemberId,
    },
    /// and how that went
    TransferDone {
        code: Code,
    },
    /// what it was when the recording ended
    Final(Last),
}

/// What a node was when the recording ended.
#[derive(Clone, PartialEq, Debug)]
pub struct Last {
    pub role: Role,
    pub term: Term,
    pub leader: Option<MemberId>,
    pub committed: Index,
    pub log: Vec<(Term, EntryKind, Vec<u8>)>,
}

impl Recording {
    pub fn read(path: &Path) -> Recording {
        let mut text = String::new();
        GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().trim_end_matches(".jsonl.gz").to_owned();
        let mut recording = Recording {
            name,
            nodes: 0,
            lines: Vec::new(),
            sent: BTreeMap::new(),
            replies: BTreeMap::new(),
            indices: BTreeMap::new(),
            fast_advance: false,
            broken: BTreeSet::new(),
        };
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            recording.add(&line);
        }
        recording.lines.sort_by_key(|line| line.at);
        recording
    }

    fn add(&mut self, line: &Value) {
        let at = Micros((line["t"].as_f64().unwrap() * 1000.0).round() as u64);
        let id = || line["id"].as_u64().unwrap();
        let term = || Term(int(line, "term"));
        let reached = |committed: &str, end: &str| What::Reached {
            committed: Index(int(line, committed)),
            end: Index(int(line, end)),
        };
        let (node, what) = match text(line, "ev") {
            "header" => {
                self.nodes = int(line, "nodes") as u8;
                return;
            }
            "start" => {
                (node(line, "node"), What::Started { term: term(), voted_for: maybe(line, "voteFor") })
            }
            "op" => match text(line, "op") {
                "kill" => (node(line, "node"), What::Killed),
                "restart" => (node(line, "node"), What::Restarted),
                "config" => {
                    self.fast_advance = line["enableFastAdvanceCommitIndex"] == true;
                    return;
                }
                "transfer" => (node(line, "from"), What::Transfer { to: node(line, "to") }),
                "preferredLeaderIds" => {
                    let ids = text(line, "value").split(';').filter_map(MemberId::from_self_id);
                    let ids: Vec<_> = ids.collect();
                    for node in (0..self.nodes).map(MemberId) {
                        self.lines.push(Line { at, node, what: What::Preferred(ids.clone()) });
                    }
                    return;
                }
                _ => return, // the network's affairs, and what the scenario's author noted
            },
            "send" => {
                let (from, request) = (node(line, "from"), request(line));
                if let Request::Push { push: Push::Append { entries }, .. } = &request {
                    for entry in entries.iter() {
                        self.indices.insert(entry.body.to_vec(), entry.index);
                    }
                }
                self.sent.insert(id(), Sent { at, from, to: node(line, "to"), request });
                (from, What::Sent(id()))
            }
            "recv" => (node(line, "at"), What::Arrived(id())),
            "reply" => {
                self.replies.insert(id(), (at, response(line)));
                (node(line, "from"), What::Replied(id()))
            }
            "resp" => (self.sent[&id()].from, What::Answered(id())),
            "refused" | "conn_closed" | "timeout" => (self.sent[&id()].from, What::Failed(id())),
            "role" => {
                let current = Term(int(line, "currTerm"));
                (node(line, "node"), What::Role { role: role(line), term: term(), current })
            }
            "append" => (node(line, "node"), What::Append { body: text(line, "body").into() }),
            "append_done" => {
                let body: Vec<u8> = text(line, "body").into();
                if int(line, "index") >= 0 {
                    self.indices.insert(body.clone(), Index(int(line, "index")));
                }
                (node(line, "node"), What::AppendDone { body, code: code(line) })
            }
            "apply" => (node(line, "node"), reached("index", "index")),
            "state" => {
                let node = node(line, "node");
                let voted = What::Voted { term: term(), voted_for: maybe(line, "voteFor") };
                self.lines.push(Line { at, node, what: voted });
                (node, reached("commitIndex", "storeEndIndex"))
            }
            "log" if line["exception"].as_str().is_some_and(|e| e.starts_with("NullPointer")) => {
                self.note_broken(line);
                return;
            }
            "log" => match logged(text(line, "msg")) {
                Some((what, cost)) => {
                    let node = node(line, "node");
                    if let Some(cost) = cost {
                        let at = Micros(at.0.saturating_sub(cost * 1000));
                        self.lines.push(Line { at, node, what: What::RoundStarted });
                    }
                    (node, what)
                }
                None => return,
            },
            "final" if line["up"] == true => {
                let entries = line["entries"].as_array().unwrap().iter();
                let entry = |e: &Value| {
                    (Term(e[1].as_i64().unwrap()), kind(&e[2]), e[3].as_str().unwrap().as_bytes().to_vec())
                };
                let last = Last {
                    role: role(line),
                    term: term(),
                    leader: maybe(line, "leaderId"),
                    committed: Index(int(line, "commitIndex")),
                    log: entries.map(entry).collect(),
                };
                (node(line, "node"), What::Final(last))
            }
            "transfer_done" => {
                // The line does not say of whom; it belongs to the transfer before it.
                let mut before = self.lines.iter().rev();
                let asked = before.find(|l| matches!(l.what, What::Transfer { .. }));
                (asked.unwrap().node, What::TransferDone { code: code(line) })
            }
            "final" | "drop" | "late_response" => return,
            other => panic!("{}: a line of unknown kind {other}", self.name),
        };
        self.lines.push(Line { at, node, what });
    }
}

impl Recording {
    /// The dispatcher of the thread's name threw: what it had last been answered is lost.
    fn note_broken(&mut self, line: &Value) {
        let from = node(line, "node");
        let Some(to) = text(line, "thread").strip_prefix(&format!("EntryDispatcher-{}-", from.self_id()))
        else {
            return; // in a callback, where nothing was left to do
        };
        let answered = self.lines.iter().rev().find_map(|l| match l.what {
            What::Answered(id) if l.node == from && self.sent[&id].to.self_id() == to => Some(id),
            _ => None,
        });
        self.broken.extend(answered);
    }
}

/// The lines of the elector's log that tell of a term raised or a round parsed.
/// The milliseconds are how long a round took.
fn logged(message: &str) -> Option<(What, Option<u64>)> {
    let field = |name: &str| {
        let from = message.find(name)? + name.len();
        message[from..].split([' ', ',']).next()
    };
    if message.contains("[INCREASE_TERM]") {
        return Some((What::Raised { term: Term(field(" to ")?.parse().ok()?) }, None));
    }
    if message.contains("Parse heartbeat responses") {
        return Some((What::HeartbeatsParsed, None));
    }
    if !message.contains("[PARSE_VOTE_RESULT]") {
        return None;
    }
    let outcomes = [
        ("WAIT_TO_REVOTE", ParseResult::WaitToRevote),
        ("REVOTE_IMMEDIATELY", ParseResult::RevoteImmediately),
        ("PASSED", ParseResult::Passed),
        ("WAIT_TO_VOTE_NEXT", ParseResult::WaitToVoteNext),
    ];
    let ended = What::RoundEnded {
        term: Term(field(" term=")?.parse().ok()?),
        outcome: by_name(&outcomes, field("result=")?),
        answers: field("allNum=")?.parse().ok()?,
    };
    Some((ended, field("cost=")?.parse().ok()))
}
