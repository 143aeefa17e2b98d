//! `inspect` on what the real DLedger and RocketMQ wrote, whole and damaged, and on bytes that nobody wrote.

mod commit_log;
mod damaged_ledger;
mod damaged_store;
mod folder;
mod foreign;
mod whole;
