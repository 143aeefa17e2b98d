//! Folders: which files are there, which belong together, and in what order they are read. Logs come first, because
//! the rest is compared with them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::detect::{Class, HEAD, classify};
use super::ledger::LogSpan;
use super::offsets::QueueMaxima;
use super::queue::Log;
use super::report::{Error, Kind, Problem, Report, Sink, Summary, What};
use super::series::{Series, start_of_name};
use super::{commit_log, index_units, ledger, offsets, queue, read_alone, small};

/// Folders within folders that are followed: more than any store has.
const MAX_DEPTH: usize = 16;

struct Found {
    path: PathBuf,
    /// Absolute, to know the folders it is in.
    place: PathBuf,
    len: u64,
    class: Class,
}

/// Reads files and folders, with all the files of one store compared with each other: give a store's folder whole to
/// have everything checked that can be.
///
/// # Errors
/// A path that cannot be read or holds nothing known here, a sink that refuses. What is wrong inside files is not an
/// error but a finding.
pub fn inspect(paths: &[impl AsRef<Path>], sink: &mut dyn Sink) -> Result<Summary, Error> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        collect(path.as_ref(), 0, &mut found)?;
        if found[before..].iter().all(|one: &Found| matches!(one.class, Class::Unknown | Class::Abort)) {
            return Err(Error::Unknown { file: path.as_ref().display().to_string() });
        }
    }
    // The same file may be below two of the paths.
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found.dedup_by(|a, b| a.place == b.place);
    let mut report = Report::new(sink);
    Stores::of(found).read(&mut report)?;
    Ok(report.summary)
}

fn collect(path: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), Error> {
    let failed = |error| Error::Read { file: path.display().to_string(), offset: 0, error };
    let about = fs::metadata(path).map_err(failed)?;
    if about.is_dir() {
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // A link inside a store may lead in circles.
            if !entry.file_type().map_err(failed)?.is_symlink() {
                inside.push(entry.path());
            }
        }
        inside.sort();
        return match depth {
            MAX_DEPTH => Ok(()),
            _ => inside.iter().try_for_each(|path| collect(path, depth + 1, found)),
        };
    }
    if !about.is_file() {
        return Ok(());
    }
    let place = std::path::absolute(path).map_err(failed)?;
    let class = classify(&place, &head(path).map_err(failed)?);
    found.push(Found { path: path.to_owned(), place, len: about.len(), class });
    Ok(())
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    fs::File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Everything found, by the folder it is in.
#[derive(Default)]
struct Stores {
    /// Files that follow each other, by folder.
    series: BTreeMap<(PathBuf, Kind), Vec<Found>>,
    /// Files that stand for themselves.
    single: Vec<(Kind, Found)>,
    misnamed: Vec<(Kind, Found)>,
    other: Vec<Found>,
    /// What data files hold, by the folder above `data`.
    spans: BTreeMap<PathBuf, LogSpan>,
    /// Logs by store root.
    logs: BTreeMap<PathBuf, Log<'static>>,
    /// Queues by store root.
    queues: BTreeMap<PathBuf, QueueMaxima>,
}

fn above(path: &Path, levels: usize) -> PathBuf {
    path.ancestors().nth(levels).unwrap_or(path).to_owned()
}

fn display(found: &Found) -> String {
    found.path.display().to_string()
}

fn series_of(found: Vec<Found>) -> Series<'static> {
    Series::new(found.into_iter().map(|one| {
        let start = one.place.file_name().and_then(|name| start_of_name(name.to_str()?)).unwrap_or(0);
        let file = display(&one);
        (one.path, file, start, one.len)
    }))
}

impl Stores {
    fn of(found: Vec<Found>) -> Self {
        let mut stores = Stores::default();
        for one in found {
            match one.class {
                Class::Known(
                    kind @ (Kind::EntryData | Kind::EntryIndex | Kind::CommitLog | Kind::ConsumeQueue),
                ) => stores.series.entry((above(&one.place, 1), kind)).or_default().push(one),
                Class::Known(kind) => stores.single.push((kind, one)),
                Class::Misnamed(kind) => stores.misnamed.push((kind, one)),
                Class::Abort | Class::Unknown => stores.other.push(one),
            }
        }
        stores
    }

    fn folders(&self, kind: Kind) -> Vec<PathBuf> {
        self.series.keys().filter(|(_, found)| *found == kind).map(|(folder, _)| folder.clone()).collect()
    }

    fn take(&mut self, folder: PathBuf, kind: Kind) -> Option<Series<'static>> {
        self.series.remove(&(folder, kind)).map(series_of)
    }

    fn read(mut self, report: &mut Report<'_>) -> Result<(), Error> {
        self.misnamed(report)?;
        self.logs(report)?;
        for folder in self.folders(Kind::EntryIndex) {
            if let Some(mut index) = self.take(folder, Kind::EntryIndex) {
                read_alone(Kind::EntryIndex, &mut index, report)?;
            }
        }
        self.queues(report)?;
        self.singles(report)?;
        for one in &self.other {
            let file = display(one);
            report.say(&file, 0, What::Skipped)?;
            if one.class == Class::Abort {
                report.note(
                    &file,
                    0,
                    "a broker runs here, or did not stop cleanly: the next start is an abnormal one",
                )?;
            }
        }
        Ok(())
    }

    /// DLedger reads every file of its folders, and does not start when one has a name that is no number.
    fn misnamed(&mut self, report: &mut Report<'_>) -> Result<(), Error> {
        for (kind, one) in std::mem::take(&mut self.misnamed) {
            let name = one.place.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let number = name.bytes().all(|byte| byte.is_ascii_digit());
            // `data` is a usual name for a folder.
            if !number && !self.series.contains_key(&(above(&one.place, 1), kind)) {
                self.other.push(one);
                continue;
            }
            let file = display(&one);
            report.say(&file, 0, What::File { kind, size: one.len })?;
            report.problem(&file, 0, Problem::new("file name", format!("{name:?}"), "20 digits"))?;
        }
        Ok(())
    }

    fn logs(&mut self, report: &mut Report<'_>) -> Result<(), Error> {
        for folder in self.folders(Kind::CommitLog) {
            let root = above(&folder, 1);
            if let Some(mut plain) = self.take(folder, Kind::CommitLog) {
                let log = self.logs.entry(root).or_default();
                log.end = commit_log::scan(&mut plain, &mut log.queues, report)?;
                log.plain = Some(plain);
            }
        }
        for folder in self.folders(Kind::EntryData) {
            let (member, root) = (above(&folder, 1), above(&folder, 2));
            let mut index = self.take(member.join("index"), Kind::EntryIndex);
            let Some(mut data) = self.take(folder, Kind::EntryData) else { continue };
            let log = self.logs.entry(root).or_default();
            let span = ledger::scan(&mut data, index.as_mut(), &mut log.queues, report)?;
            if let Some(mut index) = index {
                let entries = span.indexes.unwrap_or((0, 0));
                index_units::scan(&mut index, Some(entries), report)?;
            }
            if log.ledger.is_some() {
                let text =
                    "a second member's log in the same folder: ConsumeQueues are compared with the last";
                report.note(data.file(0), 0, text)?;
            }
            (log.end, log.ledger) = (span.end, Some(data));
            self.spans.insert(member, span);
        }
        Ok(())
    }

    fn queues(&mut self, report: &mut Report<'_>) -> Result<(), Error> {
        for folder in self.folders(Kind::ConsumeQueue) {
            let root = above(&folder, 3);
            let name = |folder: &Path| folder.file_name().map(|name| name.to_string_lossy().into_owned());
            let topic = folder.parent().and_then(name).unwrap_or_default();
            let id = name(&folder).and_then(|name| name.parse().ok());
            let Some(mut queue) = self.take(folder, Kind::ConsumeQueue) else { continue };
            let named = id.map(|id| (topic.as_str(), id));
            let max = queue::scan(&mut queue, named, self.logs.get_mut(&root), report)?;
            if let Some(id) = id {
                self.queues.entry(root).or_default().entry(topic).or_default().insert(id, max);
            }
        }
        Ok(())
    }

    fn singles(&mut self, report: &mut Report<'_>) -> Result<(), Error> {
        for (kind, one) in std::mem::take(&mut self.single) {
            let (folder, root) = (above(&one.place, 1), above(&one.place, 2));
            let backup = one.place.extension().is_some_and(|extension| extension == "bak");
            let span = self.spans.get(&folder).filter(|_| !backup);
            let mut file = series_of(vec![one]);
            match kind {
                Kind::VoteFile => small::vote(&mut file, span, report)?,
                Kind::LedgerCheckpoint => small::ledger_checkpoint(&mut file, span, report)?,
                Kind::ConsumerOffset => offsets::scan(&mut file, self.queues.get(&root), report)?,
                _ => read_alone(kind, &mut file, report)?,
            }
        }
        Ok(())
    }
}
