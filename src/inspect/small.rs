//! The files that are read whole: DLedger's `currterm` and `checkpoint`, RocketMQ's `checkpoint`, an IndexFile's header.

use crate::store::{
    INDEX_HEADER_SIZE, IndexHeader, LedgerCheckpoint, STORE_CHECKPOINT_FILE_SIZE, STORE_CHECKPOINT_SIZE,
    StoreCheckpoint, Vote, VoteFileError,
};

use super::ledger::LogSpan;
use super::report::{Error, Kind, Problem, Report, What};
use super::series::Series;

/// A text of a few lines is never longer.
const MAX_TEXT: usize = 64 * 1024;

/// The text of a file that should be one, with its name.
fn text(
    source: &mut Series<'_>,
    kind: Kind,
    report: &mut Report<'_>,
) -> Result<Option<(String, String)>, Error> {
    let (file, size) = (source.file(0).to_owned(), source.len(0));
    report.say(&file, 0, What::File { kind, size })?;
    if size > MAX_TEXT as u64 {
        let problem = Problem::at_most("file length", size, MAX_TEXT as i64);
        report.problem(&file, MAX_TEXT as u64, problem)?;
        return Ok(None);
    }
    let bytes = source.bytes(0, 0, MAX_TEXT)?;
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some((file, text.to_owned()))),
        Err(error) => {
            let at = error.valid_up_to();
            report.problem(&file, at as u64, Problem::new("byte", bytes[at], "text in UTF-8"))?;
            Ok(None)
        }
    }
}

/// Where line `number`, from 1, begins.
fn line_start(text: &str, number: usize) -> u64 {
    text.split_inclusive('\n').take(number.saturating_sub(1)).map(str::len).sum::<usize>() as u64
}

/// Where the line of `key` begins, or, reported as a problem, that there is none.
fn line_of(file: &str, text: &str, key: &str, report: &mut Report<'_>) -> Result<Option<u64>, Error> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.split_once('=').is_some_and(|(name, _)| name.trim_ascii() == key) {
            return Ok(Some(at));
        }
        at += line.len() as u64;
    }
    report.problem(file, at, Problem::new(key, "missing", format!("a line {key}=")))?;
    Ok(None)
}

/// `currterm` or its backup. `log`: what the member's data files hold.
pub(super) fn vote(
    source: &mut Series<'_>,
    log: Option<&LogSpan>,
    report: &mut Report<'_>,
) -> Result<(), Error> {
    let Some((file, text)) = text(source, Kind::VoteFile, report)? else {
        return Ok(());
    };
    let vote = match Vote::parse(&text) {
        Ok(vote) => vote,
        Err(VoteFileError::NoValue { line, found }) => {
            let problem = Problem::new("line", format!("{found:?}"), "key=value");
            return report.problem(&file, line_start(&text, line), problem);
        }
        Err(VoteFileError::BadTerm { line, found }) => {
            let problem = Problem::new("currTerm", format!("{found:?}"), "a number");
            return report.problem(&file, line_start(&text, line), problem);
        }
    };
    let vote_leader = vote.voted_for.as_deref().map(str::to_owned);
    report.say(&file, 0, What::Vote { curr_term: vote.term.0, vote_leader })?;
    let least = log.map_or(0, |log| log.last_term.max(0));
    line_of(&file, &text, "voteLeader", report)?;
    match line_of(&file, &text, "currTerm", report)? {
        Some(at) if vote.term.0 < least => {
            report.problem(&file, at, Problem::at_least("currTerm", vote.term, least))
        }
        _ => Ok(()),
    }
}

/// DLedger's `checkpoint` or its backup.
pub(super) fn ledger_checkpoint(
    source: &mut Series<'_>,
    log: Option<&LogSpan>,
    report: &mut Report<'_>,
) -> Result<(), Error> {
    let Some((file, text)) = text(source, Kind::LedgerCheckpoint, report)? else {
        return Ok(());
    };
    let found = match LedgerCheckpoint::parse(&text) {
        Ok(found) => found,
        Err(error) => {
            let problem = Problem::new("line", format!("{:?}", error.found), "key=number");
            return report.problem(&file, line_start(&text, error.line), problem);
        }
    };
    let (end_index, committed_index) = (found.end_index.0, found.committed_index.0);
    report.say(&file, 0, What::LedgerCheckpoint { end_index, committed_index })?;
    let end_at = line_of(&file, &text, "endIndex", report)?;
    let committed_at = line_of(&file, &text, "committedIndex", report)?;
    let (Some(end_at), Some(committed_at)) = (end_at, committed_at) else {
        return Ok(());
    };
    let last = log.map(|log| log.indexes.map_or(-1, |(_, next)| next - 1));
    let most = last.unwrap_or(end_index).min(end_index.max(-1));
    if committed_index > most {
        let problem = Problem::at_most("committedIndex", committed_index, most);
        return report.problem(&file, committed_at, problem);
    }
    match last {
        Some(last) if end_index > last => {
            let text = format!("endIndex is {end_index}, the log ends at {last}: truncated since, or lost");
            report.note(&file, end_at, text)
        }
        _ => Ok(()),
    }
}

/// RocketMQ's `checkpoint`.
pub(super) fn store_checkpoint(source: &mut Series<'_>, report: &mut Report<'_>) -> Result<(), Error> {
    let (file, size) = (source.file(0).to_owned(), source.len(0));
    report.say(&file, 0, What::File { kind: Kind::StoreCheckpoint, size })?;
    let right = STORE_CHECKPOINT_FILE_SIZE as u64;
    if size != right {
        let problem = Problem::exactly("file length", size, right as i64);
        report.problem(&file, size.min(right), problem)?;
    }
    let bytes = source.bytes(0, 0, STORE_CHECKPOINT_FILE_SIZE)?;
    let Ok(found) = StoreCheckpoint::decode(bytes) else {
        return Ok(());
    };
    let behind = bytes[STORE_CHECKPOINT_SIZE..].iter().position(|byte| *byte != 0);
    let StoreCheckpoint {
        physic_msg_timestamp,
        logics_msg_timestamp,
        index_msg_timestamp,
        master_flushed_offset,
        confirm_phy_offset,
    } = found;
    let what = What::StoreCheckpoint {
        physic_msg_timestamp,
        logics_msg_timestamp,
        index_msg_timestamp,
        master_flushed_offset,
        confirm_phy_offset,
    };
    report.say(&file, 0, what)?;
    let times = [
        (0, "physicMsgTimestamp", physic_msg_timestamp),
        (8, "logicsMsgTimestamp", logics_msg_timestamp),
        (16, "indexMsgTimestamp", index_msg_timestamp),
    ];
    for (at, what, time) in times {
        if time < 0 {
            report.problem(&file, at, Problem::at_least(what, time, 0))?;
        }
    }
    if let Some(behind) = behind {
        let at = (STORE_CHECKPOINT_SIZE + behind) as u64;
        report.note(&file, at, "bytes behind the five numbers that this version does not know")?;
    }
    Ok(())
}

/// The header of an IndexFile.
pub(super) fn index_file(source: &mut Series<'_>, report: &mut Report<'_>) -> Result<(), Error> {
    let (file, size) = (source.file(0).to_owned(), source.len(0));
    report.say(&file, 0, What::File { kind: Kind::IndexFile, size })?;
    let Ok(found) = IndexHeader::decode(source.bytes(0, 0, INDEX_HEADER_SIZE)?) else {
        let problem = Problem::at_least("file length", size, INDEX_HEADER_SIZE as i64);
        return report.problem(&file, size, problem);
    };
    let IndexHeader {
        begin_timestamp,
        end_timestamp,
        begin_phy_offset,
        end_phy_offset,
        hash_slot_count,
        index_count,
    } = found;
    let what = What::IndexHeader {
        begin_timestamp,
        end_timestamp,
        begin_phy_offset,
        end_phy_offset,
        hash_slot_count,
        index_count,
    };
    report.say(&file, 0, what)?;
    // Entries count from 1, and no slot is used without one.
    let entries = i64::from(index_count).max(1) - 1;
    let slots = i64::from(hash_slot_count);
    let room = size as i64 - INDEX_HEADER_SIZE as i64;
    let wrong = if begin_phy_offset < 0 {
        Some((16, Problem::at_least("beginPhyOffset", begin_phy_offset, 0)))
    } else if end_phy_offset < begin_phy_offset {
        Some((24, Problem::at_least("endPhyOffset", end_phy_offset, begin_phy_offset)))
    } else if index_count < 0 {
        Some((36, Problem::at_least("indexCount", index_count, 0)))
    } else if slots < 0 {
        Some((32, Problem::at_least("hashSlotCount", slots, 0)))
    } else if slots > entries {
        Some((32, Problem::at_most("hashSlotCount", slots, entries)))
    } else if slots * 4 + (entries + 1) * 20 > room && entries > 0 {
        Some((36, Problem::at_most("indexCount", index_count, ((room - slots * 4) / 20).max(0))))
    } else {
        None
    };
    match wrong {
        Some((at, problem)) => report.problem(&file, at, problem),
        None => Ok(()),
    }
}
