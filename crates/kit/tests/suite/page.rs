//! The pages of cases and faults are the tables.

use std::path::Path;
use std::{env, fs};

use alipayplus_kit::catalogue::{page, page_of_faults};
use alipayplus_kit::inquiry_payment::cases;

#[test]
fn the_page_of_cases_is_up_to_date() {
    is_up_to_date("conformance-cases.md", &page(&cases()));
}

#[test]
fn the_page_of_faults_is_up_to_date() {
    is_up_to_date("conformance-faults.md", &page_of_faults());
}

fn is_up_to_date(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if env::var_os("UPDATE_PAGES").is_some() {
        fs::write(&path, page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "write it again: UPDATE_PAGES=1 cargo test -p alipayplus-kit page");
}
