//! The name server: which broker is registered under which brokerId.

use crate::ledger::MemberId;

/// The brokerId under which a master registers (`MixAll.MASTER_ID`).
pub const MASTER_ID: i64 = 0;

/// `RouteInfoManager`, for the one group there is.
#[derive(Clone, Debug)]
pub struct NameServer {
    /// brokerId of each broker, if it is registered
    registered: Vec<Option<i64>>,
}

impl NameServer {
    /// Nobody is registered yet.
    pub fn new(brokers: u8) -> NameServer {
        NameServer { registered: vec![None; usize::from(brokers)] }
    }

    /// A broker says who it is. An id belongs to the one who took it last.
    pub fn register(&mut self, broker: MemberId, broker_id: i64) {
        for other in &mut self.registered {
            if *other == Some(broker_id) {
                *other = None;
            }
        }
        self.registered[usize::from(broker.0)] = Some(broker_id);
    }

    /// A broker's connection closed: it is forgotten at once.
    pub fn unregister(&mut self, broker: MemberId) {
        self.registered[usize::from(broker.0)] = None;
    }

    /// The address behind brokerId 0, which all messages go to.
    pub fn master(&self) -> Option<MemberId> {
        let at = self.registered.iter().position(|id| *id == Some(MASTER_ID))?;
        Some(MemberId(at as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_to_register_as_master_is_the_master_until_its_connection_closes() {
        let mut names = NameServer::new(3);
        assert_eq!(names.master(), None);
        names.register(MemberId(0), MASTER_ID);
        names.register(MemberId(2), MASTER_ID);
        assert_eq!(names.master(), Some(MemberId(2)));
        names.unregister(MemberId(2));
        assert_eq!(names.master(), None);
    }
}
