//! Whether the cost of a request depends on the number of cores or keys.

use http::HeaderMap;

use crate::interleave::interleave;
use crate::load::Load;
use crate::setup::{Setup, client_id};
use crate::table::{Goal, Row, Table};
use crate::{Failable, host, server};

/// The goal: level, within the spread of the rounds.
const GOAL: f64 = 1.05;
/// Slices of a round.
const SLICES: usize = 24;
/// Connections that stay open.
const CONNECTIONS: usize = 16;

pub(crate) fn table() -> Failable<Table> {
    let sides = [("2 cores, 1 key", 2, 1), ("1 core, 10 keys", 1, 10), ("1 core, 10,000 keys", 1, 10_000)];
    let rows = sides.map(|(what, cores, keys)| {
        let (mut ours, mut least) = (load(cores, keys)?, load(1, 1)?);
        let rounds = interleave(SLICES, &mut [&mut || ours.slice(2), &mut || least.slice(2)])?;
        Ok(Row { what: what.to_owned(), rounds, goal: Goal::Times(GOAL) })
    });
    Ok(Table { other: "the server on 1 core with 1 key in the ring", rows: rows.into_iter().collect::<Failable<_>>()? })
}

/// A server on so many cores that knows so many clients, all of which ask in turn.
fn load(cores: usize, keys: usize) -> Failable<Load> {
    let setup = Setup::new()?;
    let server = setup.server(setup.server_key.ours.clone(), keys)?;
    let heads = (0..keys).map(|n| setup.ask(&client_id(n))).collect::<Failable<Vec<HeaderMap>>>()?;
    let address = host::start(cores, || server::bind(server))?;
    Load::open(address, CONNECTIONS, &heads, &setup)
}
