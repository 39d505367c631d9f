//! The server beside the floor, over sockets.

use std::net::SocketAddr;

use alipayplus_server::{HttpServer, Server};

use crate::Failable;
use crate::floor::Floor;
use crate::host::{self, BoundServer};
use crate::load::Load;
use crate::stage::{Stage, client_id};
use crate::table::{Goal, Row, Table};
use crate::turns::take_turns;

/// The goal: at least so much of what the floor gets done.
const GOAL: f64 = 0.95;
/// Slices of a round.
const SLICES: usize = 24;

pub(crate) fn table() -> Failable<Table> {
    let rows = [1, 16].map(row).into_iter().collect::<Failable<Vec<_>>>()?;
    Ok(Table { other: "a server by hand on hyper and aws-lc-rs, RSA 2048, one core", rows })
}

/// Both over so many connections that stay open.
fn row(connections: usize) -> Failable<Row> {
    let stage = Stage::set()?;
    let server = stage.server(stage.answerer.ours.clone(), 1)?;
    let heads = [stage.ask(&client_id(0))?];
    let server = host::start(1, || bind(server))?;
    let mut ours = Load::open(server, connections, &heads, &stage)?;
    let floor = Floor::new(&stage)?;
    let floor = host::start(1, || floor.bind())?;
    let mut other = Load::open(floor, connections, &heads, &stage)?;
    let each = 32_usize.div_ceil(connections);
    let rounds = take_turns(SLICES, &mut [&mut || ours.slice(each), &mut || other.slice(each)])?;
    let what = match connections {
        1 => "1 connection".to_owned(),
        several => format!("{several} connections"),
    };
    Ok(Row { what, rounds, goal: Goal::Share(GOAL) })
}

/// As `serve` does it, at a free port.
pub(crate) async fn bind(server: Server) -> Failable<BoundServer> {
    let bound = HttpServer::new().bind("127.0.0.1:0").await?;
    let address: SocketAddr = bound.local_addr();
    Ok((address, Box::pin(async move { drop(bound.run(server).await) })))
}
