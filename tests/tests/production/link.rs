//! The network between the MPP and its database.

use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// Forwards connections to a socket.
pub(crate) struct Link {
    address: SocketAddr,
    forget: watch::Sender<()>,
}

impl Link {
    pub(crate) fn start(socket: PathBuf) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let forget = watch::Sender::new(());
        let forgets = forget.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, socket.clone(), forgets.subscribe()));
            }
        });
        Self { address, forget }
    }

    /// Returns the setting that reaches a database.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}?sslmode=disable", self.address)
    }

    /// Carries nothing of today's connections any more, and does not close them, like a firewall that has started anew or a
    /// host without power. New ones are not affected.
    pub(crate) fn forget_connections(&self) {
        self.forget.send(()).unwrap();
    }
}

async fn forward(mut client: TcpStream, socket: PathBuf, mut forget: watch::Receiver<()>) {
    // Without a server, nothing answers.
    let Ok(mut server) = UnixStream::connect(socket).await else { return pending().await };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = forget.changed() => pending().await,
    }
}
