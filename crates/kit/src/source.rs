//! Where the rules of the cases are written.
//!
//! "Page" is the page of the operation at Alipay+; "protocol" is `docs/protocol.md`.

pub(crate) const PAID: &str = "page, How to return the result: paid";
pub(crate) const FAILED: &str = "page, How to return the result: failed";
pub(crate) const IN_PROGRESS: &str = "page, How to return the result: in processing";
pub(crate) const UNKNOWN_ORDER: &str = "page, How to return the result: order unknown";
pub(crate) const CANCELLED: &str = "page, paymentResult codes: ORDER_IS_CLOSED";
pub(crate) const RESULT_CODES: &str = "page, result codes";
pub(crate) const PAYMENT_CODES: &str = "page, paymentResult codes";
pub(crate) const STRINGS: &str = "page, Structure: all scalars are strings";
pub(crate) const NOT_EMPTY: &str = "page, Structure: never an empty string";
pub(crate) const REQUEST: &str = "page, request parameters";
pub(crate) const RESPONSE: &str = "page, response parameters";
pub(crate) const HTTP: &str = "protocol, HTTP; RFC 9112";
pub(crate) const HEADERS: &str = "protocol, HTTP: headers";
pub(crate) const SIGNATURE: &str = "protocol, Signature";
pub(crate) const GRAMMAR: &str = "protocol, The header";
pub(crate) const ENCODING: &str = "protocol, The header: encodings of the signature";
pub(crate) const BOUNDARY: &str = "protocol, Ambiguous Client-Ids";
pub(crate) const KEYS: &str = "protocol, Keys";
pub(crate) const TIME: &str = "protocol, Time";
pub(crate) const BODIES: &str = "protocol, Bodies";
pub(crate) const ANSWERS: &str = "protocol, What a server answers";
pub(crate) const UNSIGNED: &str = "protocol, Unsigned answers";
pub(crate) const MONEY: &str = "page, payToAmount: rounded HALF EVEN; minor units by ISO 4217";
pub(crate) const DEADLINE: &str = "Alipay+ waits 5 s for an answer";
pub(crate) const READ: &str = "page: the inquiry is a read";
pub(crate) const SAFETY: &str = "safety of money";
pub(crate) const CHOICE: &str = "a choice that most would share";
pub(crate) const TROUBLE: &str = "page, How to return the result: system or network issues";
pub(crate) const NULL: &str = "page, Structure: an optional parameter may be null";
pub(crate) const ACCEPTS: &str = "protocol, What a client accepts";
pub(crate) const ROBUST: &str = "robustness: no answer may end the caller";
pub(crate) const PACE: &str = "an inquiry is repeated at growing intervals";
pub(crate) const SECRECY: &str = "no key and no customer in any output";
