//! Tests a client against a service in the same process, see [`Builder::testing`].

pub use alipayplus_signing::TestClock;
use alipayplus_signing::TrustedKeys;
pub use alipayplus_signing::testing::TestKeys;
use bytes::Bytes;
use http::{Request, Response};
use tower::Service;

use crate::builder::Builder;
use crate::client_inner::ClientInner;
use crate::transport::{Body, BoxError, InProcess};

impl<C: From<ClientInner>> Builder<C> {
    /// Sends to a service in the same process, with throwaway keys and a clock that the test sets. Everything but TCP and
    /// TLS takes place. Pass the same [`TestKeys`] to the service.
    ///
    /// Sets the Client-Id, the keys, the clock and the transport. The base URL may be any loopback or `https://` URL.
    ///
    /// ```
    /// # let runtime = tokio::runtime::Builder::new_current_thread()
    /// #     .enable_time()
    /// #     .build()?;
    /// # runtime.block_on(async {
    /// use alipayplus_client::inquiry_payment::{Request, RequestRequired};
    /// use alipayplus_client::testing::TestKeys;
    /// use alipayplus_client::transport::{Body, BoxError, bytes::Bytes, http};
    /// use alipayplus_client::{Client, ErrorReason, RetryPolicy};
    ///
    /// // A service that is unavailable.
    /// let service = tower::service_fn(|_request| async {
    ///     let response = http::Response::builder().status(503);
    ///     Ok::<_, BoxError>(response.body(Body::from(Bytes::new()))?)
    /// });
    /// let client = Client::builder("http://127.0.0.1")
    ///     .testing(&TestKeys::new()?, service)
    ///     .retry(RetryPolicy::never())
    ///     .build()?;
    /// let request = Request::new(RequestRequired {
    ///     acquirer_id: "1".parse()?,
    ///     psp_id: "2".parse()?,
    ///     payment_request_id: "3".parse()?,
    /// });
    /// let error = client.inquiry_payment(&request).await.unwrap_err();
    /// assert!(matches!(error.reason(), ErrorReason::Status { status: 503, .. }));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn testing<S, B>(self, keys: &TestKeys, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let trusted = TrustedKeys::new();
        trusted.insert(TestKeys::KEY_VERSION, keys.server.public_key());
        self.client_id(&keys.client_id)
            .sign_with(TestKeys::KEY_VERSION, keys.client.clone())
            .trusted_keys(trusted)
            .clock(&keys.clock)
            .transport(InProcess::new(service))
    }
}
