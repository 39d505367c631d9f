//! A client of a service in the same process, for tests: see [`Builder::testing`].

pub use alipayplus_signing::TestClock;
pub use alipayplus_signing::testing::TestKeys;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::Service;

use crate::transport::{BoxError, InProcess};
use crate::{Builder, Core};

impl<C: From<Core>> Builder<C> {
    /// Asks a service in the same process, with throwaway keys and a clock to set: everything but TCP and TLS takes
    /// place. Give the same [`TestKeys`] to the service.
    ///
    /// Sets the Client-Id, the keys, the clock and the transport; any base URL that is loopback or `https://` will do.
    ///
    /// ```
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    /// # runtime.block_on(async {
    /// use alipayplus_client::inquiry_payment::Request;
    /// use alipayplus_client::testing::TestKeys;
    /// use alipayplus_client::transport::{Body, BoxError, bytes::Bytes, http::Response};
    /// use alipayplus_client::{Client, Error, RetryPolicy};
    ///
    /// // A service that is out of order.
    /// let service = tower::service_fn(|_request| async {
    ///     Ok::<_, BoxError>(Response::builder().status(503).body(Body::from(Bytes::new()))?)
    /// });
    /// let client =
    ///     Client::builder("http://127.0.0.1").testing(&TestKeys::new()?, service).retry(RetryPolicy::never()).build()?;
    /// let request = Request { acquirer_id: "1".parse()?, psp_id: "2".parse()?, payment_request_id: "3".parse()? };
    /// let error = client.inquiry_payment(&request).await.unwrap_err();
    /// assert!(matches!(error, Error::Status { status: 503, .. }));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn testing<S, B>(self, parties: &TestKeys, service: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Into<BoxError>, Future: Send>
            + Clone
            + Send
            + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.client_id(&parties.client_id)
            .sign_with(TestKeys::KEY_VERSION, parties.client.clone())
            .trusted_key(TestKeys::KEY_VERSION, parties.server.public_key())
            .clock(&parties.clock)
            .transport(InProcess::new(service))
    }
}
