// @generated from schema/common.json by `cargo xtask codegen`. Do not edit.

//! What the operations of the Alipay+ family have in common: the result object, money and time.
//! Every scalar travels as a JSON string.
use ::alipayplus_runtime::__private::*;
#[cfg(feature = "schemars")]
use ::alipayplus_runtime::schemars;
/// How something ended: a status that says the kind of ending, a code that says which one, and a
/// text for people. An operation gives it its own code table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(bound = "C: Code")]
#[cfg_attr(
    feature = "schemars",
    schemars(bound = "C: Code<Status = ResultStatus> + schemars::JsonSchema")
)]
#[cfg_attr(feature = "schemars", schemars(transform = conditions::<Self>))]
pub struct ResultObject<C> {
    /// The kind of ending. It decides; the code explains.
    ///
    /// On the wire: `resultStatus`, `S`, `F` or `U`.
    #[serde(rename = "resultStatus")]
    pub result_status: ResultStatus,
    /// Which ending it was. Codes that are in no table are valid and are kept as they came.
    ///
    /// On the wire: `resultCode`, 1 to 64 characters.
    #[serde(rename = "resultCode")]
    pub result_code: C,
    /// The ending in words, for people and logs. Programs decide by status and code.
    ///
    /// On the wire: `resultMessage`, 1 to 256 characters, optional.
    #[serde(rename = "resultMessage", skip_serializing_if = "Option::is_none")]
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
    const UNLISTED: ResultStatus = ResultStatus::Unknown;
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
/// A sum of money: a whole number of the currency's smallest unit. USD 1.00 is `100` of `USD`, JPY
/// 1 is `1` of `JPY`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Amount {
    /// The currency, by its three-letter ISO 4217 code.
    ///
    /// On the wire: `currency`.
    #[serde(rename = "currency")]
    pub currency: Currency,
    /// How many of the currency's smallest unit.
    ///
    /// On the wire: `value`.
    #[serde(rename = "value")]
    pub value: MinorUnits,
}
impl Object for Amount {
    const MEMBERS: &'static [Member] = &[
        Member::required::<Currency>("currency"),
        Member::required::<MinorUnits>("value"),
    ];
}
impl Amount {
    /// From a number of the currency's smallest unit: `minor(100, "USD")` is USD 1.00.
    ///
    /// # Errors
    /// The number is negative or has more than 28 digits, or the currency is not three capital letters.
    pub fn minor(units: impl TryInto<u128>, currency: &str) -> Result<Self, MoneyError> {
        money::minor(units, currency).map(|(value, currency)| Self { currency, value })
    }
    /// From a number of major units: `1.00` of `USD` is 100 of its smallest unit.
    ///
    /// # Errors
    /// As [`Self::minor`], and when the currency is not in ISO 4217 or the number has more decimals
    /// than it.
    pub fn from_major(amount: Decimal, currency: &str) -> Result<Self, MoneyError> {
        money::from_major(amount, currency)
            .map(|(value, currency)| Self { currency, value })
    }
    /// The number of major units: 100 of `USD` is `1.00`.
    ///
    /// # Errors
    /// The currency is not in ISO 4217.
    pub fn to_major(&self) -> Result<Decimal, MoneyError> {
        money::to_major(self.value, self.currency)
    }
    /// Converts by a price between major units, rounded once, HALF EVEN; see [`money::convert`].
    ///
    /// # Errors
    /// As [`money::convert`].
    pub fn convert(&self, price: Decimal, to: Currency) -> Result<Self, MoneyError> {
        Ok(Self {
            value: money::convert(self.value, self.currency, price, to)?,
            currency: to,
        })
    }
    /// Multiplies the smallest units by a price as they are, rounded once, HALF EVEN; see
    /// [`money::convert_minor`].
    ///
    /// # Errors
    /// As [`money::convert_minor`].
    pub fn convert_minor(
        &self,
        price: Decimal,
        to: Currency,
    ) -> Result<Self, MoneyError> {
        Ok(Self {
            value: money::convert_minor(self.value, price, to)?,
            currency: to,
        })
    }
}
/// The result of a request that belongs to no operation.
pub type ServiceResult = ResultObject<ServiceResultCode>;
/// The answer to a request that belongs to no operation, such as one for an unknown path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct ServiceResponse {
    /// Why there is no other answer.
    ///
    /// On the wire: `result`.
    #[serde(rename = "result")]
    pub result: ServiceResult,
}
impl Object for ServiceResponse {
    const MEMBERS: &'static [Member] = &[Member::required::<ServiceResult>("result")];
}
impl FromResult for ServiceResponse {
    type Result = ServiceResult;
    const RESULT: &'static str = "result";
    fn result(&self) -> &ServiceResult {
        &self.result
    }
    fn from_result(result: ServiceResult) -> Self {
        Self { result }
    }
}
/// The known codes, each with its status and message, and any other as its text.
///
/// At most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceResultCode {
    /// `NO_INTERFACE_DEF`, status `F`: API is not defined. The service answers with it by itself.
    NoInterfaceDef,
    /// A code that the table lacks. It is never taken for a success.
    Other(UnlistedCode),
}
::alipayplus_runtime::open_enum!(ServiceResultCode : ResultStatus, 1..= 64);
impl Code for ServiceResultCode {
    const TABLE: &'static [(Self, &'static str, ResultStatus)] = {
        use ResultStatus::Failure;
        &[(Self::NoInterfaceDef, "NO_INTERFACE_DEF", Failure)]
    };
    const MESSAGES: &'static [&'static str] = &["API is not defined."];
    const CAUSES: &'static [(FailureKind, usize)] = &[(FailureKind::Path, 0)];
}
/// The kind of ending: done, refused, or not known. Any other word is a violation, so that it can't
/// be taken for a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    fn word(self) -> &'static str {
        self.as_str()
    }
}
/// A result in words.
///
/// From 1 to 256 characters.
pub struct ResultMessage(Box<str>);
::alipayplus_runtime::bounded_string!(ResultMessage, 1..= 256);
