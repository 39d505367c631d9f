// @generated from schema/inquiryPayment.json by `cargo xtask codegen`. Do not edit.

//! Alipay+ asks a mobile payment provider (MPP) for the state of a payment. The inquiry has no side
//! effects and can be repeated.

use ::alipayplus_runtime::__private::*;
#[cfg(feature = "schemars")]
use ::alipayplus_runtime::schemars;
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
                        Omitted {
                            pointer: "/payToAmount",
                            counterpart: "/paymentAmount",
                            part: "currency",
                        },
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
            Answer::NotFound => Response::with(InquiryResultCode::OrderNotExist),
        };
        Ok(response)
    }
    fn into_outcome(
        response: &mut Response,
    ) -> Result<Outcome, OutcomeError<Self::Code>> {
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
            return Ok(Outcome::Paid(paid));
        }
        if response.result.is(&InquiryResultCode::Success)
            && let Some(payment_result) = &response.payment_result
            && payment_result.is(&PaymentResultCode::OrderIsClosed)
        {
            let cancelled = outcome::Cancelled {
                pass_through_info: response.pass_through_info.take(),
            };
            response.payment_result = None;
            return Ok(Outcome::Cancelled(cancelled));
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
            return Ok(Outcome::Failed(failed));
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
            return Ok(Outcome::InProgress(in_progress));
        }
        if response.result.is(&InquiryResultCode::OrderNotExist) {
            return Ok(Outcome::NotFound);
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
pub struct Request {
    /// The ID that Alipay+ assigned to the Acquiring Service Provider (ACQP) of the payment.
    ///
    /// On the wire: `acquirerId`, 1 to 64 characters.
    #[serde(rename = "acquirerId")]
    pub acquirer_id: AcquirerId,
    /// The ID that Alipay+ assigned to the MPP. MPPs are also called Payment Service Providers (PSP).
    ///
    /// On the wire: `pspId`, 1 to 64 characters.
    #[serde(rename = "pspId")]
    pub psp_id: PspId,
    /// The ID that Alipay+ assigned to the payment order.
    ///
    /// On the wire: `paymentRequestId`, 1 to 64 characters.
    #[serde(rename = "paymentRequestId")]
    pub payment_request_id: PaymentRequestId,
}

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
pub struct Response {
    /// The result of the inquiry. Unless its status is `S`, the response does not tell the state of the
    /// payment.
    ///
    /// On the wire: `result`.
    #[serde(rename = "result")]
    pub result: InquiryResult,
    /// The result of the payment: `S` paid, `F` failed, `U` in progress. Returned if
    /// `result.resultStatus` is `S`.
    ///
    /// On the wire: `paymentResult`, optional. Required if `result.resultStatus` is `S`.
    #[serde(rename = "paymentResult", skip_serializing_if = "Option::is_none")]
    pub payment_result: Option<PaymentResult>,
    /// The ID that the MPP assigned to the payment order. Returned if `paymentResult.resultStatus` is
    /// `S`.
    ///
    /// On the wire: `paymentId`, 1 to 64 characters, optional. Required if `paymentResult.resultStatus`
    /// is `S`.
    #[serde(rename = "paymentId", skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// The amount that Alipay+ requests to receive from the MPP, in the currency in which Alipay+
    /// created the payment order, without promotions. Returned if `paymentResult.resultStatus` is `S`.
    ///
    /// On the wire: `paymentAmount`, optional. Required if `paymentResult.resultStatus` is `S`.
    #[serde(rename = "paymentAmount", skip_serializing_if = "Option::is_none")]
    pub payment_amount: Option<Amount>,
    /// The amount that the MPP settles with Alipay+, in the MPP's currency: the value of
    /// `paymentAmount` multiplied by `paymentQuote.quotePrice`, rounded HALF EVEN. Returned if
    /// `paymentResult.resultStatus` is `S` and its currency differs from that of `paymentAmount`.
    ///
    /// On the wire: `payToAmount`, optional.
    #[serde(rename = "payToAmount", skip_serializing_if = "Option::is_none")]
    pub pay_to_amount: Option<Amount>,
    /// The time when the payment order reached its final state. Returned if
    /// `paymentResult.resultStatus` is `S`.
    ///
    /// On the wire: `paymentTime`, optional. Required if `paymentResult.resultStatus` is `S`.
    #[serde(rename = "paymentTime", skip_serializing_if = "Option::is_none")]
    pub payment_time: Option<Datetime>,
    /// The ID that the MPP assigned to the user who paid. Returned if `paymentResult.resultStatus` is
    /// `S`.
    ///
    /// On the wire: `customerId`, 1 to 64 characters, optional. Required if
    /// `paymentResult.resultStatus` is `S`.
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// The amount that the ACQP declares to customs, in the currency of the MPP's user (`CNY` for
    /// ALIPAY_CN). Returned if `paymentResult.resultStatus` is `S` and the MPP's local authority
    /// requires customs declaration, currently only in the Chinese Mainland.
    ///
    /// On the wire: `customsDeclarationAmount`, optional.
    #[serde(
        rename = "customsDeclarationAmount",
        skip_serializing_if = "Option::is_none"
    )]
    pub customs_declaration_amount: Option<Amount>,
    /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
    /// pass information to the ACQP.
    ///
    /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
    #[serde(rename = "passThroughInfo", skip_serializing_if = "Option::is_none")]
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

impl FromResult for Response {
    type Result = InquiryResult;
    const RESULT: &'static str = "result";
    fn result(&self) -> &InquiryResult {
        &self.result
    }
    fn from_result(result: InquiryResult) -> Self {
        Self {
            result,
            payment_result: None,
            payment_id: None,
            payment_amount: None,
            pay_to_amount: None,
            payment_time: None,
            customer_id: None,
            customs_declaration_amount: None,
            pass_through_info: None,
        }
    }
}

/// The result of the inquiry. (Section: Result/Error codes)
pub type InquiryResult = ResultObject<InquiryResultCode>;

/// The result of the payment. (Section: Payment result codes)
pub type PaymentResult = ResultObject<PaymentResultCode>;

/// The handler's response; each variant carries exactly the members that the specification requires
/// or allows.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    NotFound,
}

impl From<answer::Paid> for Answer {
    fn from(answer: answer::Paid) -> Self {
        Self::Paid(answer)
    }
}

impl From<answer::Cancelled> for Answer {
    fn from(answer: answer::Cancelled) -> Self {
        Self::Cancelled(answer)
    }
}

impl From<answer::Failed> for Answer {
    fn from(answer: answer::Failed) -> Self {
        Self::Failed(answer)
    }
}

impl From<answer::InProgress> for Answer {
    fn from(answer: answer::InProgress) -> Self {
        Self::InProgress(answer)
    }
}

/// The variants of [`Answer`], constructed by struct literals.
pub mod answer {
    use super::{Amount, CustomerId, Datetime, FailedCode, PassThroughInfo, PaymentId};
    /// The payment succeeded.
    #[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The payment order was closed before it was paid, and will not be paid.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Cancelled {
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    /// The payment failed for the reason in the code.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Failed {
        /// The reason.
        pub code: FailedCode,
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
    impl From<FailedCode> for Failed {
        fn from(code: FailedCode) -> Self {
            Self {
                code,
                pass_through_info: None,
            }
        }
    }
    /// The payment is in progress.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct InProgress {
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
}

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
    NotFound,
}

impl OutcomeInfo for Outcome {
    fn meta(&self) -> OutcomeMeta {
        match self {
            Self::Paid(_) => OutcomeMeta::new("Paid", Finality::Final),
            Self::Cancelled(_) => OutcomeMeta::new("Cancelled", Finality::Final),
            Self::Failed(_) => OutcomeMeta::new("Failed", Finality::Final),
            Self::InProgress(_) => OutcomeMeta::new("InProgress", Finality::Pending),
            Self::NotFound => OutcomeMeta::new("NotFound", Finality::Undetermined),
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
    /// The payment order was closed before it was paid, and will not be paid.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Cancelled {
        /// Key-value pairs that the MPP passes through Alipay+ to the ACQP. Returned if the MPP wants to
        /// pass information to the ACQP.
        ///
        /// On the wire: `passThroughInfo`, 1 to 20000 characters, optional.
        pub pass_through_info: Option<PassThroughInfo>,
    }
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
}

/// The values that a client expects in the response.
///
/// The signature of a response does not cover the request, so the client compares the response with
/// these values. A member that the response lacks is not compared: a response without these members
/// can belong to another request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The expected `paymentId`, compared if the response has it.
    pub payment_id: Option<PaymentId>,
    /// The expected `paymentAmount`, compared if the response has it.
    pub payment_amount: Option<Amount>,
}

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
    const TABLE: &'static [(Self, &'static str, ResultStatus)] = {
        use ResultStatus::{Failure, Success, Unknown};
        &[
            (Self::Success, "SUCCESS", Success),
            (Self::AccessDenied, "ACCESS_DENIED", Failure),
            (Self::InvalidClient, "INVALID_CLIENT", Failure),
            (Self::InvalidSignature, "INVALID_SIGNATURE", Failure),
            (Self::KeyNotFound, "KEY_NOT_FOUND", Failure),
            (Self::MediaTypeNotAcceptable, "MEDIA_TYPE_NOT_ACCEPTABLE", Failure),
            (Self::MethodNotSupported, "METHOD_NOT_SUPPORTED", Failure),
            (Self::NoInterfaceDef, "NO_INTERFACE_DEF", Failure),
            (Self::OrderNotExist, "ORDER_NOT_EXIST", Failure),
            (Self::ParamIllegal, "PARAM_ILLEGAL", Failure),
            (Self::ProcessFail, "PROCESS_FAIL", Failure),
            (Self::RequestTrafficExceedLimit, "REQUEST_TRAFFIC_EXCEED_LIMIT", Unknown),
            (Self::UnknownException, "UNKNOWN_EXCEPTION", Unknown),
        ]
    };
    const MESSAGES: &'static [&'static str] = &[
        "Success",
        "Access is denied.",
        "The client is invalid.",
        "The signature is invalid.",
        "The key is not found.",
        "The server does not implement the media type that is acceptable to the client.",
        "The server does not implement the requested HTTPS method.",
        "API is not defined.",
        "The order doesn't exist.",
        "Illegal parameters. For example, non-numeric input, invalid date.",
        "A general business failure occurred. Do not retry.",
        "The request traffic exceeds the limit.",
        "An API call failed, which is caused by unknown reasons.",
    ];
    const FAILURES: &'static [(FailureKind, usize)] = &[
        (FailureKind::Forbidden, 1),
        (FailureKind::Client, 2),
        (FailureKind::Signature, 3),
        (FailureKind::Key, 4),
        (FailureKind::MediaType, 5),
        (FailureKind::Method, 6),
        (FailureKind::Path, 7),
        (FailureKind::InvalidRequest, 9),
        (FailureKind::Overload, 11),
        (FailureKind::Internal, 12),
    ];
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
    const TABLE: &'static [(Self, &'static str, ResultStatus)] = {
        use ResultStatus::{Failure, Success, Unknown};
        &[
            (Self::Success, "SUCCESS", Success),
            (Self::BusinessNotSupport, "BUSINESS_NOT_SUPPORT", Failure),
            (Self::CurrencyNotSupport, "CURRENCY_NOT_SUPPORT", Failure),
            (Self::ExpiredCode, "EXPIRED_CODE", Failure),
            (Self::InvalidCode, "INVALID_CODE", Failure),
            (Self::InvalidContract, "INVALID_CONTRACT", Failure),
            (Self::InvalidToken, "INVALID_TOKEN", Failure),
            (Self::MerchantNotRegistered, "MERCHANT_NOT_REGISTERED", Failure),
            (Self::OrderIsClosed, "ORDER_IS_CLOSED", Failure),
            (Self::PaymentAmountExceedLimit, "PAYMENT_AMOUNT_EXCEED_LIMIT", Failure),
            (Self::PaymentCountExceedLimit, "PAYMENT_COUNT_EXCEED_LIMIT", Failure),
            (Self::ProcessFail, "PROCESS_FAIL", Failure),
            (Self::RegulationRestriction, "REGULATION_RESTRICTION", Failure),
            (Self::RiskReject, "RISK_REJECT", Failure),
            (Self::UnavailablePaymentMethod, "UNAVAILABLE_PAYMENT_METHOD", Failure),
            (Self::UserAmountExceedLimit, "USER_AMOUNT_EXCEED_LIMIT", Failure),
            (Self::UserBalanceNotEnough, "USER_BALANCE_NOT_ENOUGH", Failure),
            (Self::UserKycNotQualified, "USER_KYC_NOT_QUALIFIED", Failure),
            (Self::UserNotExist, "USER_NOT_EXIST", Failure),
            (
                Self::UserPaymentVerificationFailed,
                "USER_PAYMENT_VERIFICATION_FAILED",
                Failure,
            ),
            (Self::UserStatusAbnormal, "USER_STATUS_ABNORMAL", Failure),
            (Self::PaymentInProcess, "PAYMENT_IN_PROCESS", Unknown),
        ]
    };
    const MESSAGES: &'static [&'static str] = &[
        "Success",
        "The payment business is not supported.",
        "The currency is not supported.",
        "The code is expired.",
        "The code is invalid.",
        "The contract is invalid.",
        "The access token is invalid.",
        "The merchant is not registered.",
        "The order is closed.",
        "The payment amount exceeds the limit that is specified by Alipay+.",
        "The number of payments exceeds the limit.",
        "A general business failure occurred. Don't retry.",
        "The payment failed due to regulatory restriction.",
        "The request is rejected because of the risk control.",
        "The payment method is unavailable.",
        "The payment amount exceeds the payment limit that is specified by the user's digital wallet.",
        "The user balance is not enough for the payment.",
        "The user is not KYC compliant.",
        "The user does not exist.",
        "User fails to pass the payment verification in the methods like OPT, PIN, and so on.",
        "The user status is abnormal.",
        "The payment is being processed.",
    ];
    const FAILURES: &'static [(FailureKind, usize)] = &[];
}

/// The codes that a handler can answer [`Answer::Failed`] with.
///
/// The discriminant of each is its row in
/// [`PaymentResultCode::TABLE`](::alipayplus_runtime::code::Code::TABLE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailedCode {
    /// `BUSINESS_NOT_SUPPORT`, status `F`: The payment business is not supported.
    BusinessNotSupport = 1,
    /// `CURRENCY_NOT_SUPPORT`, status `F`: The currency is not supported.
    CurrencyNotSupport = 2,
    /// `EXPIRED_CODE`, status `F`: The code is expired.
    ExpiredCode = 3,
    /// `INVALID_CODE`, status `F`: The code is invalid.
    InvalidCode = 4,
    /// `INVALID_CONTRACT`, status `F`: The contract is invalid.
    InvalidContract = 5,
    /// `INVALID_TOKEN`, status `F`: The access token is invalid.
    InvalidToken = 6,
    /// `MERCHANT_NOT_REGISTERED`, status `F`: The merchant is not registered.
    MerchantNotRegistered = 7,
    /// `PAYMENT_AMOUNT_EXCEED_LIMIT`, status `F`: The payment amount exceeds the limit that is
    /// specified by Alipay+.
    PaymentAmountExceedLimit = 9,
    /// `PAYMENT_COUNT_EXCEED_LIMIT`, status `F`: The number of payments exceeds the limit.
    PaymentCountExceedLimit = 10,
    /// `PROCESS_FAIL`, status `F`: A general business failure occurred. Don't retry.
    ProcessFail = 11,
    /// `REGULATION_RESTRICTION`, status `F`: The payment failed due to regulatory restriction.
    RegulationRestriction = 12,
    /// `RISK_REJECT`, status `F`: The request is rejected because of the risk control.
    RiskReject = 13,
    /// `UNAVAILABLE_PAYMENT_METHOD`, status `F`: The payment method is unavailable.
    UnavailablePaymentMethod = 14,
    /// `USER_AMOUNT_EXCEED_LIMIT`, status `F`: The payment amount exceeds the payment limit that is
    /// specified by the user's digital wallet.
    UserAmountExceedLimit = 15,
    /// `USER_BALANCE_NOT_ENOUGH`, status `F`: The user balance is not enough for the payment.
    UserBalanceNotEnough = 16,
    /// `USER_KYC_NOT_QUALIFIED`, status `F`: The user is not KYC compliant.
    UserKycNotQualified = 17,
    /// `USER_NOT_EXIST`, status `F`: The user does not exist.
    UserNotExist = 18,
    /// `USER_PAYMENT_VERIFICATION_FAILED`, status `F`: User fails to pass the payment verification in
    /// the methods like OPT, PIN, and so on.
    UserPaymentVerificationFailed = 19,
    /// `USER_STATUS_ABNORMAL`, status `F`: The user status is abnormal.
    UserStatusAbnormal = 20,
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
///
/// The discriminant of each is its row in
/// [`InquiryResultCode::TABLE`](::alipayplus_runtime::code::Code::TABLE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// `ACCESS_DENIED`, status `F`: Access is denied. The server also sends this code itself.
    AccessDenied = 1,
    /// `INVALID_CLIENT`, status `F`: The client is invalid. The server also sends this code itself.
    InvalidClient = 2,
    /// `INVALID_SIGNATURE`, status `F`: The signature is invalid. The server also sends this code
    /// itself.
    InvalidSignature = 3,
    /// `KEY_NOT_FOUND`, status `F`: The key is not found. The server also sends this code itself.
    KeyNotFound = 4,
    /// `MEDIA_TYPE_NOT_ACCEPTABLE`, status `F`: The server does not implement the media type that is
    /// acceptable to the client. The server also sends this code itself.
    MediaTypeNotAcceptable = 5,
    /// `METHOD_NOT_SUPPORTED`, status `F`: The server does not implement the requested HTTPS method.
    /// The server also sends this code itself.
    MethodNotSupported = 6,
    /// `NO_INTERFACE_DEF`, status `F`: API is not defined. The server also sends this code itself.
    NoInterfaceDef = 7,
    /// `PARAM_ILLEGAL`, status `F`: Illegal parameters. For example, non-numeric input, invalid date.
    /// The server also sends this code itself.
    ParamIllegal = 9,
    /// `PROCESS_FAIL`, status `F`: A general business failure occurred. Do not retry.
    ProcessFail = 10,
    /// `REQUEST_TRAFFIC_EXCEED_LIMIT`, status `U`: The request traffic exceeds the limit. The server
    /// also sends this code itself.
    RequestTrafficExceedLimit = 11,
    /// `UNKNOWN_EXCEPTION`, status `U`: An API call failed, which is caused by unknown reasons. The
    /// server also sends this code itself.
    UnknownException = 12,
}
::alipayplus_runtime::code_subset!(
    RefusalCode of InquiryResultCode, AccessDenied, InvalidClient, InvalidSignature,
    KeyNotFound, MediaTypeNotAcceptable, MethodNotSupported, NoInterfaceDef,
    ParamIllegal, ProcessFail, RequestTrafficExceedLimit, UnknownException
);

/// The ID that Alipay+ assigned to an Acquiring Service Provider.
///
/// 1 to 64 characters.
pub struct AcquirerId(Box<str>);
::alipayplus_runtime::bounded_string!(AcquirerId, 1..= 64);

/// The ID that Alipay+ assigned to a mobile payment provider.
///
/// 1 to 64 characters.
pub struct PspId(Box<str>);
::alipayplus_runtime::bounded_string!(PspId, 1..= 64);

/// The ID that Alipay+ assigned to a payment order.
///
/// 1 to 64 characters.
pub struct PaymentRequestId(Box<str>);
::alipayplus_runtime::bounded_string!(PaymentRequestId, 1..= 64);

/// The ID that the MPP assigned to a payment order.
///
/// 1 to 64 characters.
pub struct PaymentId(Box<str>);
::alipayplus_runtime::bounded_string!(PaymentId, 1..= 64);

/// The ID that the MPP assigned to one of its users.
///
/// 1 to 64 characters. Sensitive: `Debug` prints `[redacted]`.
pub struct CustomerId(Box<str>);
::alipayplus_runtime::bounded_string!(CustomerId, 1..= 64, sensitive);

/// Key-value pairs from the MPP for the ACQP. Their syntax is not documented, so the text is kept
/// unchanged.
///
/// 1 to 20000 characters. Sensitive: `Debug` prints `[redacted]`.
pub struct PassThroughInfo(Box<str>);
::alipayplus_runtime::bounded_string!(PassThroughInfo, 1..= 20000, sensitive);
::alipayplus_runtime::key_values!(PassThroughInfo);
