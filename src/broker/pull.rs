//! A consumer's pull: `PullMessageProcessor`.

use super::get_message::{PULL_NOT_FOUND, PULL_OFFSET_MOVED, get_message};
use super::{Broker, BrokerAnswer, BrokerContext, GetMessageStatus, PullRequest, PullResult};
use crate::ledger::CallId;

impl Broker {
    /// PULL_MESSAGE arrived. A slave refuses it, as a rule (`rejectRequest`); with nothing to give, it is held.
    pub(super) fn on_pull(&mut self, ctx: &mut BrokerContext, call: CallId, request: PullRequest) {
        if self.is_slave() && !self.config.slave_read_enable {
            return ctx.answer(call, BrokerAnswer::SystemBusy);
        }
        if let Some(offset) = request.commit_offset {
            self.offsets.commit(ctx.now, request.group, request.queue, offset);
        }
        let result = self.pull(&request);
        if request.suspend && result.status.code(request.offset) == PULL_NOT_FOUND {
            self.holds.hold(ctx.now, call, request);
        } else {
            ctx.answer(call, BrokerAnswer::Pulled(result));
        }
    }

    /// What there is for the pull, now. Changes nothing.
    pub fn pull(&self, request: &PullRequest) -> PullResult {
        let corrects = !self.is_slave() || self.config.offset_check_in_slave;
        let mut result = get_message(self.member.store(), self.queues.get(request.queue), request, corrects);
        if !corrects && result.status.code(request.offset) == PULL_OFFSET_MOVED {
            // Not for a slave to say: PULL_RETRY_IMMEDIATELY in its place, which is the code of this status.
            result.status = GetMessageStatus::NoMatchedMessage;
        }
        result
    }
}
