//! Figure 8 of the Raft paper with the rules of DLedger 0.3.1, played once by hand and kept as a scenario.
//!
//! `UPDATE_EXPECT=1 cargo test --test figure_8` writes the scenario anew.

use std::fmt::Write as _;

use ledgerscope::check::Watch;
use ledgerscope::ledger::{Member, MemberId};
use ledgerscope::scenario::{Draft, Scenario, Timed};
use ledgerscope::sim::{Command, World};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

const HEAD: &str = r#""seed": 7,
  "preset": "dledger-0.3.1",
  "poll_name_server_ms": 100,
  "producers": [{ "every_ms": 0 }]"#;

fn read(text: &str) -> Scenario {
    let draft: Draft = serde_json::from_str(text).unwrap();
    Scenario::from_draft(&draft).unwrap()
}

/// Somebody who looks at the world and gives commands.
struct Player {
    world: World,
    given: Vec<Timed>,
}

impl Player {
    fn give(&mut self, command: Command) {
        // A microsecond after what it reacts to.
        let at = self.world.now() + Micros(1);
        self.world.advance(at);
        self.world.command(command).unwrap();
        self.given.push((at, command));
    }

    fn wait(&mut self, time: Micros) {
        self.world.advance(self.world.now() + time);
    }

    fn until(&mut self, what: &str, holds: impl Fn(&World) -> bool) {
        let end = self.world.now() + Micros::seconds(60);
        while !holds(&self.world) {
            assert!(self.world.now() < end && self.world.step(), "{what}: not within a minute");
        }
    }

    /// Waits until somebody new can take messages.
    fn next_master(&mut self, old: Option<MemberId>) -> MemberId {
        self.until("a master", |world| {
            world.leader().is_some_and(|l| Some(l) != old && world.master() == Some(l))
        });
        self.world.leader().unwrap()
    }

    /// `broker` writes a message that reaches none of the others, and dies.
    fn write_in_vain(&mut self, broker: MemberId, others: &[MemberId]) {
        for to in others {
            self.give(Command::Cut { from: broker, to: *to });
        }
        let end = member(&self.world, broker).unwrap().end_index();
        self.give(Command::Send { producer: 0 });
        self.until("the message", |world| member(world, broker).is_some_and(|m| m.end_index() > end));
        self.give(Command::Kill { broker });
        self.give(Command::HealAll);
    }
}

fn member(world: &World, broker: MemberId) -> Option<&Member> {
    world.up(usize::from(broker.0)).map(|b| b.member())
}

fn play() -> Vec<Timed> {
    let mut player = Player { world: World::new(read(&format!("{{{HEAD}}}"))), given: Vec::new() };
    let first = player.next_master(None);
    player.wait(Micros::seconds(1));
    player.give(Command::Send { producer: 0 });
    player.wait(Micros::seconds(3));
    let others: Vec<MemberId> = (0..3).map(MemberId).filter(|id| *id != first).collect();
    player.write_in_vain(first, &others);
    let second = player.next_master(Some(first));
    player.wait(Micros::millis(200));
    let third: Vec<MemberId> = others.into_iter().filter(|id| *id != second).collect();
    player.write_in_vain(second, &third);
    // The first one comes back, and counts its old entry as committed when the third has it too.
    player.give(Command::Restart { broker: first });
    player.until("the old entry's commit", |world| {
        member(world, first).is_some_and(|m| m.is_leader() && m.committed_index() >= Index(1))
    });
    player.give(Command::Kill { broker: first });
    // The second one's entry is of a later term: the third must give it its vote, and take its entry.
    player.give(Command::Restart { broker: second });
    player.given
}

fn scenario(commands: &[Timed]) -> String {
    let mut text = format!("{{\n  {HEAD},\n  \"commands\": [\n");
    for (n, (at, command)) in commands.iter().enumerate() {
        let fields =
            serde_json::to_string(&command.shown()).unwrap().replace("\":", "\": ").replace(',', ", ");
        let fields = fields.trim_start_matches('{').trim_end_matches('}');
        let comma = if n + 1 < commands.len() { "," } else { "" };
        writeln!(text, "    {{ \"at_us\": {}, {fields} }}{comma}", at.0).unwrap();
    }
    text + "  ]\n}\n"
}

#[test]
fn figure_8_overwrites_what_was_committed_unless_only_the_present_term_is_counted() {
    let text = scenario(&play());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios/figure_8.json");
    expect_test::expect_file![path].assert_eq(&text);

    let broken = |scenario: Scenario| {
        let mut watch = Watch::new(&scenario);
        let mut world = World::new(scenario);
        watch.advance(&mut world, Micros::seconds(90)).err().map(|violation| violation.to_string())
    };
    let said = broken(read(&text)).expect("who has the later entry is elected without the committed one");
    assert!(said.ends_with("leads term 4 without entry 1, which was committed before"), "{said}");
    let with_the_rule = text.replace("\"poll", "\"rules\": { \"count_only_current_term\": true },\n  \"poll");
    assert_eq!(broken(read(&with_the_rule)), None);
}
