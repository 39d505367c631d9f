//! A server in a thread of its own, which lives as long as the program.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc;
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::Failable;

/// A server that has its address, and what is left to run.
pub(crate) type BoundServer = (SocketAddr, Pin<Box<dyn Future<Output = ()> + Send>>);

/// Starts a server on so many cores: one is one thread for everything.
///
/// # Errors
/// That of binding.
pub(crate) fn start<F>(cores: usize, bind: impl FnOnce() -> F + Send + 'static) -> Failable<SocketAddr>
where
    F: Future<Output = Failable<BoundServer>>,
{
    let (tell, told) = mpsc::channel();
    let serve = move || match runtime(cores).and_then(|runtime| Ok((runtime.block_on(bind())?, runtime))) {
        Ok(((address, run), runtime)) => {
            if tell.send(Ok(address)).is_ok() {
                runtime.block_on(run);
            }
        }
        // Whoever waits for it is told; if nobody does, nobody is.
        Err(error) => drop(tell.send(Err(error))),
    };
    thread::Builder::new().name("server".to_owned()).spawn(serve)?;
    told.recv()?
}

/// A runtime of one thread, or of several.
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
