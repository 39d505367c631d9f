//! What the types rule out does not compile: see the `README.md` beside the cases.

#[test]
fn mistakes_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}

/// The table of the cases is complete.
#[test]
fn each_case_is_explained() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compile_fail");
    let text = std::fs::read_to_string(format!("{folder}/README.md")).unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut cases: Vec<_> = files.filter_map(|name| Some(format!("{}.rs", name.strip_suffix(".rs")?))).collect();
    cases.sort();
    let explained: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).collect();
    assert_eq!(explained.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>(), cases);
    let numbered = |(n, name): (usize, &String)| name.starts_with(&format!("{:02}-", n + 1));
    assert!(cases.iter().enumerate().all(numbered), "{cases:?}");
}
