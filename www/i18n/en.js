// English: controls, problems, and what is drawn on the canvas (`stage.*`), where room is scarce. What the first picture
// can do without is in en-story.js. The same keys with the same {arguments} stand in zh.js.

/** @type {Record<string, string>} */
export default {
  // clock
  'clock.time': 't = {seconds} s',
  'clock.paced': 'paced ×{rate}',
  'clock.linear': 'linear ×{rate}',
  'clock.paused': 'paused',
  'clock.seed': 'seed {seed}',

  // controls
  'ui.stage': 'Broker group. Space plays and pauses.',
  'ui.play': 'Play',
  'ui.pause': 'Pause',
  'ui.step': 'Step',
  'ui.send': 'Send message',
  'ui.new': 'New run',
  'ui.pace': 'Time',
  'ui.paced': 'paced',
  'ui.linear': 'linear',
  'ui.speed': 'Speed',
  'ui.brokers': 'Brokers',
  'ui.seed': 'Seed',
  'ui.language': '中文',
  'ui.controls': 'Controls',
  'ui.timeline': 'The run so far: who led when, deaths and returns, commits',
  'ui.dismiss': 'Close',
  'ui.help':
    'Click a broker to kill it, again to bring it back; click the producer to send. Keys: Space play, . step, s send, n new run.',
  'ui.ready': 'Press play, or go from event to event with “Step”.',

  // brokers and producer as buttons
  'target.up':
    'Broker {b}, {role}, term {term}, {entries} entries, {committed} committed. Press Enter to kill it',
  'target.booting': 'Broker {b}, starting, {entries} entries in its store. Press Enter to kill it',
  'target.paused': 'Broker {b}, paused, term {term}, {entries} entries. Press Enter to kill it',
  'target.dead': 'Broker {b}, dead, {entries} entries in its store. Press Enter to bring it back',
  'target.producer': 'Producer, {ok} messages answered SEND_OK. Press Enter to send one',
  'role.0': 'candidate',
  'role.1': 'leader',
  'role.2': 'follower',

  // problems
  'problem.value': '{field} “{value}” is not possible. Allowed: {allowed}. Used instead: {used}.',
  'problem.unknown': '“{field}” is not an option here. There are: {allowed}.',
  'problem.broker': 'There is no broker {value}. There are: {allowed}.',
  'problem.refused': '{field} “{value}” is not possible. Allowed: {allowed}.',
  'problem.dead': '{b} is dead already.',
  'problem.up': '{b} is running: only a dead broker can be brought back.',
  'problem.command': 'This is not possible: {message}',
  'problem.words': 'This language could not be loaded: {message}',
  'problem.after':
    'What flies, and the sentences under the picture, could not be loaded: {message}. The next run asks for them again.',
  'problem.load': 'The simulator could not be loaded: {message}',
  'problem.panic':
    'The simulator stopped on an error of its own ({message}). Seed {seed} reproduces it; “New run” starts afresh.',

  // on the stage; names that DLedger and RocketMQ themselves use stay as they are in every language
  'stage.group': 'Broker group',
  'stage.majority': 'majority: {quorum} of {brokers}',
  'stage.commitlog': 'CommitLog',
  'stage.queues': 'ConsumeQueues below',
  'stage.committed': 'committed',
  'stage.uncommitted': 'uncommitted',
  'stage.noop': 'no-op',
  'stage.empty': 'empty',
  'stage.before': '← {index}',
  'stage.message': '#{message}',
  'stage.queue': 'q{queue}',
  'stage.term': 'term {term}',
  'stage.term.short': 'T{term}',
  'stage.leader': 'LEADER',
  'stage.follower': 'FOLLOWER',
  'stage.candidate': 'CANDIDATE',
  'stage.dead': 'DOWN',
  'stage.booting': 'STARTING',
  'stage.paused': 'PAUSED',
  'stage.booting.disk': 'reads its disk',
  'stage.paused.disk': 'its memory stays',
  'stage.dead.disk': 'its disk stays',
  'stage.master': 'master · id {id}',
  'stage.slave': 'slave · id {id}',
  'stage.noId': 'no id yet',
  'stage.votes': '{votes} of {quorum} votes',
  'stage.timer.election': 'election in {s} s',
  'stage.timer.retry': 'next vote {s} s',
  'stage.timer.heartbeat': 'heartbeat {s} s',
  'stage.timer.round': 'round ends {s} s',
  'stage.producer': 'Producer',
  'stage.producer.idle': 'nothing sent',
  'stage.producer.pending': 'sending #{message}',
  'stage.producer.ok': 'SEND_OK #{message}',
  'stage.producer.failed': 'failed #{message}',
  'stage.hint.kill': 'click: kill',
  'stage.hint.restart': 'click: restart',
  'stage.hint.send': 'click: send',
};
