//! Changed messages, checked by the model and by independent oracles: a JSON Schema validator, the grammar of
//! JSON, and plain arithmetic.

mod base;
mod grammar;
mod messages;
mod oracle;
mod scalars;
mod texts;

use crate::failure::Failure;
use crate::run::Run;
use crate::scenario::Scenario;
use base::bases;
use oracle::Oracle;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "model",
    about: "changed messages: the model against a validator of the schema, the grammar of JSON and plain arithmetic",
    run,
};

fn run(run: &mut Run) -> Result<(), Failure> {
    let request = Oracle::of("InquiryPaymentRequest")?;
    let response = Oracle::of("InquiryPaymentResponse")?;
    let bases = bases(&request, &response)?;
    messages::run(run, &bases)?;
    texts::run(run, &bases)?;
    scalars::run(run)
}
