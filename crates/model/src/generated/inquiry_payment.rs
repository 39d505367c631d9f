// @generated from schema/inquiryPayment.json by `cargo xtask codegen`. Do not edit.

//! Alipay+ asks a mobile payment provider (MPP) for the state of a payment. The inquiry has no side
//! effects and can be repeated.

use ::alipayplus_runtime::__private::*;
use super::common::{Amount, ResultObject, ResultStatus};

/// The operation `inquiryPayment`. Alipay+ asks a mobile payment provider (MPP) for the state of a
/// payment. The inquiry has no side effects and can be repeated.
///
/// Client: Alipay+. Server: MPP.
#[derive(Clone, Copy, Debug)]
pub struct InquiryPayment;

impl Operation for InquiryPayment {
    const NAME: &'static str = "inquiryPayment";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/aps/api/v1/payments/inquiryPayment";
    const TIMEOUT: Duration = Duration::from_secs(5);
    const IDEMPOTENT: bool = true;
    type Request = Request;
    type Response = Response;
    type Answer = Answer;
    type Outcome = Outcome;
    type Expected = Expected;
    type Code = InquiryResultCode;
    type RefusalCode = RefusalCode;

    fn into_response(
        answer: Answer,
        omitted: &mut Vec<Omitted>,
    ) -> Result<Response, AnswerError> {
        let response = match answer {
            Answer::Paid(paid) => {
                Response {
                    payment_result: result(PaymentResultCode::Success),
                    pay_to_amount: omit_if_equal(
                        paid.pay_to_amount,
                        &paid.payment_amount,
                        |member| &member.currency,
                        Omitted::new("/payToAmount", "/paymentAmount", "currency"),
                        omitted,
                    ),
                    payment_id: Some(paid.payment_id),
                    payment_amount: Some(paid.payment_amount),
                    payment_time: Some(paid.payment_time),
                    customer_id: Some(paid.customer_id),
                    customs_declaration_amount: paid.customs_declaration_amount,
                    pass_through_info: paid.pass_through_info,
                    ..Response::with(InquiryResultCode::Success)
                }
            }
            Answer::Cancelled(cancelled) => {
                Response {
                    payment_result: result(PaymentResultCode::OrderIsClosed),
                    pass_through_info: cancelled.pass_through_info,
                    ..Response::with(InquiryResultCode::Success)
                }
            }
            Answer::Failed(failed) => {
                Response {
                    payment_result: result(failed.code),
                    pass_through_info: failed.pass_through_info,
                    ..Response::with(InquiryResultCode::Success)
                }
            }
            Answer::InProgress(in_progress) => {
                Response {
                    payment_result: result(PaymentResultCode::PaymentInProcess),
                    pass_through_info: in_progress.pass_through_info,
                    ..Response::with(InquiryResultCode::Success)
                }
            }
            Answer::NotFound(not_found) => {
                Response {
                    pass_through_info: not_found.pass_through_info,
                    ..Response::with(InquiryResultCode::OrderNotExist)
                }
            }
        };
        Ok(response)
    }

    fn into_outcome(
        mut response: Response,
    ) -> Result<(Outcome, Response), OutcomeError<Self::Code>> {
        if response.result.is(&InquiryResultCode::Success)
            && let Some(payment_result) = &response.payment_result
            && payment_result.is(&PaymentResultCode::Success)
        {
            let paid = outcome::Paid {
                pay_to_amount: or_counterpart(
                    response.pay_to_amount.take(),
                    response.payment_amount.as_ref(),
                    "/paymentAmount",
                )?,
                payment_id: require(response.payment_id.take(), "/paymentId")?,
                payment_amount: require(
                    response.payment_amount.take(),
                    "/paymentAmount",
                )?,
                payment_time: require(response.payment_time.take(), "/paymentTime")?,
                customer_id: require(response.customer_id.take(), "/customerId")?,
                customs_declaration_amount: response.customs_declaration_amount.take(),
                pass_through_info: response.pass_through_info.take(),
            };
            response.payment_result = None;
            return Ok((Outcome::Paid(paid), response));
        }
        if response.result.is(&InquiryResultCode::Success)
            && let Some(payment_result) = &response.payment_result
            && payment_result.is(&PaymentResultCode::OrderIsClosed)
        {
            let cancelled = outcome::Cancelled {
                pass_through_info: response.pass_through_info.take(),
            };
            response.payment_result = None;
            return Ok((Outcome::Cancelled(cancelled), response));
        }
        if response.result.is(&InquiryResultCode::Success)
            && let Some(payment_result) = &response.payment_result
            && payment_result.means(Status::Failure)
        {
            let failed = outcome::Failed {
                code: payment_result.result_code.clone(),
                pass_through_info: response.pass_through_info.take(),
            };
            response.payment_result = None;
            return Ok((Outcome::Failed(failed), response));
        }
        if response.result.is(&InquiryResultCode::Success)
            && let Some(payment_result) = &response.payment_result
            && payment_result.means(Status::Unknown)
        {
            let in_progress = outcome::InProgress {
                code: payment_result.result_code.clone(),
                pass_through_info: response.pass_through_info.take(),
            };
            response.payment_result = None;
            return Ok((Outcome::InProgress(in_progress), response));
        }
        if response.result.is(&InquiryResultCode::OrderNotExist) {
            let not_found = outcome::NotFound {
                pass_through_info: response.pass_through_info.take(),
            };
            return Ok((Outcome::NotFound(not_found), response));
        }
        Err(outcome_error(&response.result, "/paymentResult"))
    }

    fn check_expected(expected: &Expected, response: &Response, all: &mut Mismatches) {
        all.add("/paymentId", &expected.payment_id, &response.payment_id);
        all.add("/paymentAmount", &expected.payment_amount, &response.payment_amount);
    }
}

/// Identifies the payment. (Section: Request parameters)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Request {
    #[serde(rename = "acquirerId")]
    /// The ID that Alipay+ assigned to the Acquiring Service Provider (ACQP) of the payment.
    ///
    /// On the wire: `acquirerId`, 1 to 64 characters.
    pub acquirer_id: AcquirerId,
    #[serde(rename = "pspId")]
    /// The ID that Alipay+ assigned to the MPP. MPPs are also called Payment Service Providers (PSP).
    ///
    /// On the wire: `pspId`, 1 to 64 characters.
    pub psp_id: PspId,
    #[serde(rename = "paymentRequestId")]
    /// The ID that Alipay+ assigned to the payment order.
    ///
    /// On the wire: `paymentRequestId`, 1 to 64 characters.
    pub payment_request_id: PaymentRequestId,
}

/// The required members of [`Request`], for [`Request::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRequired {
    /// See [`Request::acquirer_id`].
    pub acquirer_id: AcquirerId,
    /// See [`Request::psp_id`].
    pub psp_id: PspId,
    /// See [`Request::payment_request_id`].
    pub payment_request_id: PaymentRequestId,
}
::alipayplus_runtime::constructor!(
    Request from RequestRequired, acquirer_id, psp_id, payment_request_id
);

impl Object for Request {
    const MEMBERS: &'static [Member] = &[
        Member::required::<AcquirerId>("acquirerId"),
        Member::required::<PspId>("pspId"),
        Member::required::<PaymentRequestId>("paymentRequestId"),
    ];
}

/// The result of the inquiry and, if it succeeded, the result of the payment. (Section: Response
/// parameters)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemars", schemars(transform = conditions::<Self>))]
#[non_exhaustive]
pub struct Response {
    #[serde(rename = "result")]
    /// The result of the inquiry. Unless its status is `S`, the response does not tell the state of the
    /// payment.
    ///
    /// On the wire: `result`.
    pub result: InquiryResult,
    #[serde(rename = "paymentResult", skip_serializing_if = "Option::is_none")]
    /// The result of the payment: `S` paid, `F` failed, `U` in progress. Returned if
    /// `result.resultStatus` is `S`.
    ///
    /// On the wire: `paymentResult`, optional. Required if `result.resultStatus` is `S`.
    pub payment_result: Option<PaymentResult>,
    #[serde(rename = "paymentId", skip_serializing_if = "Option::is_none")]
    /// The ID that the MPP assigned to the payment order. Returned if `paymentResult.resultStatus` is
    /// `S`.
    ///
    /// On the wire: `paymentId`, 1 to 64 characters, optional. Required if `paymentResult.resultStatus`
    /// is `S`.
    pub payment_id: Option<PaymentId>,
    #[serde(rename = "paymentAmount", skip_serializing_if = "Option::is_none")]
    /// The amount that Alipay+ requests to receive from the MPP, in the currency in which Alipay+
    /// created the payment order, without promotions. Returned if `paymentResult.resultStatus` is `S`.
    ///
    /// On the wire: `paymentAmount`, optional. Required if `paymentResult.resultStatus` is `S`.
    pub payment_amount: Option<Amount>,
    #[serde(rename = "payToAmount", skip_serializing_if = "Option::is_none")]
    /// The amount that the MPP settles with Alipay+, in the MPP's currency: the value of
    /// `paymentAmount` multiplied by `paymentQuote.quotePrice`, rounded HALF EVEN. Returned if
    /// `paymentResult.resultStatus` is `S` and its currency differs from that of `paymentAmount`.
    ///
    /// On the wire: `payToAmount`, optional.
    pub pay_to_amount: Option<Amount>,
    #[serde(rename = "paymentTime", skip_serializing_if = "Option::is_none")]
    /// The time when the payment order reached its final state. Returned if
    /// `paymentResult.resultStatus` is `S`.
    ///
    /// On the wire: `paymentTime`, optional. Required if `paymentResult.resultStatus` is `S`.
    pub payment_time: Option<Datetime>,
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    /// The ID that the MPP assigned to the user who paid. Returned if `paymentResult.resultStatus` is
    /// `S`.
    ///
    /// On the wire: `customerId`, 1 to 64 characters, optional. Required if
    /// `paymentResult.resultStatus` is `S`.
    pub customer_id: Option<CustomerId>,
    #[serde(
        rename = "customsDeclarationAmount",
        skip_serializing_if = "Option::is_none"
    )]
    /// The amount that the ACQP declares to customs, in the currency of the MPP's user (`CNY` for
    /// ALIPAY_CN). Returned if `paymentResult.resultStatus` is `S` and the MPP's local authority
    /// requires customs declaration, currently only in the Chinese Mainland.
    ///
    /// On the wire: `customsDeclarationAmount`, optional.
    pub customs_declaration_amount: Option<Amount>,
    #[serde(rename = "passThroughInfo", skip_serializing_if = "Option::is_none")]
    /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
    /// pass information to the ACQP.
    ///
    /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
    pub pass_through_info: Option<PassThroughInfo>,
}

impl Object for Response {
    const MEMBERS: &'static [Member] = &[
        Member::required::<InquiryResult>("result"),
        Member::optional::<PaymentResult>("paymentResult"),
        Member::optional::<PaymentId>("paymentId"),
        Member::optional::<Amount>("paymentAmount"),
        Member::optional::<Amount>("payToAmount"),
        Member::optional::<Datetime>("paymentTime"),
        Member::optional::<CustomerId>("customerId"),
        Member::optional::<Amount>("customsDeclarationAmount"),
        Member::optional::<PassThroughInfo>("passThroughInfo"),
    ];
    const RULES: &'static [Rule] = &[
        Rule::required(
            &[Condition::is("/result/resultStatus", &["S"])],
            &["paymentResult"],
        ),
        Rule::required(
            &[Condition::is("/paymentResult/resultStatus", &["S"])],
            &["paymentId", "paymentAmount", "paymentTime", "customerId"],
        ),
        Rule::omitted_if_equal("payToAmount", "paymentAmount", "currency"),
    ];
}
::alipayplus_runtime::from_result!(
    Response, result : InquiryResult = "result", payment_result, payment_id,
    payment_amount, pay_to_amount, payment_time, customer_id, customs_declaration_amount,
    pass_through_info
);

/// The result of the inquiry. (Section: Result/Error codes)
pub type InquiryResult = ResultObject<InquiryResultCode>;

/// The result of the payment. (Section: Payment result codes)
pub type PaymentResult = ResultObject<PaymentResultCode>;

/// The outcome that the client reads from a response, one variant per named outcome of the
/// specification.
///
/// Not an outcome: Trouble. System or network issues. The state of the payment is unknown, and the
/// client asks again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The payment succeeded.
    Paid(outcome::Paid),
    /// The payment order was closed before it was paid, and will not be paid.
    Cancelled(outcome::Cancelled),
    /// The payment failed for the reason in the code.
    Failed(outcome::Failed),
    /// The payment is in progress.
    InProgress(outcome::InProgress),
    /// The MPP has no such payment order. The inquiry can arrive before the payment, so this is not a
    /// failure yet.
    NotFound(outcome::NotFound),
}

impl OutcomeInfo for Outcome {
    fn meta(&self) -> OutcomeMeta {
        match self {
            Self::Paid(_) => OutcomeMeta::new("Paid", Finality::Final),
            Self::Cancelled(_) => OutcomeMeta::new("Cancelled", Finality::Final),
            Self::Failed(_) => OutcomeMeta::new("Failed", Finality::Final),
            Self::InProgress(_) => OutcomeMeta::new("InProgress", Finality::Pending),
            Self::NotFound(_) => OutcomeMeta::new("NotFound", Finality::Undetermined),
        }
    }
}

/// The variants of [`Outcome`].
pub mod outcome {
    use super::{
        Amount, CustomerId, Datetime, PassThroughInfo, PaymentId, PaymentResultCode,
    };

    /// The payment succeeded.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Paid {
        /// The ID that the MPP assigned to the payment order. Returned if `paymentResult.resultStatus` is
        /// `S`.
        ///
        /// On the wire: `paymentId`, 1 to 64 characters.
        pub payment_id: PaymentId,
        /// The amount that Alipay+ requests to receive from the MPP, in the currency in which Alipay+
        /// created the payment order, without promotions. Returned if `paymentResult.resultStatus` is `S`.
        ///
        /// On the wire: `paymentAmount`.
        pub payment_amount: Amount,
        /// The amount that the MPP settles with Alipay+, in the MPP's currency: the value of
        /// `paymentAmount` multiplied by `paymentQuote.quotePrice`, rounded HALF EVEN. Returned if
        /// `paymentResult.resultStatus` is `S` and its currency differs from that of `paymentAmount`.
        ///
        /// On the wire: `payToAmount`, omitted if its `currency` equals that of `paymentAmount`. Absent
        /// means equal to `paymentAmount`.
        pub pay_to_amount: Amount,
        /// The time when the payment order reached its final state. Returned if
        /// `paymentResult.resultStatus` is `S`.
        ///
        /// On the wire: `paymentTime`.
        pub payment_time: Datetime,
        /// The ID that the MPP assigned to the user who paid. Returned if `paymentResult.resultStatus` is
        /// `S`.
        ///
        /// On the wire: `customerId`, 1 to 64 characters.
        pub customer_id: CustomerId,
        /// The amount that the ACQP declares to customs, in the currency of the MPP's user (`CNY` for
        /// ALIPAY_CN). Returned if `paymentResult.resultStatus` is `S` and the MPP's local authority
        /// requires customs declaration, currently only in the Chinese Mainland.
        ///
        /// On the wire: `customsDeclarationAmount`, optional.
        pub customs_declaration_amount: Option<Amount>,
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }

    /// The required members of [`Paid`], for [`Paid::new`].
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PaidRequired {
        /// See [`Paid::payment_id`].
        pub payment_id: PaymentId,
        /// See [`Paid::payment_amount`].
        pub payment_amount: Amount,
        /// See [`Paid::pay_to_amount`].
        pub pay_to_amount: Amount,
        /// See [`Paid::payment_time`].
        pub payment_time: Datetime,
        /// See [`Paid::customer_id`].
        pub customer_id: CustomerId,
    }
    ::alipayplus_runtime::constructor!(
        Paid from PaidRequired, payment_id, payment_amount, pay_to_amount, payment_time,
        customer_id; customs_declaration_amount, pass_through_info
    );
    ::alipayplus_runtime::setters!(
        Paid, with_customs_declaration_amount(customs_declaration_amount : Amount),
        with_pass_through_info(pass_through_info : PassThroughInfo)
    );

    /// The payment order was closed before it was paid, and will not be paid.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Cancelled {
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    ::alipayplus_runtime::setters!(
        Cancelled, with_pass_through_info(pass_through_info : PassThroughInfo)
    );

    /// The payment failed for the reason in the code.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Failed {
        /// The reason. A code that is not in the table keeps its text.
        pub code: PaymentResultCode,
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    impl Failed {
        /// Constructs an object with these members, and without the optional ones.
        #[must_use]
        pub fn new(code: PaymentResultCode) -> Self {
            Self {
                code,
                pass_through_info: None,
            }
        }
    }

    /// The payment is in progress.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct InProgress {
        /// The reason. A code that is not in the table keeps its text.
        pub code: PaymentResultCode,
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    impl InProgress {
        /// Constructs an object with these members, and without the optional ones.
        #[must_use]
        pub fn new(code: PaymentResultCode) -> Self {
            Self {
                code,
                pass_through_info: None,
            }
        }
    }

    /// The MPP has no such payment order. The inquiry can arrive before the payment, so this is not a
    /// failure yet.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct NotFound {
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    ::alipayplus_runtime::setters!(
        NotFound, with_pass_through_info(pass_through_info : PassThroughInfo)
    );
}

/// The handler's response; each variant carries exactly the members that the specification requires
/// or allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The payment succeeded.
    Paid(answer::Paid),
    /// The payment order was closed before it was paid, and will not be paid.
    Cancelled(answer::Cancelled),
    /// The payment failed for the reason in the code.
    Failed(answer::Failed),
    /// The payment is in progress.
    InProgress(answer::InProgress),
    /// The MPP has no such payment order. The inquiry can arrive before the payment, so this is not a
    /// failure yet.
    NotFound(answer::NotFound),
}
::alipayplus_runtime::variants!(
    Answer of answer, Paid, Cancelled, Failed, InProgress, NotFound
);

/// The variants of [`Answer`].
pub mod answer {
    #[doc(inline)]
    pub use super::outcome::{Cancelled, NotFound, Paid, PaidRequired};
    use super::{FailedCode, PassThroughInfo};

    /// The payment failed for the reason in the code.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Failed {
        /// The reason.
        pub code: FailedCode,
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    impl Failed {
        /// Constructs an object with these members, and without the optional ones.
        #[must_use]
        pub fn new(code: FailedCode) -> Self {
            Self {
                code,
                pass_through_info: None,
            }
        }
    }
    ::alipayplus_runtime::setters!(
        Failed, with_pass_through_info(pass_through_info : PassThroughInfo)
    );
    impl From<FailedCode> for Failed {
        fn from(code: FailedCode) -> Self {
            Self::new(code)
        }
    }

    /// The payment is in progress.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct InProgress {
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    ::alipayplus_runtime::setters!(
        InProgress, with_pass_through_info(pass_through_info : PassThroughInfo)
    );
}

/// The values that a client expects in the response.
///
/// The signature of a response does not cover the request, so the client compares the response with
/// these values. A member that the response lacks is not compared: a response without these members
/// can belong to another request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expected {
    /// The expected `paymentId`, compared if the response has it.
    pub payment_id: Option<PaymentId>,
    /// The expected `paymentAmount`, compared if the response has it.
    pub payment_amount: Option<Amount>,
}
::alipayplus_runtime::setters!(
    Expected, with_payment_id(payment_id : PaymentId), with_payment_amount(payment_amount
    : Amount)
);

/// A result code: a known one, or any other text of at most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InquiryResultCode {
    /// `SUCCESS`, status `S`: Success.
    Success,
    /// `ACCESS_DENIED`, status `F`: Access is denied. The server also sends this code itself.
    AccessDenied,
    /// `INVALID_CLIENT`, status `F`: The client is invalid. The server also sends this code itself.
    InvalidClient,
    /// `INVALID_SIGNATURE`, status `F`: The signature is invalid. The server also sends this code
    /// itself.
    InvalidSignature,
    /// `KEY_NOT_FOUND`, status `F`: The key is not found. The server also sends this code itself.
    KeyNotFound,
    /// `MEDIA_TYPE_NOT_ACCEPTABLE`, status `F`: The server does not implement the media type that is
    /// acceptable to the client. The server also sends this code itself.
    MediaTypeNotAcceptable,
    /// `METHOD_NOT_SUPPORTED`, status `F`: The server does not implement the requested HTTPS method.
    /// The server also sends this code itself.
    MethodNotSupported,
    /// `NO_INTERFACE_DEF`, status `F`: API is not defined. The server also sends this code itself.
    NoInterfaceDef,
    /// `ORDER_NOT_EXIST`, status `F`: The order doesn't exist.
    OrderNotExist,
    /// `PARAM_ILLEGAL`, status `F`: Illegal parameters. For example, non-numeric input, invalid date.
    /// The server also sends this code itself.
    ParamIllegal,
    /// `PROCESS_FAIL`, status `F`: A general business failure occurred. Do not retry.
    ProcessFail,
    /// `REQUEST_TRAFFIC_EXCEED_LIMIT`, status `U`: The request traffic exceeds the limit. The server
    /// also sends this code itself.
    RequestTrafficExceedLimit,
    /// `UNKNOWN_EXCEPTION`, status `U`: An API call failed, which is caused by unknown reasons. The
    /// server also sends this code itself.
    UnknownException,
    /// A code that is not in the table. It is never treated as a success.
    Other(UnlistedCode),
}
::alipayplus_runtime::open_enum!(InquiryResultCode : ResultStatus, 1..= 64);

impl Code for InquiryResultCode {
    const ALL: &'static [Self] = &[
        Self::Success,
        Self::AccessDenied,
        Self::InvalidClient,
        Self::InvalidSignature,
        Self::KeyNotFound,
        Self::MediaTypeNotAcceptable,
        Self::MethodNotSupported,
        Self::NoInterfaceDef,
        Self::OrderNotExist,
        Self::ParamIllegal,
        Self::ProcessFail,
        Self::RequestTrafficExceedLimit,
        Self::UnknownException,
    ];
    const UNLISTED: ResultStatus = ResultStatus::Unknown;

    fn wire(&self) -> Option<&'static str> {
        match self {
            Self::Success => Some("SUCCESS"),
            Self::AccessDenied => Some("ACCESS_DENIED"),
            Self::InvalidClient => Some("INVALID_CLIENT"),
            Self::InvalidSignature => Some("INVALID_SIGNATURE"),
            Self::KeyNotFound => Some("KEY_NOT_FOUND"),
            Self::MediaTypeNotAcceptable => Some("MEDIA_TYPE_NOT_ACCEPTABLE"),
            Self::MethodNotSupported => Some("METHOD_NOT_SUPPORTED"),
            Self::NoInterfaceDef => Some("NO_INTERFACE_DEF"),
            Self::OrderNotExist => Some("ORDER_NOT_EXIST"),
            Self::ParamIllegal => Some("PARAM_ILLEGAL"),
            Self::ProcessFail => Some("PROCESS_FAIL"),
            Self::RequestTrafficExceedLimit => Some("REQUEST_TRAFFIC_EXCEED_LIMIT"),
            Self::UnknownException => Some("UNKNOWN_EXCEPTION"),
            Self::Other(_) => None,
        }
    }

    fn status(&self) -> Option<ResultStatus> {
        match self {
            Self::Success => Some(ResultStatus::Success),
            Self::AccessDenied
            | Self::InvalidClient
            | Self::InvalidSignature
            | Self::KeyNotFound
            | Self::MediaTypeNotAcceptable
            | Self::MethodNotSupported
            | Self::NoInterfaceDef
            | Self::OrderNotExist
            | Self::ParamIllegal
            | Self::ProcessFail => Some(ResultStatus::Failure),
            Self::RequestTrafficExceedLimit | Self::UnknownException => {
                Some(ResultStatus::Unknown)
            }
            Self::Other(_) => None,
        }
    }

    fn message(&self) -> Option<&'static str> {
        let message = match self {
            Self::Success => "Success",
            Self::AccessDenied => "Access is denied.",
            Self::InvalidClient => "The client is invalid.",
            Self::InvalidSignature => "The signature is invalid.",
            Self::KeyNotFound => "The key is not found.",
            Self::MediaTypeNotAcceptable => {
                "The server does not implement the media type that is acceptable to the client."
            }
            Self::MethodNotSupported => {
                "The server does not implement the requested HTTPS method."
            }
            Self::NoInterfaceDef => "API is not defined.",
            Self::OrderNotExist => "The order doesn't exist.",
            Self::ParamIllegal => {
                "Illegal parameters. For example, non-numeric input, invalid date."
            }
            Self::ProcessFail => "A general business failure occurred. Do not retry.",
            Self::RequestTrafficExceedLimit => "The request traffic exceeds the limit.",
            Self::UnknownException => {
                "An API call failed, which is caused by unknown reasons."
            }
            Self::Other(_) => return None,
        };
        Some(message)
    }

    fn of_failure(failure: FailureKind) -> Option<Self> {
        match failure {
            FailureKind::Forbidden => Some(Self::AccessDenied),
            FailureKind::Client => Some(Self::InvalidClient),
            FailureKind::Signature => Some(Self::InvalidSignature),
            FailureKind::Key => Some(Self::KeyNotFound),
            FailureKind::MediaType => Some(Self::MediaTypeNotAcceptable),
            FailureKind::Method => Some(Self::MethodNotSupported),
            FailureKind::Path => Some(Self::NoInterfaceDef),
            FailureKind::InvalidRequest => Some(Self::ParamIllegal),
            FailureKind::Overload => Some(Self::RequestTrafficExceedLimit),
            FailureKind::Internal => Some(Self::UnknownException),
            _ => None,
        }
    }
}

/// A result code: a known one, or any other text of at most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaymentResultCode {
    /// `SUCCESS`, status `S`: Success.
    Success,
    /// `BUSINESS_NOT_SUPPORT`, status `F`: The payment business is not supported.
    BusinessNotSupport,
    /// `CURRENCY_NOT_SUPPORT`, status `F`: The currency is not supported.
    CurrencyNotSupport,
    /// `EXPIRED_CODE`, status `F`: The code is expired.
    ExpiredCode,
    /// `INVALID_CODE`, status `F`: The code is invalid.
    InvalidCode,
    /// `INVALID_CONTRACT`, status `F`: The contract is invalid.
    InvalidContract,
    /// `INVALID_TOKEN`, status `F`: The access token is invalid.
    InvalidToken,
    /// `MERCHANT_NOT_REGISTERED`, status `F`: The merchant is not registered.
    MerchantNotRegistered,
    /// `ORDER_IS_CLOSED`, status `F`: The order is closed.
    OrderIsClosed,
    /// `PAYMENT_AMOUNT_EXCEED_LIMIT`, status `F`: The payment amount exceeds the limit that is
    /// specified by Alipay+.
    PaymentAmountExceedLimit,
    /// `PAYMENT_COUNT_EXCEED_LIMIT`, status `F`: The number of payments exceeds the limit.
    PaymentCountExceedLimit,
    /// `PROCESS_FAIL`, status `F`: A general business failure occurred. Don't retry.
    ProcessFail,
    /// `REGULATION_RESTRICTION`, status `F`: The payment failed due to regulatory restriction.
    RegulationRestriction,
    /// `RISK_REJECT`, status `F`: The request is rejected because of the risk control.
    RiskReject,
    /// `UNAVAILABLE_PAYMENT_METHOD`, status `F`: The payment method is unavailable.
    UnavailablePaymentMethod,
    /// `USER_AMOUNT_EXCEED_LIMIT`, status `F`: The payment amount exceeds the payment limit that is
    /// specified by the user's digital wallet.
    UserAmountExceedLimit,
    /// `USER_BALANCE_NOT_ENOUGH`, status `F`: The user balance is not enough for the payment.
    UserBalanceNotEnough,
    /// `USER_KYC_NOT_QUALIFIED`, status `F`: The user is not KYC compliant.
    UserKycNotQualified,
    /// `USER_NOT_EXIST`, status `F`: The user does not exist.
    UserNotExist,
    /// `USER_PAYMENT_VERIFICATION_FAILED`, status `F`: User fails to pass the payment verification in
    /// the methods like OPT, PIN, and so on.
    UserPaymentVerificationFailed,
    /// `USER_STATUS_ABNORMAL`, status `F`: The user status is abnormal.
    UserStatusAbnormal,
    /// `PAYMENT_IN_PROCESS`, status `U`: The payment is being processed.
    PaymentInProcess,
    /// A code that is not in the table. It is never treated as a success.
    Other(UnlistedCode),
}
::alipayplus_runtime::open_enum!(PaymentResultCode : ResultStatus, 1..= 64);

impl Code for PaymentResultCode {
    const ALL: &'static [Self] = &[
        Self::Success,
        Self::BusinessNotSupport,
        Self::CurrencyNotSupport,
        Self::ExpiredCode,
        Self::InvalidCode,
        Self::InvalidContract,
        Self::InvalidToken,
        Self::MerchantNotRegistered,
        Self::OrderIsClosed,
        Self::PaymentAmountExceedLimit,
        Self::PaymentCountExceedLimit,
        Self::ProcessFail,
        Self::RegulationRestriction,
        Self::RiskReject,
        Self::UnavailablePaymentMethod,
        Self::UserAmountExceedLimit,
        Self::UserBalanceNotEnough,
        Self::UserKycNotQualified,
        Self::UserNotExist,
        Self::UserPaymentVerificationFailed,
        Self::UserStatusAbnormal,
        Self::PaymentInProcess,
    ];
    const UNLISTED: ResultStatus = ResultStatus::Unknown;

    fn wire(&self) -> Option<&'static str> {
        match self {
            Self::Success => Some("SUCCESS"),
            Self::BusinessNotSupport => Some("BUSINESS_NOT_SUPPORT"),
            Self::CurrencyNotSupport => Some("CURRENCY_NOT_SUPPORT"),
            Self::ExpiredCode => Some("EXPIRED_CODE"),
            Self::InvalidCode => Some("INVALID_CODE"),
            Self::InvalidContract => Some("INVALID_CONTRACT"),
            Self::InvalidToken => Some("INVALID_TOKEN"),
            Self::MerchantNotRegistered => Some("MERCHANT_NOT_REGISTERED"),
            Self::OrderIsClosed => Some("ORDER_IS_CLOSED"),
            Self::PaymentAmountExceedLimit => Some("PAYMENT_AMOUNT_EXCEED_LIMIT"),
            Self::PaymentCountExceedLimit => Some("PAYMENT_COUNT_EXCEED_LIMIT"),
            Self::ProcessFail => Some("PROCESS_FAIL"),
            Self::RegulationRestriction => Some("REGULATION_RESTRICTION"),
            Self::RiskReject => Some("RISK_REJECT"),
            Self::UnavailablePaymentMethod => Some("UNAVAILABLE_PAYMENT_METHOD"),
            Self::UserAmountExceedLimit => Some("USER_AMOUNT_EXCEED_LIMIT"),
            Self::UserBalanceNotEnough => Some("USER_BALANCE_NOT_ENOUGH"),
            Self::UserKycNotQualified => Some("USER_KYC_NOT_QUALIFIED"),
            Self::UserNotExist => Some("USER_NOT_EXIST"),
            Self::UserPaymentVerificationFailed => {
                Some("USER_PAYMENT_VERIFICATION_FAILED")
            }
            Self::UserStatusAbnormal => Some("USER_STATUS_ABNORMAL"),
            Self::PaymentInProcess => Some("PAYMENT_IN_PROCESS"),
            Self::Other(_) => None,
        }
    }

    fn status(&self) -> Option<ResultStatus> {
        match self {
            Self::Success => Some(ResultStatus::Success),
            Self::BusinessNotSupport
            | Self::CurrencyNotSupport
            | Self::ExpiredCode
            | Self::InvalidCode
            | Self::InvalidContract
            | Self::InvalidToken
            | Self::MerchantNotRegistered
            | Self::OrderIsClosed
            | Self::PaymentAmountExceedLimit
            | Self::PaymentCountExceedLimit
            | Self::ProcessFail
            | Self::RegulationRestriction
            | Self::RiskReject
            | Self::UnavailablePaymentMethod
            | Self::UserAmountExceedLimit
            | Self::UserBalanceNotEnough
            | Self::UserKycNotQualified
            | Self::UserNotExist
            | Self::UserPaymentVerificationFailed
            | Self::UserStatusAbnormal => Some(ResultStatus::Failure),
            Self::PaymentInProcess => Some(ResultStatus::Unknown),
            Self::Other(_) => None,
        }
    }

    fn message(&self) -> Option<&'static str> {
        let message = match self {
            Self::Success => "Success",
            Self::BusinessNotSupport => "The payment business is not supported.",
            Self::CurrencyNotSupport => "The currency is not supported.",
            Self::ExpiredCode => "The code is expired.",
            Self::InvalidCode => "The code is invalid.",
            Self::InvalidContract => "The contract is invalid.",
            Self::InvalidToken => "The access token is invalid.",
            Self::MerchantNotRegistered => "The merchant is not registered.",
            Self::OrderIsClosed => "The order is closed.",
            Self::PaymentAmountExceedLimit => {
                "The payment amount exceeds the limit that is specified by Alipay+."
            }
            Self::PaymentCountExceedLimit => "The number of payments exceeds the limit.",
            Self::ProcessFail => "A general business failure occurred. Don't retry.",
            Self::RegulationRestriction => {
                "The payment failed due to regulatory restriction."
            }
            Self::RiskReject => "The request is rejected because of the risk control.",
            Self::UnavailablePaymentMethod => "The payment method is unavailable.",
            Self::UserAmountExceedLimit => {
                "The payment amount exceeds the payment limit that is specified by the user's digital wallet."
            }
            Self::UserBalanceNotEnough => {
                "The user balance is not enough for the payment."
            }
            Self::UserKycNotQualified => "The user is not KYC compliant.",
            Self::UserNotExist => "The user does not exist.",
            Self::UserPaymentVerificationFailed => {
                "User fails to pass the payment verification in the methods like OPT, PIN, and so on."
            }
            Self::UserStatusAbnormal => "The user status is abnormal.",
            Self::PaymentInProcess => "The payment is being processed.",
            Self::Other(_) => return None,
        };
        Some(message)
    }
}

/// The codes that a handler can answer [`Answer::Failed`] with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailedCode {
    /// `BUSINESS_NOT_SUPPORT`, status `F`: The payment business is not supported.
    BusinessNotSupport,
    /// `CURRENCY_NOT_SUPPORT`, status `F`: The currency is not supported.
    CurrencyNotSupport,
    /// `EXPIRED_CODE`, status `F`: The code is expired.
    ExpiredCode,
    /// `INVALID_CODE`, status `F`: The code is invalid.
    InvalidCode,
    /// `INVALID_CONTRACT`, status `F`: The contract is invalid.
    InvalidContract,
    /// `INVALID_TOKEN`, status `F`: The access token is invalid.
    InvalidToken,
    /// `MERCHANT_NOT_REGISTERED`, status `F`: The merchant is not registered.
    MerchantNotRegistered,
    /// `PAYMENT_AMOUNT_EXCEED_LIMIT`, status `F`: The payment amount exceeds the limit that is
    /// specified by Alipay+.
    PaymentAmountExceedLimit,
    /// `PAYMENT_COUNT_EXCEED_LIMIT`, status `F`: The number of payments exceeds the limit.
    PaymentCountExceedLimit,
    /// `PROCESS_FAIL`, status `F`: A general business failure occurred. Don't retry.
    ProcessFail,
    /// `REGULATION_RESTRICTION`, status `F`: The payment failed due to regulatory restriction.
    RegulationRestriction,
    /// `RISK_REJECT`, status `F`: The request is rejected because of the risk control.
    RiskReject,
    /// `UNAVAILABLE_PAYMENT_METHOD`, status `F`: The payment method is unavailable.
    UnavailablePaymentMethod,
    /// `USER_AMOUNT_EXCEED_LIMIT`, status `F`: The payment amount exceeds the payment limit that is
    /// specified by the user's digital wallet.
    UserAmountExceedLimit,
    /// `USER_BALANCE_NOT_ENOUGH`, status `F`: The user balance is not enough for the payment.
    UserBalanceNotEnough,
    /// `USER_KYC_NOT_QUALIFIED`, status `F`: The user is not KYC compliant.
    UserKycNotQualified,
    /// `USER_NOT_EXIST`, status `F`: The user does not exist.
    UserNotExist,
    /// `USER_PAYMENT_VERIFICATION_FAILED`, status `F`: User fails to pass the payment verification in
    /// the methods like OPT, PIN, and so on.
    UserPaymentVerificationFailed,
    /// `USER_STATUS_ABNORMAL`, status `F`: The user status is abnormal.
    UserStatusAbnormal,
}
::alipayplus_runtime::code_subset!(
    FailedCode of PaymentResultCode, BusinessNotSupport, CurrencyNotSupport, ExpiredCode,
    InvalidCode, InvalidContract, InvalidToken, MerchantNotRegistered,
    PaymentAmountExceedLimit, PaymentCountExceedLimit, ProcessFail,
    RegulationRestriction, RiskReject, UnavailablePaymentMethod, UserAmountExceedLimit,
    UserBalanceNotEnough, UserKycNotQualified, UserNotExist,
    UserPaymentVerificationFailed, UserStatusAbnormal
);

/// The codes that a handler can refuse a request with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalCode {
    /// `ACCESS_DENIED`, status `F`: Access is denied. The server also sends this code itself.
    AccessDenied,
    /// `INVALID_CLIENT`, status `F`: The client is invalid. The server also sends this code itself.
    InvalidClient,
    /// `INVALID_SIGNATURE`, status `F`: The signature is invalid. The server also sends this code
    /// itself.
    InvalidSignature,
    /// `KEY_NOT_FOUND`, status `F`: The key is not found. The server also sends this code itself.
    KeyNotFound,
    /// `MEDIA_TYPE_NOT_ACCEPTABLE`, status `F`: The server does not implement the media type that is
    /// acceptable to the client. The server also sends this code itself.
    MediaTypeNotAcceptable,
    /// `METHOD_NOT_SUPPORTED`, status `F`: The server does not implement the requested HTTPS method.
    /// The server also sends this code itself.
    MethodNotSupported,
    /// `NO_INTERFACE_DEF`, status `F`: API is not defined. The server also sends this code itself.
    NoInterfaceDef,
    /// `PARAM_ILLEGAL`, status `F`: Illegal parameters. For example, non-numeric input, invalid date.
    /// The server also sends this code itself.
    ParamIllegal,
    /// `PROCESS_FAIL`, status `F`: A general business failure occurred. Do not retry.
    ProcessFail,
    /// `REQUEST_TRAFFIC_EXCEED_LIMIT`, status `U`: The request traffic exceeds the limit. The server
    /// also sends this code itself.
    RequestTrafficExceedLimit,
    /// `UNKNOWN_EXCEPTION`, status `U`: An API call failed, which is caused by unknown reasons. The
    /// server also sends this code itself.
    UnknownException,
}
::alipayplus_runtime::code_subset!(
    RefusalCode of InquiryResultCode, AccessDenied, InvalidClient, InvalidSignature,
    KeyNotFound, MediaTypeNotAcceptable, MethodNotSupported, NoInterfaceDef,
    ParamIllegal, ProcessFail, RequestTrafficExceedLimit, UnknownException
);

/// The ID that Alipay+ assigned to an Acquiring Service Provider.
///
/// 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AcquirerId(Text<1, 64>);
::alipayplus_runtime::text!(AcquirerId, 1, 64);

/// The ID that Alipay+ assigned to a mobile payment provider.
///
/// 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PspId(Text<1, 64>);
::alipayplus_runtime::text!(PspId, 1, 64);

/// The ID that Alipay+ assigned to a payment order.
///
/// 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentRequestId(Text<1, 64>);
::alipayplus_runtime::text!(PaymentRequestId, 1, 64);

/// The ID that the MPP assigned to a payment order.
///
/// 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentId(Text<1, 64>);
::alipayplus_runtime::text!(PaymentId, 1, 64);

/// The ID that the MPP assigned to one of its users.
///
/// 1 to 64 characters. Sensitive: `Debug` prints `[redacted]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(SensitiveText<1, 64>);
::alipayplus_runtime::sensitive_text!(CustomerId, 1, 64);

/// Key-value pairs from the MPP for the ACQP. Their syntax is not documented, so the text is kept
/// unchanged.
///
/// 1 to 20000 characters. Sensitive: `Debug` prints `[redacted]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PassThroughInfo(SensitiveText<1, 20000>);
::alipayplus_runtime::sensitive_text!(PassThroughInfo, 1, 20000);
::alipayplus_runtime::key_values!(PassThroughInfo, expose);
