//! What all operations of the family have in an answer: the result object.

use alipayplus_model::{ResultStatus, runtime::scalar::Scalar as _};

use crate::json::Node;

/// A body that is a JSON object with a result object.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The whole body.
    pub root: Node,
    /// The code of the result.
    pub code: Option<String>,
    /// The status of the result, as sent.
    pub status: Option<String>,
}

impl Message {
    /// Reads a body. Returns `None` if it has no result object.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let root = Node::parse(body)?;
        let Node::Object(_) = root.get("result")? else { return None };
        let text = |pointer| root.text_at(pointer).map(str::to_owned);
        Some(Self { code: text("/result/resultCode"), status: text("/result/resultStatus"), root })
    }

    /// Returns the status of the result, if it is one that the specification has.
    #[must_use]
    pub fn known_status(&self) -> Option<ResultStatus> {
        ResultStatus::parse(self.status.as_deref()?).ok()
    }

    /// Returns whether the result says that the request was served.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.as_deref() == Some("S")
    }

    /// Returns status and code, as in `F/INVALID_CLIENT`.
    #[must_use]
    pub fn result(&self) -> String {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "(none)".into());
        format!("{}/{}", shown(&self.status), shown(&self.code))
    }
}
