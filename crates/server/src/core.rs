//! What every generated server is a shell of: the settings, the operations and the way in.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use alipayplus_runtime::message::Message;
use alipayplus_runtime::operation::{FromResult, Operation};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Request;
use http_body::Body;
use tower_service::Service;

use crate::answer::{Refuser, Response, Said};
use crate::handle::{Dispatch, Handle, Mounted};
use crate::reason::{Reason, shown};
use crate::refusal::BoxError;
use crate::service;
use crate::settings::Settings;

/// A server without the names of its operations. Generated servers are made of it; a clone is two counters.
#[derive(Clone)]
pub struct Core {
    settings: Arc<Settings>,
    routes: Arc<HashMap<String, Route>>,
    known: &'static [Known],
    unrouted: Refuser,
}

/// One mounted operation.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) wait: Duration,
    pub(crate) refuser: Refuser,
    pub(crate) operation: Arc<dyn Dispatch>,
}

/// What a generated server tells its builder.
pub trait Endpoint: From<Core> {
    /// The message that answers a path of no operation.
    type Unrouted: FromResult + Message;
    /// Every operation that can be mounted.
    const OPERATIONS: &'static [Known];
}

/// An operation that can be mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Its path, unless a setting says otherwise.
    pub path: &'static str,
    /// How long its caller waits.
    pub wait: Duration,
}

impl Known {
    /// What is known of an operation.
    #[must_use]
    pub const fn of<O: Operation>() -> Self {
        Self { name: O::NAME, path: O::PATH, wait: O::TIMEOUT }
    }
}

impl Core {
    pub(crate) fn new<S: Endpoint>(settings: Settings) -> Self {
        let unrouted = Said::cause::<S::Unrouted>;
        Self { settings: Arc::new(settings), routes: Arc::default(), known: S::OPERATIONS, unrouted }
    }

    /// Adds a handler of an operation, or replaces the one it has.
    #[must_use]
    pub fn mount<O: Handle<H>, H: Send + Sync + 'static>(mut self, handler: H) -> Self {
        let route = Route {
            name: O::NAME,
            method: O::METHOD,
            wait: O::TIMEOUT,
            refuser: Said::cause::<O::Response>,
            operation: Arc::new(Mounted::<O, H>::new(handler)),
        };
        let path = self.settings.path(Known::of::<O>()).to_owned();
        Arc::make_mut(&mut self.routes).insert(path, route);
        self
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn unrouted(&self) -> Refuser {
        self.unrouted
    }

    pub(crate) fn route(&self, path: &str) -> Option<&Route> {
        self.routes.get(path)
    }

    /// Why there is no route, in words that help whoever mounts: most often a prefix, or a call, was forgotten.
    pub(crate) fn no_route(&self, path: &str) -> Reason {
        if let Some(known) = self.known.iter().find(|known| self.settings.path(**known) == path) {
            return Reason::NoHandler { operation: known.name };
        }
        let paths = self.known.iter().map(|known| self.settings.path(*known));
        let served: Vec<&str> = paths.filter(|path| self.routes.contains_key(*path)).collect();
        let served = if served.is_empty() { "nothing".to_owned() } else { served.join(", ") };
        Reason::Path { found: shown(path), served }
    }
}

/// Always ready: a request too many is answered, not kept waiting.
impl<B> Service<Request<B>> for Core
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Box::pin(service::answer(self.clone(), request).map(Ok))
    }
}

/// Prints the paths, and of the settings no keys.
impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut routes: Vec<_> = self.routes.iter().map(|(path, route)| (path, route.name)).collect();
        routes.sort_unstable();
        f.debug_struct("Core").field("routes", &routes).field("settings", &self.settings).finish_non_exhaustive()
    }
}
