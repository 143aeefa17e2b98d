//! What a member puts out, sorted into streams in which order matters, and the recorded streams beside them.

use std::collections::BTreeMap;

use ledgerscope::ledger::{Code, MemberId, ParseResult, Request, Role};
use ledgerscope::store::{Index, Term};
use ledgerscope::time::Micros;

use crate::recording::{Line, Recording, What};

/// Order is compared within a stream; between streams it is the threads' own affair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stream {
    Votes(MemberId),
    Heartbeats(MemberId),
    Pushes(MemberId),
    Transfers(MemberId),
    /// calls of the role-change handlers
    Roles,
    /// terms raised
    Terms,
    /// vote rounds parsed
    Rounds,
    /// the end of a client's append, one stream for each entry
    Append(Index),
    /// the end of a transfer that an administrator asked for
    TransferEnds,
}

/// An element of a stream.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    Request(Request),
    Role { role: Role, term: Term, current: Term },
    Term(Term),
    Round { term: Term, outcome: ParseResult },
    AppendDone(Code),
    TransferDone(Code),
}

/// A recorded element.
#[derive(Clone, Debug)]
pub struct Expected {
    pub at: Micros,
    pub item: Item,
    /// the request's id
    pub id: Option<u64>,
}

/// The stream a request belongs to.
pub fn stream_of(to: MemberId, request: &Request) -> Stream {
    match request {
        Request::Vote { .. } => Stream::Votes(to),
        Request::HeartBeat { .. } => Stream::Heartbeats(to),
        Request::Push { .. } => Stream::Pushes(to),
        Request::Transfer { .. } => Stream::Transfers(to),
    }
}

/// The recorded streams of one life of a node.
pub struct Streams(BTreeMap<Stream, Vec<Expected>>);

impl Streams {
    pub fn of(lines: &[&Line], recording: &Recording) -> Streams {
        let mut streams: BTreeMap<Stream, Vec<Expected>> = BTreeMap::new();
        for line in lines {
            if let Some((stream, expected)) = element(line, recording) {
                streams.entry(stream).or_default().push(expected);
            }
        }
        Streams(streams)
    }

    pub fn streams(&self) -> impl Iterator<Item = Stream> {
        self.0.keys().copied()
    }

    pub fn has(&self, stream: Stream) -> bool {
        self.0.contains_key(&stream)
    }

    pub fn get(&self, stream: Stream, n: usize) -> Option<&Expected> {
        self.0.get(&stream)?.get(n)
    }
}

/// The element of a stream that a line stands for.
pub fn element(line: &Line, recording: &Recording) -> Option<(Stream, Expected)> {
    let (stream, item, id) = match &line.what {
        What::Sent(id) => {
            let sent = &recording.sent[id];
            (stream_of(sent.to, &sent.request), Item::Request(sent.request.clone()), Some(*id))
        }
        What::Role { role, term, current } => {
            (Stream::Roles, Item::Role { role: *role, term: *term, current: *current }, None)
        }
        What::Raised { term } => (Stream::Terms, Item::Term(*term), None),
        What::RoundEnded { term, outcome, .. } => {
            (Stream::Rounds, Item::Round { term: *term, outcome: *outcome }, None)
        }
        What::AppendDone { body, code } => {
            // Refusals are compared where the append is made.
            let index = recording.indices.get(body)?;
            (Stream::Append(*index), Item::AppendDone(*code), None)
        }
        What::TransferDone { code } => (Stream::TransferEnds, Item::TransferDone(*code), None),
        _ => return None,
    };
    Some((stream, Expected { at: line.at, item, id }))
}
