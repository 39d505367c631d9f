//! Shared by the scenarios under load: a server, signed requests, clients and measurements.

mod client;
mod connection;
mod generator;
mod memory;
mod request;
mod setup;
mod times;

pub(crate) use client::{client, inquire};
pub(crate) use connection::{Connection, read};
pub(crate) use generator::{LoadGenerator, Tally, capacity, per_second};
pub(crate) use memory::{Watch, mib, resident};
pub(crate) use request::{Response, SignedRequest};
pub(crate) use setup::{CLIENT_ID, Keys, TestServer, VERSION, Wallet, no_task_left, paid};
pub(crate) use times::Times;
