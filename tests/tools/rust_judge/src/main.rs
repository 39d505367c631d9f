//! Prints a list of verdicts for each tool about the cases of a file.
#![allow(warnings, reason = "the types are other people's code")]

mod typified {
    include!(concat!(env!("OUT_DIR"), "/typify.rs"));
}
include!(concat!(env!("OUT_DIR"), "/models.rs"));
mod judges {
    include!(concat!(env!("OUT_DIR"), "/judges.rs"));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("which file?")?;
    let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let cases = file["cases"].as_array().ok_or("no cases")?;
    let verdicts = |judge: fn(&str, &str) -> Option<bool>| -> Vec<Option<bool>> {
        let judged = cases.iter().map(|case| judge(case["component"].as_str().unwrap_or_default(), &case["message"].to_string()));
        judged.collect()
    };
    let all = serde_json::json!({
        "typify": verdicts(judges::by_typify),
        "openapi-generator-rust": verdicts(judges::by_openapi_generator),
    });
    println!("{all}");
    Ok(())
}
