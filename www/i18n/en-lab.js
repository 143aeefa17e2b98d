// English: the panel for breaking things, fetched with it. The same keys with the same {arguments} stand in zh-lab.js.
// `holds.`, `broken.` and `rule.` go by the names of check::Invariant, check::Broken and ledger::Rule.

/** @type {Record<string, string>} */
export default {
  'lab.title': 'Break it',

  // what holds
  'lab.holds': 'All {n} guarantees hold',
  'lab.broken': 'Broken: {name}',
  'lab.checks': 'checks: {n}',
  'lab.checked': 'checked {n} times',
  'lab.holds.mark': 'holds:',
  'lab.broken.mark': 'broken:',
  'lab.list': 'Guarantees, one by one',
  'holds.one_leader_per_term': 'One leader in a term',
  'holds.leader_append_only': 'A leader never shortens its log',
  'holds.log_matching': 'Same index and term: same log up to there',
  'holds.leader_completeness': 'A new leader has all that is committed',
  'holds.committed_entries_agree': 'At an index all commit the same entry',
  'holds.queue_offsets_agree': 'At a queue offset all have the same message',
  'holds.commit_index_sound': 'committedIndex never goes back',
  'holds.units_point_at_their_message': 'ConsumeQueue units point at their message',
  'holds.acknowledged_kept': 'What was answered PUT_OK is never lost',
  'holds.consumed_only_committed': 'Consumers see only what is committed',
  'holds.queue_order': 'Consumers read a queue in its order',
  'holds.same_bytes': 'An entry is the same bytes everywhere',
  'holds.duplicates_explained': 'Duplicates only after a failed attempt',
  'holds.leader_returns': 'After trouble a leader comes back',
  'holds.puts_succeed': 'After trouble messages get through again',

  // what was broken, by whom and where: by the names of check::Broken
  'broken.at': 'At {s} s',
  'broken.two_leaders': '{a} and {b} were both leader in term {term}.',
  'broken.leader_deleted': '{a} deleted entry {index} of its own log while it was leader of term {term}.',
  'broken.entries_differ': '{a} and {b} have different entries {index}, both of term {term}.',
  'broken.prefixes_differ':
    '{a} and {b} have the same entry {index} of term {term}, but not the same log before it.',
  'broken.places_differ': '{a} and {b} have entry {index} of term {term} at different places of their files.',
  'broken.leader_lacks_committed': '{a} leads term {term} without entry {index}, which was committed before.',
  'broken.leader_lacks_acknowledged':
    '{a} leads term {term} without message {number}, which was answered PUT_OK.',
  'broken.committed_differs':
    '{last} committed another entry {index} than the one that was committed before.',
  'broken.committed_beyond_end': '{a} takes entry {index} for committed and does not even have it.',
  'broken.committed_went_back': 'The committedIndex of {a} went back to {index}.',
  'broken.units_differ': '{a} and {b} have different messages at offset {queue_offset} of queue {queue}.',
  'broken.offset_given_twice':
    '{a} gave offset {queue_offset} of queue {queue}, which a message has already, to message {number} (entry {index}).',
  'broken.unit_misplaced':
    'At offset {queue_offset} of queue {queue}, {a} points at a message that belongs elsewhere.',
  'broken.unit_dangles': 'In queue {queue}, {a} points at a message that its log no longer has.',
  'broken.acknowledged_not_committed':
    'Message {number} was answered PUT_OK, but entry {index} is not it, or is not committed.',
  'broken.acknowledged_not_shown':
    '{a} does not show message {number} in queue {queue}, though it was answered PUT_OK long ago.',
  'broken.acknowledged_not_consumed':
    'Nobody in the group of consumer {consumer} gets to offset {queue_offset} of queue {queue}.',
  'broken.consumed_not_committed':
    'Consumer {consumer} got message {number}, but entry {index} is not it, or is not committed.',
  'broken.consumed_out_of_order':
    'Consumer {consumer} came to offset {queue_offset} of queue {queue} out of order.',
  'broken.passed_over':
    'Consumer {consumer} began at offset {queue_offset} of queue {queue} and passed messages over.',
  'broken.sent_after_success':
    'Producer {producer} sent message {number} again after it was answered PUT_OK.',
  'broken.stored_too_often':
    'Message {number} is committed more often than it was sent, at last as entry {index}.',
  'broken.no_leader': '{all} are up and connected, a majority, and nobody leads them.',
  'broken.no_put': 'No message of producer {producer} gets through, though nothing is in the way.',
  'broken.any': 'A guarantee was broken: {name}.',

  'lab.again': 'Run again',
  'lab.skip': 'Skip ahead',
  'lab.skip.title': 'To just before this run breaks something',
  'lab.copy': 'Copy link',
  'lab.copy.long': 'Copy link to this run',
  'lab.copied': 'Copied',
  'lab.copy.failed': 'The browser did not allow it',

  // tabs
  'lab.tabs': 'What to break',
  'lab.tab.faults': 'Faults',
  'lab.tab.network': 'Network',
  'lab.tab.rules': 'Rules',
  'lab.tab.search': 'Search',
  'lab.tab.rules.off': 'Rules · {n} off',
  'lab.tab.search.running': 'Search · {percent} %',
  'lab.calm': 'Calm down',
  'lab.calm.title':
    'All links whole and as at the start, nobody paused, clocks true, disks well. The dead stay dead.',

  // faults of a broker
  'lab.broker': 'Broker',
  'lab.kill': 'Kill',
  'lab.restart': 'Restart',
  'lab.power': 'Cut its power',
  'lab.pause': 'Pause',
  'lab.resume': 'Resume',
  'lab.isolate': 'Isolate',
  'lab.kill.title': 'Its process dies; what it wrote stays, flushed or not.',
  'lab.restart.title': 'Its process starts again and recovers from its disk.',
  'lab.power.title': 'Its machine loses power: what no flush has reached (every 10 ms) is gone.',
  'lab.pause.title': 'As in a long GC: its process stands still, what comes waits, clocks go on.',
  'lab.resume.title': 'It goes on, and handles in order all that has come meanwhile.',
  'lab.isolate.title': 'All that it sends, and all that is sent to it, is lost, clients’ requests too.',
  'lab.why.dead': '{b} is down',
  'lab.why.stopped': 'This run has ended: run it again, or begin a new one',
  'lab.disk.slow': 'Disk: each write waits',
  'lab.disk.slow.short': 'disk {s}',
  'lab.disk.full': 'Disk full',
  'lab.disk.full.title': 'Its log takes no entry any more; votes and terms are still written.',
  'lab.clock': 'Its clock runs',
  'lab.state.dead': 'down',
  'lab.state.booting': 'starting',
  'lab.state.paused': 'paused',
  'lab.role.0': 'candidate',
  'lab.role.1': 'leader',
  'lab.role.2': 'follower',

  // partitions
  'lab.partition': 'Partition',
  'lab.partition.hint': 'Only brokers of one group reach one another; clients are not cut off by it.',
  'lab.partition.or': 'Or draw a line in the picture: what it crosses is cut.',
  'lab.partition.some': 'Some links are cut one by one.',
  'lab.group': 'Group {n}',
  'lab.in': '{b} in group {n}',
  'lab.cut.draw': 'Draw a cut',
  'lab.cut.cancel': 'Now draw a line',
  'lab.cut.links': 'cut {links}',
  'lab.cut.none': 'crosses no link',
  'lab.heal': 'Heal all links',

  // messages in flight
  'lab.flights': 'Messages in flight',
  'lab.flights.hint':
    'Click one in the picture, or go through them with the key m: it can be dropped, delayed, duplicated.',
  'lab.flights.next': 'Next message',
  'lab.flights.none': 'Nothing is in flight now',
  'msg.label': 'Message in flight',
  'msg.of': '{n} of {of}',
  'msg.previous': 'Previous message in flight',
  'msg.next': 'Next message in flight',
  'msg.close': 'Close',
  'msg.drop': 'Drop',
  'msg.delay': 'Delay {s}',
  'msg.delay.title': 'It arrives so much later; what was sent after it may overtake it',
  'msg.duplicate': 'Duplicate',
  'msg.term': 'term {term}',
  'msg.entry': 'entry {index}',
  'msg.entry.term': 'entry {index} of term {term}',
  'msg.message': 'message {number}',
  'msg.left': 'arrives in {ms} ms',
  'msg.producer': 'producer',
  'msg.kind.0': 'Vote request',
  'msg.kind.1': 'Answer to a vote request',
  'msg.kind.2': 'Heartbeat',
  'msg.kind.3': 'Answer to a heartbeat',
  'msg.kind.4': 'COMPARE',
  'msg.kind.5': 'Answer to COMPARE',
  'msg.kind.6': 'TRUNCATE',
  'msg.kind.7': 'Answer to TRUNCATE',
  'msg.kind.8': 'APPEND',
  'msg.kind.9': 'Answer to APPEND',
  'msg.kind.10': 'COMMIT',
  'msg.kind.11': 'Answer to COMMIT',
  'msg.kind.12': 'Message from the producer',
  'msg.kind.13': 'Answer to the producer',
  'msg.kind.14': 'Connection refused',
  'msg.kind.15': 'Leadership transfer',
  'msg.kind.16': 'Answer to a leadership transfer',
  'msg.kind.any': 'Message',

  // network
  'lab.links': 'Links',
  'lab.links.all': 'all',
  'lab.links.of': 'to and from {b}',
  'lab.net.latency': 'Latency',
  'lab.net.jitter': 'Jitter',
  'lab.net.loss': 'Loss',
  'lab.net.duplicate': 'Duplicates',
  'lab.net.reorder': 'Out of order',
  'lab.net.differ': 'The links differ: these are the values of {a} → {b}.',
  'lab.ms': '{n} ms',
  'lab.s': '{n} s',
  'lab.percent': '{n} %',
  'lab.times': '×{n}',
  'lab.none': 'none',

  // rules
  'lab.preset': 'Rules of',
  'lab.preset.intended': 'DLedger 0.4 as it was meant',
  'lab.preset.dledger-0.4': 'DLedger 0.4.0 as released',
  'lab.preset.dledger-0.3.1': 'DLedger 0.3.1.2, which RocketMQ 5 links',
  'lab.rules.hint': 'Take a rule away while the group runs, and see what it was for.',
  'lab.rule.off': 'off',
  'lab.rule.show': 'Show me where it was needed',
  'lab.rule.show.title': 'Plays a run without this rule, up to what it breaks',
  'lab.rules.votes': 'Votes and terms',
  'lab.rules.log': 'Logs and replication',
  'lab.rules.commit': 'Commit and answers',
  'lab.rules.disk': 'Disk and restart',
  'lab.rules.more': 'More',

  // search
  'lab.search.hint':
    'Plays one seed after another, each with faults of its own, under the rules as they are set, until a guarantee breaks.',
  'lab.search.kept':
    'All rules are kept, so nothing should be found. Take one away to see the search succeed.',
  'lab.search.off': 'Taken away: {rules}.',
  'lab.search.brokers': 'Brokers',
  'lab.search.minutes': 'Minutes a run',
  'lab.search.seeds': 'Runs',
  'lab.search.go': 'Find me a failure',
  'lab.search.cancel': 'Cancel',
  'lab.search.tried': '{n} of {of} runs',
  'lab.search.rate': '{n} a second',
  'lab.search.left': '{t} left',
  'lab.search.left.s': '{n} s',
  'lab.search.left.min': '{n} min',
  'lab.search.left.h': '{n} h',
  'lab.search.shrinking': 'Found in run {n}; being made smaller, {tries} tries so far:',
  'lab.search.enough': 'Small enough',
  'lab.search.found': 'Found in run {n}:',
  'lab.search.play': 'Play it',
  'lab.search.nothing': 'Nothing found in {n} runs.',
  'lab.search.cancelled': 'Cancelled after {n} runs; nothing found until then.',
  'lab.search.failed': 'The search could not go on: {message}',

  // rules: what each says, and what it protects from
  'rule.compare_from_the_end': 'Compare from the end of the log',
  'rule.compare_from_the_end.why':
    'A new leader looks for common ground from its last entry. Without it (B1) on its first leadership it starts where its log ended at boot, and followers delete committed entries.',
  'rule.vote_by_the_log': 'Vote by the log itself',
  'rule.vote_by_the_log.why':
    'Votes compare real log ends. Without it (B2) a copy that a truncate leaves behind: a voter takes its shortened log for longer than it is.',
  'rule.check_control_pushes': 'Check who pushes',
  'rule.check_control_pushes.why':
    'COMPARE, TRUNCATE and COMMIT count only from the known leader in the present term. Without it (B3) a deposed leader’s late TRUNCATE is obeyed.',
  'rule.truncate_only_conflicts': 'Truncate only what conflicts',
  'rule.truncate_only_conflicts.why':
    'Entries that agree with the leader’s, or are committed, stay. Without it (B4) TRUNCATE takes whatever is there.',
  'rule.resend_from_the_match': 'Push again what was not answered',
  'rule.resend_from_the_match.why':
    'The oldest push without an answer goes out again. Without it (B5) a lost first push of a leadership leaves its follower behind for good.',
  'rule.answer_only_committed': 'Answer a put by its commit',
  'rule.answer_only_committed.why':
    'SUCCESS means: this entry is committed. Without it (B7) a check by index alone acknowledges what an earlier shape of the log had there.',
  'rule.batches_fill': 'Batches fill',
  'rule.batches_fill.why':
    'With batching on, entries that are ready together travel together. Without it (B8) each travels alone: slower, not less safe.',
  'rule.erase_on_truncate': 'A truncate erases the bytes',
  'rule.erase_on_truncate.why':
    'What was cut off is gone from the disk. Without it (B16) recovery scans past the cut and finds the old entries again.',
  'rule.count_only_current_term': 'Count copies of present-term entries only',
  'rule.count_only_current_term.why':
    'Older entries are committed along with one of the leader’s own term (Raft, 5.4.2). Without it a majority may hold an old entry and still lose it (figure 8).',
  'rule.noop_on_election': 'A no-op on election',
  'rule.noop_on_election.why':
    'A new leader whose log is not all committed appends an empty entry of its term. Without it old entries wait until somebody writes.',
  'rule.heed_larger_term': 'Heed a larger term',
  'rule.heed_larger_term.why':
    'A leader that is told of a larger term steps down, even with a majority behind it. Without it only without one, as in 0.3.1.2.',
  'rule.answer_on_term_change': 'Answer when the term is lost',
  'rule.answer_on_term_change.why':
    'Who stops being leader answers the puts that wait. Without it they wait until it leads again, as in 0.3.1.2.',
  'rule.remember_vote': 'Remember the vote across a restart',
  'rule.remember_vote.why':
    'Term and vote are on the disk before a vote is answered. Without it (B14) a broker that restarts may vote twice in a term.',
  'rule.compare_logs_before_voting': 'Compare logs before voting',
  'rule.compare_logs_before_voting.why':
    'Nobody votes for a candidate whose log ends before its own. Without it a broker without the committed entries is elected, and the others delete theirs.',
  'rule.majority_to_win': 'A majority to win',
  'rule.majority_to_win.why':
    'More than half of the members elect a leader, and any two majorities share one. Without it half, rounded down, is enough: of three a candidate needs but itself.',
  'rule.majority_to_commit': 'A majority to commit',
  'rule.majority_to_commit.why':
    'What more than half hold, every later leader holds. Without it half, rounded down, is enough: of three the leader’s own copy.',
  'rule.raise_the_term': 'Raise the term',
  'rule.raise_the_term.why':
    'After a lost round a candidate stands again in a larger term. Without it in the same one, its vote cleared: a term may get several leaders.',
  'rule.step_down_on_larger_term': 'Step down on a larger term',
  'rule.step_down_on_larger_term.why':
    'A leader that is told of a larger term steps down. Without it it takes the term over and goes on, leader of a term that nobody gave it.',
  'rule.truncate_conflicts': 'Truncate what conflicts',
  'rule.truncate_conflicts.why':
    'A follower deletes what conflicts with its leader’s log. Without it it only says so and keeps it, and soon takes it for committed.',
  'rule.vote_once_a_term': 'One vote in a term',
  'rule.vote_once_a_term.why':
    'A vote is for the whole term. Without it whoever stands forgets whom it voted for, and votes once more in the same term.',
  'rule.dispatch_only_committed': 'Dispatch only what is committed',
  'rule.dispatch_only_committed.why':
    'Only what is committed gets into the ConsumeQueues. Without it all that is in the log: consumers see messages that never come to be, and the units of deleted ones stay.',
  'rule.recover_before_serving': 'Recover before serving',
  'rule.recover_before_serving.why':
    'A new leader becomes master once all of its log is committed and dispatched. Without it at once: it gives out queue offsets that messages further down its log already have.',
  'rule.flush_before_acknowledging': 'Flush before acknowledging',
  'rule.flush_before_acknowledging.why':
    'An entry counts as a copy only once it is on the disk. Off, as in the original, which flushes every 10 ms (B15): a majority that loses power together loses what it acknowledged.',
  'rule.recover_queues_whole': 'A crash costs the ConsumeQueues nothing',
  'rule.recover_queues_whole.why':
    'Dispatching goes on where the queues end. Without it, as in RocketMQ, recovery dispatches what is not committed, then cuts units that nobody writes again.',
  'rule.take_only_as_master': 'Only a master takes messages',
  'rule.take_only_as_master.why':
    'Without it, as in RocketMQ, a leader that was never a slave takes messages as soon as it leads: queue offsets of its uncommitted tail are given out twice.',
};
