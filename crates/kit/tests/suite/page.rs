//! The page of cases is the table.

use std::path::Path;
use std::{env, fs};

use alipayplus_kit::catalogue::page;
use alipayplus_kit::inquiry_payment::OPERATION;

#[test]
fn the_page_of_cases_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance-cases.md");
    let page = page(&(OPERATION.cases)());
    if env::var_os("UPDATE_PAGES").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "write it again: UPDATE_PAGES=1 cargo test -p alipayplus-kit page");
}
