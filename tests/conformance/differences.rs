//! What may differ, and why.

use ledgerscope::ledger::{Code, MemberId, Request, Response};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

use crate::player::Vote;
use crate::recording::Last;
use crate::streams::{Item, Stream};

/// Something that the member did otherwise than the recorded node.
#[derive(Clone, Debug)]
#[expect(dead_code, reason = "shown when a difference is not explained")]
pub struct Difference {
    pub at: Micros,
    pub node: MemberId,
    pub what: What,
}

#[derive(Clone, Debug)]
#[expect(dead_code, reason = "shown when a difference is not explained")]
pub enum What {
    /// the same place in a stream, other content
    Content {
        stream: Stream,
        recorded: Item,
        ours: Item,
    },
    /// the member put out what the node did not, or not within the time allowed
    OursOnly {
        stream: Stream,
        ours: Item,
    },
    TheirsOnly {
        stream: Stream,
        recorded: Item,
    },
    Reply {
        request: Request,
        recorded: Response,
        ours: Response,
    },
    /// the answer is right, but the node gave it later
    ReplyEarly {
        request: Request,
        early: Micros,
    },
    ReplyOursOnly {
        request: Request,
        ours: Response,
    },
    ReplyTheirsOnly {
        request: Request,
        recorded: Response,
    },
    /// an APPEND that the node refused as repeated, and the member would not
    TakenIn {
        id: u64,
    },
    /// what became of a client's append
    Append {
        recorded: Result<Index, Code>,
        ours: Result<Index, Code>,
    },
    /// term and vote
    Vote {
        recorded: Vote,
        ours: Vote,
    },
    /// what it was when the recording ended
    End {
        recorded: Last,
        ours: Last,
    },
    /// the node's dispatcher threw when it took an answer in; the member was given a failed call
    Broken {
        request: Request,
    },
}

/// Why a difference is none of the protocol's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Explanation {
    LostAnswer,
}

impl Explanation {
    pub const ALL: [Explanation; 1] = [Explanation::LostAnswer];

    pub fn name(self) -> &'static str {
        match self {
            Explanation::LostAnswer => "lost answer",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Explanation::LostAnswer => {
                "A dispatcher of the original took the answer to a COMPARE in while the quorum checker dropped the \
                 marks of other terms, got a NullPointerException out of the map that two threads change, and paused \
                 500 ms. A member here has no threads that could meet; it was given a failed call in place of that \
                 answer, and went on as the original did."
            }
        }
    }
}

impl Difference {
    /// The explanation, if it is one of those known.
    pub fn explanation(&self) -> Option<Explanation> {
        match self.what {
            What::Broken { .. } => Some(Explanation::LostAnswer),
            _ => None,
        }
    }
}
