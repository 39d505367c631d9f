//! What a value is to be like.

/// Which optional members a value has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    All,
    Required,
}

/// The length of texts and lists, and the size of numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Typical,
    Min,
    Max,
}

/// What a value is to be like.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) fill: Fill,
    pub(super) extent: Extent,
}

impl Options {
    /// Only required members, with typical texts.
    pub(super) const SHORT: Self = Self { fill: Fill::Required, extent: Extent::Typical };
    /// All members, with typical texts.
    pub(super) const WHOLE: Self = Self { fill: Fill::All, extent: Extent::Typical };
}
