//! The kinds of diagnostics. A code keeps its meaning: one that is no longer used is never given to another kind.

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// No file can be generated.
    Error,
    /// The schema may have a mistake.
    Warning,
}

impl Severity {
    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $id:ident)+) => {
        /// A kind of diagnostic: `E` for an error, `W` for a warning, two digits for the group, two for the kind.
        /// `crates/codegen/diagnostics/` has a fixture for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DiagnosticCode { $($(#[doc = $doc])+ $id),+ }

        impl DiagnosticCode {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$id),+];

            /// Returns the code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$id => stringify!($id)),+ }
            }
        }
    };
}

impl DiagnosticCode {
    /// Returns how bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// Returns the title of its group.
    #[must_use]
    pub fn group(self) -> &'static str {
        match &self.as_str()[..3] {
            "E00" => "Files and JSON",
            "E01" => "Keywords and values",
            "E02" => "References, names and clashes",
            "E03" => "Scalars and lists",
            "E04" => "Objects and members",
            "E05" => "Conditions and comparisons",
            "E06" => "Code tables",
            "E07" => "Operations",
            "E08" => "Responses and outcomes",
            _ => "Warnings",
        }
    }

    /// Returns why a code is no longer used, if it once was.
    #[must_use]
    pub fn retired(name: &str) -> Option<&'static str> {
        RETIRED.iter().find(|(code, _)| *code == name).map(|(_, why)| *why)
    }

    /// Returns the code of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

/// Codes that are not given to another kind.
const RETIRED: &[(&str, &str)] = &[("E0817", "the code with the cause `internal` is always left to refuse with")];

ids! {
    // Files and JSON
    /// Not JSON.
    E0001
    /// An empty file.
    E0002
    /// A name twice in one object.
    E0003
    /// Another dialect of JSON Schema.
    E0004
    /// An `$id` that ends in another file's name.
    E0005
    /// An `$id` in another folder than that of the other files.
    E0006
    /// A file name that can't be a module's.
    E0007
    /// No answer to an unknown path.
    E0008
    /// Two answers to an unknown path.
    E0009
    /// An object that can't answer an unknown path.
    E0010
    /// A file that is not UTF-8 text.
    E0011

    // Keywords and values
    /// An unknown keyword.
    E0101
    /// A keyword in the wrong place.
    E0102
    /// A missing keyword.
    E0103
    /// A value of the wrong kind.
    E0104
    /// An empty text.
    E0105
    /// An element twice in one list.
    E0106
    /// An unknown word.
    E0107
    /// A character that is not shown as it is.
    E0108
    /// A code block in a text.
    E0109
    /// A word of an earlier form of the profile.
    E0110

    // References, names and clashes
    /// A reference of another form.
    E0201
    /// A reference to an unknown file.
    E0202
    /// A reference to an unknown definition.
    E0203
    /// A reference to its own file by name.
    E0204
    /// A definition whose name can't be a type name.
    E0205
    /// Two definitions that become one type.
    E0206
    /// Two types of one name in a module.
    E0207
    /// Two shared definitions of one name.
    E0208
    /// Two files that become one module.
    E0209
    /// Definitions that contain each other.
    E0210
    /// A name in Rust that is none, or no other one.
    E0211

    // Scalars and lists
    /// A definition of no kind.
    E0301
    /// A bound that contradicts another.
    E0302
    /// A text that may be empty.
    E0303
    /// A form that is not the type's.
    E0304
    /// A word that can't be a variant's name.
    E0305
    /// Two words that become one variant.
    E0306
    /// A set without a word.
    E0307
    /// A status word without a meaning.
    E0308
    /// Something said of a word that is not there.
    E0309
    /// A range that is none.
    E0310
    /// A list of lists.
    E0311
    /// A value that no message can hold.
    E0312
    /// Elements that are described in place.
    E0313
    /// A form that engines read differently.
    E0340
    /// A form that no text within the bounds has.
    E0341

    // Objects and members
    /// An unknown member.
    E0401
    /// A name that can't be a member's.
    E0402
    /// Two members that become one field.
    E0403
    /// A required member that may be `null`.
    E0404
    /// An optional member that may not be `null`.
    E0405
    /// An optional member of another form.
    E0406
    /// A member that holds a message.
    E0407
    /// A result without a code table.
    E0408
    /// A default of what has none.
    E0409
    /// A default that is no value.
    E0410
    /// An object with too many places for values.
    E0411
    /// Objects nested deeper than a message may be.
    E0412

    // Conditions and comparisons
    /// A premise that holds where nothing is.
    E0501
    /// A test of another form.
    E0502
    /// A condition that can never hold.
    E0503
    /// A test that always holds.
    E0504
    /// A requirement that does not say whether a member is there.
    E0505
    /// A requirement on a member that is there in any case.
    E0506
    /// A choice that is none.
    E0507
    /// A requirement for nothing.
    E0508
    /// A condition that every refusal breaks.
    E0509
    /// A comparison of two kinds of objects.
    E0510
    /// A member that is compared twice.
    E0511
    /// A comparison of a member that can't be left out.
    E0512
    /// A comparison in a part that the object lacks.
    E0513
    /// A comparison of what is no scalar.
    E0514
    /// A comparison of two kinds of scalars.
    E0515
    /// A comparison of a member with itself.
    E0516
    /// An order of what has none.
    E0517
    /// A member that a condition rules out.
    E0518
    /// A comparison with a member that is left out itself.
    E0520

    // Code tables
    /// A code table of something else than a result.
    E0601
    /// A code twice in one table.
    E0602
    /// Two codes that become one variant.
    E0603
    /// A code that can't be a variant's name.
    E0604
    /// A code or a message that is too long.
    E0605
    /// An unknown status.
    E0606
    /// A cause twice in one table.
    E0607
    /// A success with a cause.
    E0608
    /// An `allOf` that contradicts its table.
    E0609
    /// An empty code table.
    E0610
    /// A result object of another shape.
    E0611
    /// A table without a code for the unexpected.
    E0612
    /// A cause in a table that the server never answers with.
    E0614
    /// A code of a status that its table excludes.
    E0615

    // Operations
    /// A name that can't be an operation's.
    E0701
    /// A path of another form.
    E0702
    /// A message that is no object of its file.
    E0703
    /// One object as request and response.
    E0704
    /// A timeout of zero.
    E0705
    /// Two operations at one path.
    E0706
    /// Two operations of one name.
    E0707
    /// What must not be repeated, known again by a member.
    E0708
    /// A member that can't tell requests apart.
    E0709
    /// A cause without a code that has one.
    E0711
    /// A side that no document can be named after.
    E0770

    // Responses and outcomes
    /// A response without a result.
    E0801
    /// A response that requires more than its result.
    E0802
    /// An outcome that does not say how the operation ended.
    E0803
    /// Two outcomes of one name.
    E0804
    /// A name that can't be an outcome's.
    E0805
    /// An `retry` that contradicts its selector.
    E0806
    /// A selector of a member without codes.
    E0807
    /// A selector of another form.
    E0808
    /// A selector of an unknown code or status.
    E0809
    /// An outcome that lists what selects it.
    E0810
    /// An outcome that lacks a member.
    E0811
    /// An outcome that lacks what a member is compared with.
    E0812
    /// A member that clashes with an outcome's code.
    E0813
    /// An outcome that is never read.
    E0814
    /// An outcome that no code leads to.
    E0815
    /// A success that no outcome takes.
    E0816
    /// A response without outcomes.
    E0818
    /// A member of what is no outcome.
    E0819
    /// An outcome that takes a code with a cause.
    E0820
    /// A selector of a member with a default.
    E0850
    /// A default code that no answer can have.
    E0851

    // Warnings
    /// A file that is not read.
    W0001
    /// An unused definition.
    W0201
    /// A condition that overlooks a default.
    W0501
    /// Causes without a code.
    W0601
    /// A member that is never returned.
    W0801
    /// A code that is never returned.
    W0802
}
