// English, what comes after the first picture: the caption's sentences (a and b are brokers, n the size of the group),
// hints of the controls, labels of what flies.
// The same keys with the same {arguments} stand in zh-story.js.

/** @type {Record<string, string>} */
export default {
  // how the run begins
  'say.start.group':
    '{n} brokers start as candidates with empty logs. Each votes for itself and asks the others.',
  'say.start.alone': 'A single broker starts. Of one, its own vote is the majority.',

  // death and return
  'say.killed.leader':
    '{b} is dead. It led term {term}; the others notice once heartbeats have been missing for 6 s.',
  'say.killed.other': '{b} is dead. Its store stays. {alive} of {n} are alive, still a majority.',
  'say.killed.majority':
    '{b} is dead. With {alive} of {n} alive there is no majority: nobody can be elected, nothing committed.',
  'say.killed.all': '{b} is dead, and with it the whole group. What the stores hold is still there.',
  'say.back.entries':
    '{b} is back with what its store held: term {term}, entries up to {entry}. What is committed it must learn again.',
  'say.back.empty': '{b} is back. Its store knows term {term} and holds no entries.',

  // election
  'say.candidate.timeout':
    'No heartbeat for 6 s: {b} stops following and asks for votes, first in the old term {term}.',
  'say.candidate.down': '{b} stops leading term {term}: no majority answers its heartbeats.',
  'say.candidate.larger': '{b} has heard of term {term} and becomes a candidate: its own term is over.',
  'say.leader': '{b} leads term {term}: a majority has voted for it.',
  'say.follower': '{b} has heard {a}’s heartbeat and follows it in term {term}.',
  'say.term.lost': '{b} opens term {term}: in the last one too many votes had gone elsewhere.',
  'say.term.told': '{b} has moved to term {term}. It has not voted in it and stays quiet for 0.3 to 1 s.',
  'say.vote.self': '{b} gives its vote of term {term} to itself and writes that down first.',
  'say.vote.other': '{b} gives {a} its vote of term {term}, and stores that before it answers.',
  'say.ask': '{b} asks the others for their votes of term {term}.',
  'say.round.passed': '{b} has {accepted} of {n} votes of term {term}. That is a majority.',
  'say.round.lost':
    '{b} got {accepted} of {n} votes in term {term}, too few. It sleeps a random time, then raises its term.',
  'say.round.newer': '{b} has learnt of a larger term. It sleeps a random time, then moves there.',
  'say.round.few': 'Only {valid} of {n} answered {b}, no majority: it will ask again, still in term {term}.',
  'say.round.leader': 'Someone still has a leader in term {term}: {b} waits 6.3 to 7 s before it asks again.',
  'say.round.log': 'Too many logs are ahead of {b}’s: it cannot win and waits 1.3 to 2 s.',
  'say.round.again':
    'Votes {accepted}, not ready {notReady}: together a majority. {b} asks again at once, still in term {term}.',
  'say.reject.voted.self':
    '{b} refuses {a}: it has already given its vote of term {term} to itself ({code}).',
  'say.reject.voted.other': '{b} refuses {a}: it has already given its vote of term {term} to {c} ({code}).',
  'say.reject.leader': '{b} refuses {a}: it still has a leader in term {term} ({code}).',
  'say.reject.ledgerTerm': '{b} refuses {a}: its own last entry is of a later term than {a}’s ({code}).',
  'say.reject.ledgerIndex': '{b} refuses {a}: its own log is longer than {a}’s ({code}).',
  'say.reject.expired': '{b} refuses {a}: it is already in term {term} ({code}).',
  'say.reject.notReady':
    '{b} did not know term {term}: it will move to it and can vote when asked again ({code}).',
  'say.reject.ledger': '{b} refuses {a}: its log already holds entries of term {term} ({code}).',
  'say.reject.other': '{b} refuses {a} ({code}).',

  // heartbeats
  'say.beat': '{b} sends heartbeats of term {term}. As long as they come, nobody stands for election.',
  'say.beat.notReady':
    '{b} did not know term {term}: it moves there first and accepts the next heartbeat (TERM_NOT_READY).',
  'say.beat.expired': '{b} tells {a} that its term is over: {b} is in term {term} (EXPIRED_TERM).',
  'say.beat.other': '{b} already follows another leader in term {term} (INCONSISTENT_LEADER).',

  // replication
  'say.compare': '{a} asks {b} whether their logs agree up to entry {entry}.',
  'say.compare.begin': '{a} compares logs with {b} from the very beginning.',
  'say.compare.ok': '{b}’s log agrees with {a}’s so far. From here on {a} can push.',
  'say.compare.differs': '{b}’s log does not agree there: {a} looks further back (INCONSISTENT_STATE).',
  'say.compare.early': '{b} does not follow {a} yet and refuses; {a} tries again in 0.5 s (NOT_FOLLOWER).',
  'say.truncated': '{b} cuts its log from entry {entry} on ({count} gone): its leader’s log differs there.',
  'say.append.leader':
    '{b} appends message {number} as entry {entry}. Only {b} has it so far: not yet committed.',
  'say.append.noop':
    '{b} appends entry {entry}, empty, of its own term: once it is committed, so is all before it.',
  'say.push': '{a} pushes entry {entry} to {b}.',
  'say.append.follower': '{b} stores entry {entry} and acknowledges it.',
  'say.ack.more': '{b} has stored entry {entry} and says so: {have} of {n} hold it, {need} are needed.',
  'say.ack.quorum':
    '{b} has stored entry {entry} and says so. With {a} itself that makes {have} of {n}: {a} may call it *committed*.',
  'say.ack.extra': '{b} has stored entry {entry} as well: {have} of {n} hold it now.',
  'say.ack.gap': '{b} cannot append entry {entry}: {a} will compare logs again (INCONSISTENT_STATE).',
  'say.commit.leader':
    'Entry {entry} is *committed*: a majority holds it, so every later leader will have it.',
  'say.commit.alone': 'Entry {entry} is *committed*: of one broker, one is a majority.',
  'say.commit.follower': '{b} learns that everything up to entry {entry} is *committed*.',
  'say.commit.push': '{a} tells {b} how far the log is committed: up to entry {entry}.',
  'say.dispatched':
    'Committed, entry {entry} is written to ConsumeQueue {queue} of {b}, offset {offset}: it can be consumed.',

  // RocketMQ around it
  'say.master': '{b} becomes SYNC_MASTER, brokerId 0: from now on producers send to it.',
  'say.slave': '{b} is a SLAVE, brokerId {id}: it takes no messages.',
  'say.put': 'The producer sends message {number} to {b}, the master.',
  'say.put.again': 'The producer tries message {number} once more, at {b} (attempt {attempt}).',
  'say.ok': 'SEND_OK: message {number} is on a majority, and the producer knows it.',
  'say.fail.quorum':
    'Message {number} got no majority in time ({status}). Its entry stays and may still be committed.',
  'say.fail.route': 'Message {number} has nowhere to go: no broker is registered as master (NO_ROUTE).',
  'say.fail': 'Message {number} was not accepted ({status}).',
  'say.refused': 'Nobody listens at {b}: {a} is refused at once.',
  'say.refused.producer': 'Nobody listens at {b}: the producer is refused at once.',
  'say.lost': 'What {a} has sent to {b} is lost on the way.',
  'say.paused': '{b} stands still, as in a long GC: its memory stays, and what comes to it waits.',
  'say.paused.leader':
    '{b}, the leader, stands still, as in a long GC: it does not notice, the others miss its heartbeats.',
  'say.resumed': '{b} goes on, and handles in order all that has come meanwhile.',
  'say.nothing': 'Nothing more can happen by itself. Bring a broker back or send a message.',

  // hints of the controls
  'ui.step.title': 'Go to the next visible event and stop (. or →)',
  'ui.send.title': 'The producer sends one message (s)',
  'ui.new.title': 'Start again with a fresh seed (n)',
  'problem.lab': 'What this needs could not be loaded: {message}',
  'problem.link':
    'The run in this address cannot be read. After #run= there should be a scenario: its JSON, as base64url.',
  'problem.ended': 'This run has ended: something was broken. Run it again, or begin a new one.',
  'ui.lab.title': 'Faults, rules to take away, and what must hold all the while',
  'ui.pace.title': 'Paced: flights are slow enough to follow, waits short. Linear: every second alike.',
  'ui.seed.title': 'Whole number. The same seed and the same actions give the same run.',
  'ui.language.title': '切换到中文',
  'ui.notStarted': 'The run has not started yet',

  // beside messages in flight, where room is scarce
  'kind.vote_request': 'vote? term {term}',
  'kind.heartbeat_request': 'heartbeat',
  'kind.heartbeat_response': '',
  'kind.compare_response': 'match',
  'kind.truncate_request': 'TRUNCATE from {index}',
  'kind.truncate_response': 'truncated',
  'kind.append_response': 'ack {index}',
  'kind.commit_response': '',
  'kind.send_request': 'message #{message}',
  'kind.transfer_request': 'take the lead',
  'kind.transfer_response': 'accepted',
  'kind.refused': 'refused',
  'kind.compare_request': 'COMPARE',
  'kind.append_request': 'APPEND',
  'kind.commit_request': 'COMMIT',
  'kind.send_response': 'SEND_OK',
};
