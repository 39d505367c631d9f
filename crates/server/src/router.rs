//! Maps paths to the operations that are mounted on a server.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use alipayplus_runtime::message::Message;
use alipayplus_runtime::operation::FromResult;
use futures_util::FutureExt as _;

use crate::handler::{ErasedHandler, Handler, TypedHandler};
use crate::log_text::truncate_for_log;
use crate::message::{EncodedRefusal, RefusalEncoder};
use crate::operation::OperationInfo;
use crate::rejection::Rejection;
use crate::settings::Settings;
use crate::start_check::{StartCheck, start_check};

/// A server without the names of its operations: the inner type of each generated server.
///
/// Cloning increments two or three reference counts.
#[derive(Clone)]
pub struct Router {
    settings: Arc<Settings>,
    routes: Arc<HashMap<String, Route>>,
    operations: &'static [OperationInfo],
    fallback: RefusalEncoder,
    /// `None` once this clone knows that it has ended.
    start_check: Option<StartCheck>,
}

/// A mounted operation.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) timeout: Duration,
    pub(crate) refusal_encoder: RefusalEncoder,
    pub(crate) handler: Arc<dyn ErasedHandler>,
}

/// What a generated server defines for its builder.
pub trait ServiceSpec: From<Router> {
    /// The message that answers a request whose path is of no operation.
    type Fallback: FromResult + Message;
    /// Every operation that can be mounted.
    const OPERATIONS: &'static [OperationInfo];
}

impl Router {
    pub(crate) fn new<S: ServiceSpec>(settings: Settings) -> Self {
        let fallback = EncodedRefusal::for_failure::<S::Fallback>;
        let (settings, routes) = (Arc::new(settings), Arc::default());
        Self { settings, routes, operations: S::OPERATIONS, fallback, start_check: None }
    }

    /// From now on, a signer whose signatures are verified is checked before the first request.
    pub(crate) fn with_start_check(self) -> Self {
        let signing_key = &self.settings.signing_key;
        let start_check = signing_key.verifies_signatures().then(|| start_check(signing_key.clone()));
        Self { start_check, ..self }
    }

    pub(crate) fn poll_start_check(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Some(check) = &mut self.start_check {
            ready!(check.poll_unpin(context));
            self.start_check = None;
        }
        Poll::Ready(())
    }

    /// Mounts the handler of an operation. Replaces the operation's previous handler.
    #[must_use]
    pub fn mount<O: Handler<H>, H: Send + Sync + 'static>(mut self, handler: H) -> Self {
        let route = Route {
            name: O::NAME,
            method: O::METHOD,
            timeout: O::TIMEOUT,
            refusal_encoder: EncodedRefusal::for_failure::<O::Response>,
            handler: Arc::new(TypedHandler::<O, H>::new(handler)),
        };
        let path = self.settings.path(OperationInfo::of::<O>()).to_owned();
        Arc::make_mut(&mut self.routes).insert(path, route);
        self
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn fallback(&self) -> RefusalEncoder {
        self.fallback
    }

    pub(crate) fn route(&self, path: &str) -> Option<&Route> {
        self.routes.get(path)
    }

    /// Returns why a path has no route. The text names what was most likely forgotten: a prefix or a handler.
    pub(crate) fn not_found(&self, path: &str) -> Rejection {
        if let Some(operation) = self.operations.iter().find(|operation| self.settings.path(**operation) == path) {
            return Rejection::NoHandler { operation: operation.name };
        }
        let paths = self.operations.iter().map(|operation| self.settings.path(*operation));
        let served: Vec<&str> = paths.filter(|path| self.routes.contains_key(*path)).collect();
        let served = if served.is_empty() { "none".to_owned() } else { served.join(", ") };
        Rejection::Path { found: truncate_for_log(path), served }
    }
}

/// Prints the paths and the settings, but no keys.
impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut routes: Vec<_> = self.routes.iter().map(|(path, route)| (path, route.name)).collect();
        routes.sort_unstable();
        f.debug_struct("Router").field("routes", &routes).field("settings", &self.settings).finish_non_exhaustive()
    }
}
