//! The server over sockets, compared with the baseline.

use std::net::SocketAddr;

use alipayplus_server::{HttpServer, Server};

use crate::Failable;
use crate::baseline::server::Baseline;
use crate::host::{self, BoundServer};
use crate::interleave::interleave;
use crate::load::Load;
use crate::setup::{Setup, client_id};
use crate::table::{Goal, Row, Table};

/// The goal: at least this share of the throughput of the baseline.
const GOAL: f64 = 0.95;
/// Slices per round.
const SLICES: usize = 24;

pub(crate) fn table() -> Failable<Table> {
    let rows = [1, 16].map(row).into_iter().collect::<Failable<Vec<_>>>()?;
    Ok(Table { other: "a server by hand on hyper and aws-lc-rs, RSA 2048, one core", rows })
}

/// Measures both over this many persistent connections.
fn row(connections: usize) -> Failable<Row> {
    let setup = Setup::new()?;
    let server = setup.server(setup.server_key.ours.clone(), 1)?;
    let heads = [setup.ask(&client_id(0))?];
    let server = host::start(1, || bind(server))?;
    let mut ours = Load::open(server, connections, &heads, &setup)?;
    let baseline = Baseline::new(&setup)?;
    let baseline = host::start(1, || baseline.bind())?;
    let mut other = Load::open(baseline, connections, &heads, &setup)?;
    let each = 32_usize.div_ceil(connections);
    let rounds = interleave(SLICES, &mut [&mut || ours.slice(each), &mut || other.slice(each)])?;
    let what = match connections {
        1 => "1 connection".to_owned(),
        several => format!("{several} connections"),
    };
    Ok(Row { what, rounds, goal: Goal::Share(GOAL) })
}

/// Binds a server at a free port.
pub(crate) async fn bind(server: Server) -> Failable<BoundServer> {
    let bound = HttpServer::new().bind("127.0.0.1:0").await?;
    let address: SocketAddr = bound.local_addr();
    Ok((address, Box::pin(async move { drop(bound.run(server).await) })))
}
