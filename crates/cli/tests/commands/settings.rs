//! Help, settings and completions of the command as a process.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Run, alipayplus};

fn folder(file: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("alipayplus.toml"), file).unwrap();
    folder
}

fn run(file: &str, environment: &[(&str, &str)], arguments: &str) -> Run {
    alipayplus(folder(file).path(), environment, arguments)
}

#[test]
fn help_names_the_commands_and_the_exit_codes() {
    run("", &[], "--help").ends_with(0).says("doctor").says("completions").says("Exit codes:");
    run("", &[], "").ends_with(2);
    run("", &[], "cure").ends_with(2);
    let help = run("", &[], "doctor --help");
    help.ends_with(0).says("Examples:").says("--peer-key <[VERSION=]FILE>").says("Exit codes:");
    run("", &[], "--version").ends_with(0).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_first_of_flag_environment_and_file_wins() {
    let file = "side = \"caller\"\nown-key = \"file.key\"\n[doctor]\nat = \"file\"\nshow-body = true\n";
    let environment = [("ALIPAYPLUS_OWN_KEY", "environment.key"), ("ALIPAYPLUS_AT", "environment")];
    let shown = run(file, &environment, "doctor --print-config --at flag");
    shown.ends_with(0).says("at = \"flag\" # the command line").says("side = \"caller\" # alipayplus.toml");
    shown.says("own-key = \"environment.key\" # ALIPAYPLUS_OWN_KEY").says("show-body = true # alipayplus.toml");
    shown.says("json = false # the default").says("[doctor]");
    // Another file, and nothing of the one in the folder.
    let folder = folder(file);
    fs::write(folder.path().join("other.toml"), "[doctor]\nat = \"other\"\n").unwrap();
    let shown = alipayplus(folder.path(), &[], "--config other.toml doctor --print-config");
    shown.ends_with(0).says("at = \"other\" # other.toml").holds_none_of(&["caller"]);
}

#[test]
fn settings_of_the_file_are_used() {
    // A time that can't be read shows that the value arrived.
    let used = run("[doctor]\nat = \"noon\"\npeer-key = [\"a\", \"b\"]\n", &[], "doctor");
    used.ends_with(2).warns("--at \"noon\"");
}

#[test]
fn a_wrong_value_is_named_with_its_source() {
    let environment = [("ALIPAYPLUS_KEY_VERSION", "two")];
    run("", &environment, "conformance mpp")
        .ends_with(2)
        .warns("--key-version")
        .warns("variable ALIPAYPLUS_KEY_VERSION");
    run("key-version = \"two\"\n", &[], "conformance mpp").ends_with(2).warns("--key-version is from alipayplus.toml");
    let typed = run("", &environment, "conformance mpp --key-version three");
    assert!(!typed.ends_with(2).stderr.contains("note:"), "{}", typed.stderr);
}

#[test]
fn settings_are_printed_without_what_a_run_needs() {
    for command in ["inquire", "conformance mpp", "conformance caller", "keys convert"] {
        run("", &[], &format!("{command} --print-config")).ends_with(0);
    }
    run("url = \"https://mpp.example\"\n", &[], "inquire --print-config")
        .ends_with(0)
        .says("url = \"https://mpp.example\"");
}

#[test]
fn help_fits_into_100_columns() {
    for command in
        ["", "conformance mpp", "conformance caller", "doctor", "inquire", "keys new", "sandbox", "reconcile", "demo"]
    {
        let help = run("", &[], &format!("{command} --help"));
        let long = help.ends_with(0).stdout.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{command}");
    }
}

/// A longer line is wrapped, and can't be copied.
#[test]
fn examples_of_the_help_fit_into_100_columns() {
    let (mut folders, mut seen) = (vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = fs::read_to_string(&entry).unwrap();
            for examples in text.split("const EXAMPLES: &str = \"\\\n").skip(1) {
                let lines = examples[..examples.find("\";").unwrap()].lines().filter(|line| line.starts_with(' '));
                let printed = lines.map(|line| line.replace("\\\\", "\\").replace("\\\"", "\""));
                let long = printed.inspect(|_| seen += 1).find(|line| line.chars().count() > 100);
                assert_eq!(long, None, "{}", entry.display());
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn unknown_keys_of_the_file_are_errors() {
    let wrong = run("pear-key = \"x\"\n", &[], "doctor");
    wrong.ends_with(2).warns("alipayplus.toml: `pear-key` is no option").warns("peer-key");
    run("[docter]\nat = \"x\"\n", &[], "doctor").ends_with(2).warns("`docter` is no command");
    run("[doctor]\nconfig = \"x\"\n", &[], "doctor").ends_with(2).warns("`config` is no option");
    // What one run is about is no setting: it would be mixed with another run's.
    run("[doctor]\nrequest = \"x\"\n", &[], "doctor").ends_with(2).warns("`request` is about one run");
    let environment = [("ALIPAYPLUS_REQUEST", "missing")];
    run("", &environment, "doctor --har absent --own-key x").ends_with(3).warns("absent");
    run("at = {\n", &[], "doctor").ends_with(2).warns("alipayplus.toml");
    run("", &[], "--config missing.toml doctor").ends_with(2).warns("missing.toml");
}

#[test]
fn a_secret_is_in_no_output() {
    let file = "header = \"X-Gateway: canary\"\n";
    for arguments in ["conformance mpp --print-config", "conformance mpp --help"] {
        run(file, &[], arguments).ends_with(0).holds_none_of(&["canary"]);
    }
    let shown = run("", &[("ALIPAYPLUS_HEADER", "X: canary")], "conformance mpp --print-config");
    shown.ends_with(0).says("header = \"[hidden]\" # ALIPAYPLUS_HEADER").holds_none_of(&["canary"]);
}

#[test]
fn a_list_is_for_an_option_that_takes_several() {
    let wrong = run("client-id = [\"a\", \"b\"]\n", &[], "conformance mpp");
    wrong.ends_with(2).warns("`client-id` has one value, and no list");
    // A table of commands is for all of them.
    run("[conformance]\nstrict = true\n", &[], "conformance mpp --print-config").ends_with(0).says("strict = true");
}

#[test]
fn completions_are_scripts() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        run("", &[], &format!("completions {shell}")).ends_with(0).says("doctor").says("peer-key");
    }
}
