//! The messages of the project's own operation, checked by the model: the same verdict, place and outcome.

use alipayplus_codegen::ir::Waiting;
use alipayplus_codegen::sample::{self, Ending, Invalid};
use alipayplus_model::inquiry_payment::{InquiryPayment, Request, Response};
use alipayplus_runtime::message::{self, Message};
use alipayplus_runtime::operation::{Operation as _, OutcomeError, OutcomeInfo as _};
use alipayplus_tests::one_operation;

use crate::samples::lowered;

fn assert_refused<T: Message>(invalid: &[Invalid]) {
    for case in invalid {
        let Err(error) = message::from_slice::<T>(case.message.to_string().as_bytes()) else {
            panic!("{} is taken: {}", case.name, case.message)
        };
        let found: Vec<_> = error.violations().iter().map(|violation| violation.pointer.as_str()).collect();
        assert!(found.contains(&case.pointer.as_str()), "{}: {:?} is not among {found:?}", case.name, case.pointer);
    }
}

#[test]
fn the_model_takes_and_refuses_the_same_requests() {
    let family = lowered(&one_operation());
    let (file, operation) = family.operations().next().unwrap();
    let samples = sample::request(&family, file, operation);
    for case in &samples.valid {
        let read = message::from_slice::<Request>(case.message.to_string().as_bytes());
        assert!(read.is_ok(), "{}: {read:?}", case.name);
    }
    assert_refused::<Request>(&samples.invalid);
}

#[test]
fn the_model_concludes_the_same_from_responses() {
    let family = lowered(&one_operation());
    let (file, operation) = family.operations().next().unwrap();
    let samples = sample::response(&family, file, operation);
    let again: Vec<_> = operation.outcomes.iter().filter(|it| it.waiting == Waiting::Retry).collect();
    for case in &samples.valid {
        let response = message::from_slice::<Response>(case.message.to_string().as_bytes());
        let response = response.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let agrees = match (InquiryPayment::into_outcome(response), case.ending.as_ref().unwrap()) {
            (Ok((outcome, _)), Ending::Outcome(name)) => outcome.meta().name == name,
            (Err(OutcomeError::Trouble(_)), Ending::Outcome(name)) => again.iter().any(|it| it.name == *name),
            (Err(OutcomeError::Trouble(Some(code))), Ending::Trouble(expected))
            | (Err(OutcomeError::Refused(code)), Ending::Refused(expected)) => code.to_string() == *expected,
            (Err(OutcomeError::UnrecognizedMember(pointer)), Ending::UnlistedCode(expected)) => pointer == expected,
            (Err(OutcomeError::UnlistedCode(_)), Ending::UnlistedCode(pointer)) => {
                *pointer == format!("/{}", operation.result)
            }
            _ => false,
        };
        assert!(agrees, "{}: {:?}", case.name, case.ending);
    }
    assert_refused::<Response>(&samples.invalid);
}
