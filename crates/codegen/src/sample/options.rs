//! What a value is to be like.

/// Which members a value has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    All,
    Required,
}

/// How long texts and lists are, and how great numbers.
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
    /// As little as there can be, each text a usual one.
    pub(super) const SHORT: Self = Self { fill: Fill::Required, extent: Extent::Typical };
    /// Everything.
    pub(super) const WHOLE: Self = Self { fill: Fill::All, extent: Extent::Typical };
}
