//! A server on its own thread, which runs until the program ends.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc;
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::Failable;

/// The address of a bound server, and the future that runs it.
pub(crate) type BoundServer = (SocketAddr, Pin<Box<dyn Future<Output = ()> + Send>>);

/// Starts a server on this many cores: with one core, one thread does everything.
///
/// # Errors
/// The server cannot be bound.
pub(crate) fn start<F>(cores: usize, bind: impl FnOnce() -> F + Send + 'static) -> Failable<SocketAddr>
where
    F: Future<Output = Failable<BoundServer>>,
{
    let (sender, receiver) = mpsc::channel();
    let serve = move || match runtime(cores).and_then(|runtime| Ok((runtime.block_on(bind())?, runtime))) {
        Ok(((address, run), runtime)) => {
            if sender.send(Ok(address)).is_ok() {
                runtime.block_on(run);
            }
        }
        // The receiver may be gone.
        Err(error) => drop(sender.send(Err(error))),
    };
    thread::Builder::new().name("server".to_owned()).spawn(serve)?;
    receiver.recv()?
}

/// Returns a runtime with one thread or several.
pub(crate) fn runtime(cores: usize) -> Failable<Runtime> {
    let mut builder = if cores > 1 { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    if cores > 1 {
        builder.worker_threads(cores);
    }
    Ok(builder.enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_does_not_start_is_an_error() {
        let error = start(1, || async { Err("no".into()) }).unwrap_err();
        assert_eq!(error.to_string(), "no");
    }
}
