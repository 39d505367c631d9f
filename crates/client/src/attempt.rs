//! One attempt: sign, send, receive, verify, and only then decode.

use alipayplus_runtime::code::{Code as _, CodedResult as _, FailureKind, Status, text_of};
use alipayplus_runtime::conclusion::{self, Conclusion};
use alipayplus_runtime::message;
use alipayplus_runtime::operation::{FromResult as _, Mismatches, Operation, OutcomeError};
use alipayplus_signing::{SignError, SignatureHeader, format_time, parse_time};
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;

use crate::error::{
    BuildError, ErrorReason, FailedExchange, NotSentError, SignedWith, UnreadableError, UnverifiedError,
    UnverifiedResult,
};
use crate::evidence::Evidence;
use crate::header::{CLIENT_ID, REQUEST_TIME, SIGNATURE, TRACER_ID, is_json, single_value};
use crate::reply::Reply;
use crate::retry_after;
use crate::settings::Settings;
use crate::telemetry;
use crate::transport::{Body, FreshConnection, TransportError, TransportErrorKind};
use crate::unknown_key::UnknownKey;
use crate::verify::{SentRequest, response_time};

/// What all attempts of a call have in common.
pub(crate) struct PreparedRequest<'a, O: Operation> {
    pub(crate) settings: &'a Settings,
    method: Method,
    uri: Uri,
    signed_path: PathAndQuery,
    body: Bytes,
    expected: O::Expected,
    tracer_id: Option<HeaderValue>,
}

/// A failed attempt, with the exchange if a response came.
pub(crate) struct FailedAttempt {
    pub(crate) reason: ErrorReason,
    pub(crate) exchange: Option<FailedExchange>,
}

impl FailedAttempt {
    fn without_response(reason: ErrorReason) -> Self {
        Self { reason, exchange: None }
    }
}

/// The signed headers of one attempt. The body is that of the prepared request.
struct SignedRequest {
    time: String,
    headers: HeaderMap,
}

/// A response of which nothing is verified yet. Its body ends where it was no longer read.
struct RawResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl<'a, O: Operation> PreparedRequest<'a, O> {
    /// Validates and encodes the request once, so that each attempt sends the same bytes.
    pub(crate) fn new(
        settings: &'a Settings,
        request: &O::Request,
        expected: O::Expected,
        tracer_id: Option<HeaderValue>,
    ) -> Result<Self, NotSentError> {
        let invalid = |fault| BuildError::Path { operation: O::NAME, fault };
        let path = settings.path::<O>();
        let uri = settings.base_url.join(path).map_err(|_| invalid("it does not form a URI"))?;
        let signed_path = match settings.signed_path::<O>() {
            Some(path) => PathAndQuery::try_from(path).map_err(|_| invalid("it does not form a signed path"))?,
            None => uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")),
        };
        let method = Method::from_bytes(O::METHOD.as_bytes());
        Ok(Self {
            settings,
            method: method.map_err(|_| invalid("its method is not an HTTP method"))?,
            uri,
            signed_path,
            body: message::to_vec_validated(request)?.into(),
            expected,
            tracer_id,
        })
    }

    /// Makes one attempt, on a new connection if the last one is `broken`. `attempts` is the number of attempts of the
    /// call, this one included.
    pub(crate) async fn attempt(&self, attempts: u32, broken: bool) -> Result<Reply<O>, FailedAttempt> {
        let signed = self.sign().await.map_err(|error| FailedAttempt::without_response(error.into()))?;
        let (mut response, body) = self.send(&signed, broken).await.map_err(FailedAttempt::without_response)?;
        let received = response.receive(body, self.settings).await;
        let verified = match received {
            Ok(()) => self.verify(&signed, &response).await.map_err(ErrorReason::from),
            Err(reason) => Err(reason),
        };
        let is_verified = verified.is_ok();
        match verified.and_then(|()| self.decode(&response)) {
            Ok(conclusion) => {
                let Conclusion { outcome, response: decoded, ignored_members, violations, .. } = conclusion;
                let evidence = self.evidence(signed, response);
                Ok(Reply { outcome, response: decoded, ignored_members, violations, attempts, evidence })
            }
            Err(mut reason) => {
                let mut claimed = if is_verified { None } else { claimed::<O>(&response) };
                match (&mut reason, &mut claimed) {
                    (ErrorReason::Refused(result), _) if result.code().is_some_and(is_about_signing::<O>) => {
                        result.set_signed_with(self.signed_with(&signed, &response));
                    }
                    (_, Some(claimed)) if is_about_signing::<O>(&claimed.code) => {
                        claimed.signed_with = Some(Box::new(self.signed_with(&signed, &response)));
                    }
                    _ => {}
                }
                if let ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: of_reason }) = &mut reason {
                    of_reason.clone_from(&claimed);
                }
                let exchange = FailedExchange { evidence: self.evidence(signed, response), claimed };
                Err(FailedAttempt { reason, exchange: Some(exchange) })
            }
        }
    }

    async fn send(&self, signed: &SignedRequest, broken: bool) -> Result<(RawResponse, Body), ErrorReason> {
        let mut request = self.http_request(&signed.headers);
        if broken {
            request.extensions_mut().insert(FreshConnection);
        }
        let (head, body) = self.settings.transport.send(request).await?.into_parts();
        Ok((RawResponse { status: head.status, headers: head.headers, body: Bytes::new() }, body))
    }

    fn evidence(&self, request: SignedRequest, response: RawResponse) -> Evidence {
        Evidence {
            method: self.method.clone(),
            uri: self.uri.clone(),
            signed_path: self.signed_path.clone(),
            request_headers: request.headers,
            request_body: self.body.clone(),
            status: response.status,
            response_headers: response.headers,
            response_body: response.body,
        }
    }

    async fn sign(&self) -> Result<SignedRequest, NotSentError> {
        let time = format_time(self.settings.freshness.clock().now());
        let signature = self.settings.signer.sign(&self.sent(&time).signing_input(&time, &self.body)).await?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| SignError::Failed);
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(SIGNATURE, value(&signature.to_string())?);
        headers.insert(CLIENT_ID, self.settings.client_id_value.clone());
        headers.insert(REQUEST_TIME, value(&time)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(tracer_id) = &self.tracer_id {
            headers.insert(TRACER_ID, tracer_id.clone());
        }
        Ok(SignedRequest { time, headers })
    }

    fn http_request(&self, headers: &HeaderMap) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers.clone();
        request
    }

    /// Returns what was sent at this time, for the signatures of the request and of its response.
    fn sent<'b>(&'b self, time: &'b str) -> SentRequest<'b> {
        SentRequest {
            method: self.method.as_str(),
            uri: self.signed_path.as_str(),
            client_id: &self.settings.client_id,
            time,
        }
    }

    /// Verifies a response, after loading its key if that is not known.
    async fn verify(&self, request: &SignedRequest, response: &RawResponse) -> Result<(), UnverifiedError> {
        let Settings { trusted_keys, freshness, key_loader, .. } = self.settings;
        let sent = self.sent(&request.time);
        let verify = || sent.verify(&response.headers, &response.body, trusted_keys, freshness);
        let mut result = verify();
        if let (Err(error), Some(loader)) = (&result, key_loader)
            && let Some(version) = error.unknown_version()
        {
            let loaded = loader.load(self.unknown_key(version), trusted_keys).await;
            telemetry::key_loaded(version, &loaded);
            if loaded.is_ok() {
                result = verify();
            }
        }
        telemetry::signature_verified(result?);
        Ok(())
    }

    fn unknown_key(&self, version: u64) -> UnknownKey {
        let label = self.settings.label.as_deref().map(ToOwned::to_owned);
        UnknownKey { version, client_id: self.settings.client_id.clone(), label }
    }

    /// Returns how a request was signed, for comparison with what the server expected.
    fn signed_with(&self, request: &SignedRequest, response: &RawResponse) -> SignedWith {
        let Settings { signer, freshness, client_id, .. } = self.settings;
        let version = SignatureHeader::from_values(request.headers.get_all(SIGNATURE));
        let key_version = version.ok().and_then(|header| header.key_version()).unwrap_or_default();
        let key = signer.public_key().filter(|_| signer.version() == key_version);
        let time = response_time(&response.headers).and_then(parse_time);
        let ahead = time.map(|time| time.duration_since(freshness.clock().now()));
        SignedWith {
            method: self.method.to_string(),
            path: self.signed_path.path().to_owned(),
            client_id: client_id.clone(),
            key_version,
            fingerprint: key.map(|key| key.fingerprint()),
            server_clock_ahead: ahead
                .filter(|ahead| ahead.unsigned_abs() > freshness.skew())
                .map(|ahead| ahead.as_secs()),
        }
    }

    /// Decodes a verified response into its outcome.
    fn decode(&self, response: &RawResponse) -> Result<Conclusion<O>, ErrorReason> {
        let conclusion = conclusion::conclude::<O>(&response.body);
        // The media type is not signed: it must not end the waiting where the signed result asks for a retry.
        let is_trouble = conclusion.as_ref().is_err_and(|error| matches!(error.reason, OutcomeError::Trouble(_)));
        if !is_trouble && !is_json(&response.headers) {
            return Err(UnreadableError::MediaType.into());
        }
        let conclusion = conclusion?;
        // With another status, the members beside the result decide nothing.
        if conclusion.response.result().means(Status::Success) {
            let mismatches = Mismatches::of::<O>(&self.expected, &conclusion.response).into_vec();
            if !mismatches.is_empty() {
                return Err(ErrorReason::Mismatch { mismatches });
            }
        }
        Ok(conclusion)
    }
}

/// Reads the claimed result of a response that is not verified: a hint for the operator, and for whether to retry. No
/// other code reads a body that is not verified.
fn claimed<O: Operation>(response: &RawResponse) -> Option<UnverifiedResult> {
    let error = conclusion::conclude::<O>(&response.body).err()?;
    UnverifiedResult::from_outcome_error(&error.reason)
}

/// Returns whether a server answers with this code when it does not accept a signature, a key or a Client-Id.
fn is_about_signing<O: Operation>(code: &str) -> bool {
    let failures = [FailureKind::Signature, FailureKind::Key, FailureKind::Client];
    failures.into_iter().filter_map(O::Code::of_failure).any(|listed| text_of(&listed) == code)
}

impl RawResponse {
    /// Receives the body of a response with status 200, uncompressed and within the body limit.
    async fn receive(&mut self, body: Body, settings: &Settings) -> Result<(), ErrorReason> {
        let limit = settings.body_limit;
        if self.status != StatusCode::OK {
            let retry_after = single_value(&self.headers, &RETRY_AFTER);
            let retry_after = retry_after.and_then(|value| retry_after::parse(value, settings.freshness.clock().now()));
            return Err(ErrorReason::Status { status: self.status.as_u16(), retry_after });
        }
        let encodings = self.headers.get_all(CONTENT_ENCODING);
        if encodings.iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(UnreadableError::ContentEncoding.into());
        }
        let length = single_value(&self.headers, &CONTENT_LENGTH).and_then(|text| str::from_utf8(text).ok());
        // A number that does not fit into a usize is larger than any limit.
        if length.is_some_and(|text| text.parse().map_or(true, |length: usize| length > limit)) {
            return Err(UnreadableError::TooLarge { limit }.into());
        }
        let mut bytes = BytesMut::new();
        let result = read_up_to(limit, body, &mut bytes).await;
        self.body = bytes.freeze();
        result
    }
}

/// Reads a body, and stops where it exceeds the limit, whatever its headers say.
async fn read_up_to(limit: usize, mut body: Body, bytes: &mut BytesMut) -> Result<(), ErrorReason> {
    while let Some(frame) = body.frame().await {
        let broken = |error| TransportError::new(TransportErrorKind::Receive, error);
        let Ok(data) = frame.map_err(broken)?.into_data() else {
            continue; // trailers are not signed and are ignored
        };
        if data.len() > limit - bytes.len() {
            return Err(UnreadableError::TooLarge { limit }.into());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(())
}
