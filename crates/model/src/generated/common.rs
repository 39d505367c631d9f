// @generated from schema/common.json by `cargo xtask codegen`. Do not edit.

//! The objects that all operations share: the result, money and time. Every scalar is a JSON
//! string.

use ::alipayplus_runtime::__private::*;

/// A result: a status, a code and a message. Each operation has its own code table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(bound = "C: Code")]
#[cfg_attr(
    feature = "schemars",
    schemars(bound = "C: Code<Status = ResultStatus> + schemars::JsonSchema")
)]
#[cfg_attr(feature = "schemars", schemars(transform = conditions::<Self>))]
#[non_exhaustive]
pub struct ResultObject<C> {
    #[serde(rename = "resultStatus")]
    /// The status. It decides; the code gives the reason.
    ///
    /// On the wire: `resultStatus`, `S`, `F` or `U`.
    pub result_status: ResultStatus,
    #[serde(rename = "resultCode")]
    /// The code. Codes that are not in the table are valid and kept unchanged.
    ///
    /// On the wire: `resultCode`, 1 to 64 characters.
    pub result_code: C,
    #[serde(rename = "resultMessage", skip_serializing_if = "Option::is_none")]
    /// The message, for people and logs. Programs decide by status and code.
    ///
    /// On the wire: `resultMessage`, 1 to 256 characters, optional.
    pub result_message: Option<ResultMessage>,
}

impl<C: Code<Status = ResultStatus>> Object for ResultObject<C> {
    const MEMBERS: &'static [Member] = &[
        Member::required::<ResultStatus>("resultStatus"),
        Member::required::<C>("resultCode"),
        Member::optional::<ResultMessage>("resultMessage"),
    ];
    const RULES: &'static [Rule] = &[
        Rule::status_matches_code::<C>("resultCode", "resultStatus", "resultMessage"),
    ];
}

impl<C: Code<Status = ResultStatus>> CodedResult for ResultObject<C> {
    type Code = C;
    type Message = ResultMessage;
    const MESSAGE_MAX: usize = ResultMessage::MAX;

    fn new(
        result_code: C,
        result_status: ResultStatus,
        result_message: Option<ResultMessage>,
    ) -> Self {
        Self {
            result_status,
            result_code,
            result_message,
        }
    }

    fn code(&self) -> &C {
        &self.result_code
    }

    fn status(&self) -> ResultStatus {
        self.result_status
    }
}

impl<C: Code<Status = ResultStatus>> From<C> for ResultObject<C> {
    fn from(code: C) -> Self {
        Self::with(code)
    }
}

/// An amount of money in the currency's smallest unit. USD 1.00 is `100` of `USD`, JPY 1 is `1` of
/// `JPY`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Amount {
    #[serde(rename = "currency")]
    /// The three-letter ISO 4217 code of the currency.
    ///
    /// On the wire: `currency`.
    pub currency: Currency,
    #[serde(rename = "value")]
    /// The number of the currency's smallest units.
    ///
    /// On the wire: `value`.
    pub value: MinorUnits,
}

/// The required members of [`Amount`], for [`Amount::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountRequired {
    /// See [`Amount::currency`].
    pub currency: Currency,
    /// See [`Amount::value`].
    pub value: MinorUnits,
}
::alipayplus_runtime::constructor!(Amount from AmountRequired, currency, value);

impl Object for Amount {
    const MEMBERS: &'static [Member] = &[
        Member::required::<Currency>("currency"),
        Member::required::<MinorUnits>("value"),
    ];
}

impl Amount {
    /// Constructs an amount from a number of minor units: `minor(100, "USD")` is USD 1.00.
    ///
    /// # Errors
    /// Returns an error if the number is negative or has more than 28 digits, or if the currency is not
    /// three uppercase letters.
    pub fn minor(
        units: impl money::WholeNumber,
        currency: &str,
    ) -> Result<Self, MoneyError> {
        money::minor(units, currency).map(|(value, currency)| Self { currency, value })
    }

    /// Constructs an amount from a number of major units: `1.00` of `USD` is 100 minor units.
    ///
    /// # Errors
    /// Fails as [`Self::minor`] does, and if the currency is not in ISO 4217 or the number has more
    /// decimal places than the currency.
    pub fn from_major(amount: Decimal, currency: &str) -> Result<Self, MoneyError> {
        money::from_major(amount, currency)
            .map(|(value, currency)| Self { currency, value })
    }

    /// Returns the number of major units: 100 minor units of `USD` are `1.00`.
    ///
    /// # Errors
    /// Returns an error if the currency is not in ISO 4217.
    pub fn to_major(&self) -> Result<Decimal, MoneyError> {
        money::to_major(self.value, self.currency)
    }

    /// Converts the amount by a price between major units, rounded once, HALF EVEN; see
    /// [`money::convert`].
    ///
    /// # Errors
    /// Fails as [`money::convert`] does.
    pub fn convert(&self, price: Decimal, to: Currency) -> Result<Self, MoneyError> {
        money::convert(self.value, self.currency, price, to)
            .map(|value| Self { currency: to, value })
    }

    /// Multiplies the minor units by a price between minor units, rounded once, HALF EVEN; see
    /// [`money::convert_minor`].
    ///
    /// # Errors
    /// Fails as [`money::convert_minor`] does.
    pub fn convert_minor(
        &self,
        price: Decimal,
        to: Currency,
    ) -> Result<Self, MoneyError> {
        money::convert_minor(self.value, price, to)
            .map(|value| Self { currency: to, value })
    }
}

/// The result of a request that matches no operation.
pub type ServiceResult = ResultObject<ServiceResultCode>;

/// The response to a request that matches no operation, such as one with an unknown path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ServiceResponse {
    #[serde(rename = "result")]
    /// The reason why there is no other response.
    ///
    /// On the wire: `result`.
    pub result: ServiceResult,
}

impl Object for ServiceResponse {
    const MEMBERS: &'static [Member] = &[Member::required::<ServiceResult>("result")];
}
::alipayplus_runtime::from_result!(ServiceResponse, result : ServiceResult = "result");

/// A result code: a known one, or any other text of at most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceResultCode {
    /// `NO_INTERFACE_DEF`, status `F`: API is not defined. The server also sends this code itself.
    NoInterfaceDef,
    /// A code that is not in the table. It is never treated as a success.
    Other(UnlistedCode),
}
::alipayplus_runtime::open_enum!(ServiceResultCode : ResultStatus, 1..= 64);

impl Code for ServiceResultCode {
    const ALL: &'static [Self] = &[Self::NoInterfaceDef];
    const UNLISTED: ResultStatus = ResultStatus::Unknown;

    fn wire(&self) -> Option<&'static str> {
        match self {
            Self::NoInterfaceDef => Some("NO_INTERFACE_DEF"),
            Self::Other(_) => None,
        }
    }

    fn status(&self) -> Option<ResultStatus> {
        match self {
            Self::NoInterfaceDef => Some(ResultStatus::Failure),
            Self::Other(_) => None,
        }
    }

    fn message(&self) -> Option<&'static str> {
        let message = match self {
            Self::NoInterfaceDef => "API is not defined.",
            Self::Other(_) => return None,
        };
        Some(message)
    }

    fn of_failure(failure: FailureKind) -> Option<Self> {
        match failure {
            FailureKind::Path => Some(Self::NoInterfaceDef),
            _ => None,
        }
    }
}

/// The status of a result: success, failure or unknown. Any other value is a violation, so that it
/// is never treated as a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResultStatus {
    /// `S`.
    Success,
    /// `F`.
    Failure,
    /// `U`.
    Unknown,
}
::alipayplus_runtime::string_enum!(
    ResultStatus, Success = "S", Failure = "F", Unknown = "U"
);

impl StatusWord for ResultStatus {
    fn meaning(self) -> Status {
        match self {
            Self::Success => Status::Success,
            Self::Failure => Status::Failure,
            Self::Unknown => Status::Unknown,
        }
    }

    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }
}

/// The message of a result.
///
/// 1 to 256 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResultMessage(Text<1, 256>);
::alipayplus_runtime::text!(ResultMessage, 1, 256);
