//! DLedger's index files, unit by unit. Those of entries that were read have been compared with them (`ledger.rs`); here
//! they are listed, and checked for themselves where their entries are not there.

use crate::store::{
    DecodeError, ENTRY_HEADER_SIZE, INDEX_UNIT_SIZE, IndexUnit, MAX_ENTRY_SIZE, MIN_BLANK_SIZE,
};

use super::bytes::is_zero;
use super::report::{Error, Kind, Problem, Report, What, Wrong};
use super::series::Series;

const UNIT: u64 = INDEX_UNIT_SIZE as u64;

/// The unit before: where its entry ends, and its term.
#[derive(Clone, Copy)]
struct Before {
    end: i64,
    term: i64,
}

/// Reads all of `index`. `entries`: first index of the data, and the one after the last.
pub(super) fn scan(
    index: &mut Series<'_>,
    entries: Option<(i64, i64)>,
    report: &mut Report<'_>,
) -> Result<(), Error> {
    let mut before = None;
    let mut over = false;
    for piece in 0..index.pieces.len() {
        index.begin_file(piece, Kind::EntryIndex, UNIT, report)?;
        let file = index.pieces[piece].file.clone();
        let len = index.len(piece);
        let mut at = 0;
        while at + UNIT <= len && !over {
            let place = index.position(piece, at) / UNIT as i64;
            let bytes = index.bytes(piece, at, INDEX_UNIT_SIZE)?;
            let unwritten = is_zero(bytes);
            let unit = IndexUnit::decode(bytes);
            match entries {
                Some((_, next)) if place >= next => {
                    over = true;
                    if !unwritten {
                        let text = format!("units from index {place} on are left behind by a truncate");
                        report.note(&file, at, text)?;
                    }
                    break;
                }
                Some((first, _)) if place >= first => {
                    if let Ok(unit) = unit {
                        say(&file, at, &unit, report)?;
                    }
                }
                // Deleted, or never there after a reset.
                Some((first, _)) if unwritten => {
                    let skip = (first.saturating_sub(place) as u64).saturating_mul(UNIT);
                    at = at.saturating_add(skip).min(len);
                    continue;
                }
                _ if unwritten => {
                    if !unit_follows(index, piece, at)? {
                        over = true;
                        break;
                    }
                    report.problem(&file, at, magic(unit))?;
                }
                _ => match unit {
                    Err(error) => report.problem(&file, at, magic(Err(error)))?,
                    Ok(unit) => {
                        let term = before.map_or(0, |before: Before| before.term);
                        if unit.index.0 == place && unit.term.0 < term && !goes_on(index, piece, at, term)? {
                            let text = format!("units from index {place} on are left behind by a truncate");
                            report.note(&file, at, text)?;
                            over = true;
                            break;
                        }
                        say(&file, at, &unit, report)?;
                        if let Some((offset, problem)) = wrong(&unit, place, before) {
                            report.problem(&file, at + offset, problem)?;
                        }
                        let end = unit.pos.saturating_add(i64::from(unit.size));
                        before = Some(Before { end, term: term.max(unit.term.0) });
                    }
                },
            }
            at += UNIT;
        }
        if over && at < len {
            report.say(&file, at, What::Unwritten { size: len - at })?;
        }
    }
    Ok(())
}

fn say(file: &str, at: u64, unit: &IndexUnit, report: &mut Report<'_>) -> Result<(), Error> {
    let (magic, pos, size) = (unit.magic.code(), unit.pos, unit.size);
    let what = What::IndexUnit { magic, pos, size, index: unit.index.0, term: unit.term.0 };
    report.say(file, at, what)
}

fn magic(unit: Result<IndexUnit, DecodeError>) -> Problem {
    match unit {
        Err(error) => Problem { what: error.what.replace("entry", "index unit"), ..error.into() },
        Ok(unit) => Problem::at_least("index unit magic", unit.magic.code(), 1),
    }
}

/// Whether any of the next units, here or in the next file, is written.
fn unit_follows(index: &mut Series<'_>, piece: usize, at: u64) -> Result<bool, Error> {
    const UNITS_LOOKED_AT: usize = 2048;
    let bytes = index.bytes(piece, at, UNITS_LOOKED_AT * INDEX_UNIT_SIZE)?;
    Ok(!is_zero(bytes) || !index.all_unwritten(piece + 1)?)
}

/// Whether the unit behind the one at `at` is of `term` or a later one.
fn goes_on(index: &mut Series<'_>, piece: usize, at: u64, term: i64) -> Result<bool, Error> {
    let bytes = index.bytes(piece, at + UNIT, INDEX_UNIT_SIZE)?;
    Ok(IndexUnit::decode(bytes).is_ok_and(|unit| unit.term.0 >= term))
}

fn wrong(unit: &IndexUnit, place: i64, before: Option<Before>) -> Option<Wrong> {
    let smallest = ENTRY_HEADER_SIZE as i64;
    let largest_gap = MAX_ENTRY_SIZE as i64 + MIN_BLANK_SIZE;
    if unit.index.0 != place {
        return Some((16, Problem::exactly("index unit index", unit.index, place)));
    }
    if i64::from(unit.size) < smallest {
        return Some((12, Problem::at_least("index unit size", unit.size, smallest)));
    }
    let least_pos = before.map_or(0, |before| before.end);
    if unit.pos < least_pos {
        return Some((4, Problem::at_least("index unit pos", unit.pos, least_pos)));
    }
    let before = before?;
    if unit.pos > before.end.saturating_add(largest_gap) {
        return Some((
            4,
            Problem::at_most("index unit pos", unit.pos, before.end.saturating_add(largest_gap)),
        ));
    }
    (unit.term.0 < before.term).then(|| (24, Problem::at_least("index unit term", unit.term, before.term)))
}
