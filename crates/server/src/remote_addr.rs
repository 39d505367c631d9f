//! Where a request came from.

use std::net::SocketAddr;

/// The address that a request came from: that of the client, or of the proxy in front.
///
/// [`HttpServer`](crate::HttpServer) adds it to the extensions of each request, and the log has it. In another server,
/// add it yourself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RemoteAddr(pub SocketAddr);
