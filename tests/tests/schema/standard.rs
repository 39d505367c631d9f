//! Every schema file is valid by the standard and the profile.

use serde_json::{Value, json};

use crate::SCHEMA;
use crate::files::{PROFILE, json_file, schema_files};

fn profile() -> Value {
    json_file(format!("{SCHEMA}/{PROFILE}"))
}

fn assert_standard(name: &str, schema: &Value) {
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    let errors: Vec<_> =
        jsonschema::draft202012::meta::validator().iter_errors(schema).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn each_file_is_a_schema_of_the_standard() {
    for (name, schema) in schema_files().iter().chain([(&PROFILE.to_owned(), &profile())]) {
        assert_standard(name, schema);
        assert!(schema["$id"].as_str().unwrap().ends_with(&format!("/schema/{name}")), "{name}");
    }
}

#[test]
fn each_file_keeps_to_the_profile() {
    let profile = jsonschema::draft202012::options().should_validate_formats(true).offline().build(&profile()).unwrap();
    for (name, schema) in schema_files() {
        let errors: Vec<_> = profile.iter_errors(&schema).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_profile_refuses_what_it_does_not_define() {
    let profile = jsonschema::draft202012::options().should_validate_formats(true).offline().build(&profile()).unwrap();
    let good = schema_files().remove("inquiryPayment.json").unwrap();
    let refused = |pointer: &str, name: &str, value: Value| {
        let mut schema = good.clone();
        schema.pointer_mut(pointer).unwrap()[name] = value;
        assert!(!profile.is_valid(&schema), "{pointer}/{name}");
    };
    refused("", "x-operations", json!({}));
    refused("", "$schema", json!("http://json-schema.org/draft-07/schema#"));
    refused("/x-operation", "timeoutSeconds", json!("5"));
    refused("/$defs/PaymentId", "maxlength", json!(64));
    refused("/$defs/PaymentId", "type", json!("integer"));
    refused("/$defs/PaymentResult/x-codes/0", "state", json!("S"));
    refused("/$defs/InquiryPaymentRequest/properties/pspId", "maxLength", json!(64));
    refused("/$defs/InquiryPaymentResponse", "additionalProperties", json!(false));
    refused("/$defs/InquiryPaymentResponse/allOf/0", "else", json!({}));
}
