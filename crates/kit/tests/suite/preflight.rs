//! What ends a run before the first case.

use crate::setup::session;

#[tokio::test]
async fn each_cause_is_one_sentence() {
    for (fault, path, sentence) in [
        ("", "/other", "this path is no operation of the target's"),
        ("signs by another key", "", "the answer's signature does not verify with the key of --peer-key"),
        ("signs the time of the request too", "", ""),
        ("verifies over another path only", "", ""),
    ] {
        match session(fault, path).await {
            Ok(_) => assert_eq!(sentence, "", "{fault}{path}"),
            Err(message) => {
                assert!(!sentence.is_empty() && message.starts_with(sentence), "{fault}{path}: {message}");
                assert!(!message.contains('\n'), "{message}");
            }
        }
    }
}

#[tokio::test]
async fn a_payment_in_another_state_is_a_warning() {
    let (_, warnings) = session("calls a paid payment open", "").await.unwrap();
    assert_eq!(warnings, ["the file of payments says that `same` is paid, the target says in_progress"]);
}
