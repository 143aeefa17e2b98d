//! What a client may ask of a member besides appending: `DLedgerServer.handleAppend` with its checks of who is
//! meant, `handleGet`, `handleRead`, `handleMetadata`.

use super::member::{Context, Member, MemberId, Role};
use super::message::Code;
use crate::store::{Entry, Index, Term};

/// Whom a client's request is meant for: the fields every request has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Address<'a> {
    /// `group`
    pub group: &'a str,
    /// `remoteId`
    pub remote: MemberId,
}

/// `ReadMode`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// whatever this member has applied, on any role
    UnsafeRead,
    /// through the log: linearizable
    RaftLogRead,
    /// declared and not supported
    ReadIndexRead,
    /// declared and not supported
    LeaseRead,
}

/// How far a read has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    /// The member's present state is the answer.
    Now,
    /// The answer is the state once the no-op at this index is applied, that is when [`Member::committed_index`]
    /// has reached it while the member is in the same term.
    AfterIndex(Index),
}

/// `MetadataResponse`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metadata {
    pub peers: Vec<MemberId>,
    /// the known leader
    pub leader: Option<MemberId>,
}

impl Member {
    fn is_meant(&self, to: Address) -> Result<(), Code> {
        if to.remote != self.id {
            Err(Code::UnknownMember)
        } else if to.group != self.config.group {
            Err(Code::UnknownGroup)
        } else {
            Ok(())
        }
    }

    /// `handleAppend` of one body or of a batch: the index of the last entry and the position of each. The outcome
    /// comes later, as for [`Member::append_batch`].
    ///
    /// # Errors
    /// UNKNOWN_MEMBER, UNKNOWN_GROUP, then those of [`Member::append_batch`].
    pub fn handle_append(
        &mut self,
        ctx: &mut Context,
        to: Address,
        bodies: Vec<Vec<u8>>,
    ) -> Result<(Index, Vec<i64>), Code> {
        self.is_meant(to)?;
        self.append_batch(ctx, bodies, |_, _| {})
    }

    /// `handleGet`: the entry at `index`, committed or not, of a member that takes itself for the leader (B27).
    ///
    /// # Errors
    /// UNKNOWN_MEMBER, UNKNOWN_GROUP, NOT_LEADER, INDEX_OUT_OF_RANGE, INDEX_LESS_THAN_LOCAL_BEGIN.
    pub fn handle_get(&self, to: Address, index: Index) -> Result<Entry, Code> {
        self.is_meant(to)?;
        if self.role != Role::Leader {
            return Err(Code::NotLeader);
        }
        if index < Index(0) || index > self.end_index() {
            return Err(Code::IndexOutOfRange);
        }
        self.store().get(index).ok_or(Code::IndexLessThanLocalBegin)
    }

    /// `handleRead`. RAFT_LOG_READ appends a no-op, whatever waits already.
    ///
    /// # Errors
    /// UNKNOWN for whatever reason; UNSUPPORTED modes.
    pub fn handle_read(&mut self, ctx: &mut Context, mode: ReadMode) -> Result<Read, Code> {
        if self.transferee().is_some() {
            return Err(Code::Unknown);
        }
        match mode {
            ReadMode::UnsafeRead => Ok(Read::Now),
            ReadMode::RaftLogRead if self.role == Role::Leader => {
                let index = self.append_noop(ctx).map_err(|_| Code::Unknown)?;
                self.run_dispatchers(ctx);
                Ok(Read::AfterIndex(index))
            }
            ReadMode::RaftLogRead => Err(Code::Unknown),
            ReadMode::ReadIndexRead | ReadMode::LeaseRead => Err(Code::Unsupported),
        }
    }

    /// `handleLeadershipTransfer` of an operator: `transferee` is to lead instead of this member, which leads `term`.
    /// How it went is noted later as `Note::TransferEnded`.
    ///
    /// # Errors
    /// UNKNOWN_MEMBER, UNKNOWN_GROUP, INCONSISTENT_TERM, then those of [`Member::transfer_leadership`].
    pub fn handle_leadership_transfer(
        &mut self,
        ctx: &mut Context,
        to: Address,
        (transferee, term): (MemberId, Term),
    ) -> Result<(), Code> {
        self.is_meant(to)?;
        if !self.is_member(transferee) {
            return Err(Code::UnknownMember);
        }
        if term != self.term() {
            return Err(Code::InconsistentTerm);
        }
        self.transfer_leadership(ctx, transferee)
    }

    /// `handleMetadata`
    ///
    /// # Errors
    /// UNKNOWN_MEMBER, UNKNOWN_GROUP.
    pub fn handle_metadata(&self, to: Address) -> Result<Metadata, Code> {
        self.is_meant(to)?;
        Ok(Metadata { peers: (0..self.members).map(MemberId).collect(), leader: self.leader })
    }
}
