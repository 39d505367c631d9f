//! The command itself: its input, its output and its exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use alipayplus_codegen::diff::change::Step;
use alipayplus_codegen::diff::read::lowered;
use alipayplus_codegen::diff::report::Report;
use alipayplus_tests::{one_operation, root};
use serde_json::{Value, json};

/// A project with its schemas in a git repository of its own.
struct Project(PathBuf);

/// The exit code of a run, its stdout and its stderr.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

/// The command, built from the working tree.
static COMMAND: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", "alipayplus-xtask"]).current_dir(root());
    assert!(build.status().unwrap().success());
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(2).unwrap().join("xtask")
});

impl Project {
    fn new(name: &str) -> Self {
        let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema_diff").join(name);
        match fs::remove_dir_all(&project) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
        fs::create_dir_all(project.join("schema")).unwrap();
        for source in one_operation() {
            fs::write(project.join(&source.path), &source.text).unwrap();
        }
        // The meta-schema is skipped, in a folder and in a revision.
        fs::write(project.join("schema/profile.json"), "{}").unwrap();
        let project = Self(project);
        project.git(&["init", "--quiet"]);
        project.commit();
        project
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]).args(arguments);
        let done = git.current_dir(&self.0).env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap();
        assert!(done.success(), "{arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "It."]);
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.0.join("schema/inquiryPayment.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = Command::new(&*COMMAND);
        command.envs(environment.iter().copied());
        command.args(["schema", "diff"]).args(arguments).current_dir(&self.0);
        // Cargo sets this to the package's folder; the rest of the project is beside it.
        let output = command.env("CARGO_MANIFEST_DIR", self.0.join("xtask")).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

const METHOD: (&str, &str) = (r#""method": "POST""#, r#""method": "PUT""#);

#[test]
fn the_exit_code_is_the_verdict() {
    let project = Project::new("codes");
    let run = project.run(&["HEAD"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "No change from HEAD to schema.\n"), "{}", run.stderr);

    project.edit("The payment succeeded.", "The payment went through.");
    let run = project.run(&["HEAD"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("\n1 change from HEAD to schema: 1 harmless.\nVersion step: patch, "),
        "{}",
        run.stdout
    );

    project.edit(r#""name": "Cancelled""#, r#""name": "Closed""#);
    let run = project.run(&["HEAD"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.starts_with("Breaks Rust source only\n  schema/inquiryPayment.json:139:11: "), "{}", run.stdout);

    project.edit(METHOD.0, METHOD.1);
    let run = project.run(&["HEAD"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stdout.starts_with("Breaks clients and servers\n  schema/inquiryPayment.json:8:5: "), "{}", run.stdout);
}

#[test]
fn each_side_is_a_folder_or_a_revision() {
    let project = Project::new("sides");
    project.edit(METHOD.0, METHOD.1);
    project.commit();
    let old = project.0.join("old");
    fs::create_dir(&old).unwrap();
    for source in one_operation() {
        fs::write(old.join(source.name()), source.text).unwrap();
    }
    let lines = |arguments: &[&str]| {
        let run = project.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        run.stdout.lines().nth(1).unwrap().trim().to_owned()
    };
    for old in ["HEAD~1", "old", "old/", old.to_str().unwrap()] {
        assert_eq!(lines(&[old]), "schema/inquiryPayment.json:8:5: the method is PUT, was POST");
        assert_eq!(lines(&[old, "schema"]), "schema/inquiryPayment.json:8:5: the method is PUT, was POST");
        assert_eq!(lines(&[old, "HEAD"]), "HEAD:schema/inquiryPayment.json:8:5: the method is PUT, was POST");
    }
    assert_eq!(lines(&["HEAD", "old"]), "old/inquiryPayment.json:8:5: the method is POST, was PUT");
}

#[test]
fn what_can_not_be_compared_is_no_verdict() {
    let project = Project::new("incomparable");
    fs::create_dir(project.0.join("empty")).unwrap();
    for (arguments, text) in [
        (&["HEAD~7"] as &[_], "can't compare: OLD: `HEAD~7` is neither a folder nor a git revision\n"),
        (&["HEAD", "schemas"], "can't compare: NEW: `schemas` is neither a folder nor a git revision\n"),
        (&["empty"], "can't compare: OLD: empty: there is no schema file\n"),
    ] {
        let run = project.run(arguments);
        assert_eq!((run.code, run.stderr.as_str(), run.stdout.as_str()), (3, text, ""));
    }
    // Git's message reaches the user: here, that the clone belongs to another user.
    let other_owner = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")];
    let run = project.run_with(&["HEAD"], &other_owner);
    assert_eq!(run.code, 3);
    for part in ["can't compare: OLD: git: fatal: detected dubious ownership", "safe.directory"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    // Two sides, two reasons.
    let run = project.run(&["nothing", "nowhere"]);
    assert!(
        run.code == 3 && run.stderr.contains("OLD: `nothing`") && run.stderr.contains("NEW: `nowhere`"),
        "{}",
        run.stderr
    );

    project.edit(r#""timeoutSeconds": 5"#, r#""timeoutSeconds": "5""#);
    let run = project.run(&["HEAD"]);
    assert_eq!(run.code, 3);
    for part in ["can't compare: NEW: the schemas have errors:", "schema/inquiryPayment.json:12:23"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let run = project.run(&["HEAD", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &found["incomparable"][0]["side"]), (3, &json!("new")));

    // Arguments that are wrong are no verdict either.
    for arguments in [&[] as &[_], &["--formt"], &["a", "b", "c"]] {
        assert_eq!(project.run(arguments).code, 3);
    }
    let help = project.run(&["--help"]);
    assert_eq!(help.code, 0);
    for code in ["0   no change", "1   Rust source", "2   something breaks", "3   the two can't be compared"] {
        assert!(help.stdout.contains(code), "{code}: {}", help.stdout);
    }
}

#[test]
fn programs_read_the_same_as_people() {
    let project = Project::new("json");
    project.edit(METHOD.0, METHOD.1);
    let run = project.run(&["HEAD", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let effect = |verdict: &str, why: &str| json!({ "verdict": verdict, "on": null, "why": why });
    let expected = json!({
        "old": "HEAD",
        "new": "schema",
        "worst": "wire",
        "step": { "name": "major", "from": env!("CARGO_PKG_VERSION"), "to": found["step"]["to"] },
        "changes": [{
            "place": {
                "side": "new",
                "file": "schema/inquiryPayment.json",
                "pointer": "/x-operation/method",
                "line": 8,
                "column": 5,
            },
            "what": "the method is PUT, was POST",
            "step": "major",
            "effects": [
                effect("client", "a client built on OLD sends POST; a server on NEW refuses the method"),
                effect("server", "a client built on NEW sends PUT; a server on OLD refuses the method"),
            ],
        }],
    });
    assert_eq!((run.code, found), (2, expected));
}

/// The example in the documentation, as text and as JSON.
#[test]
fn the_page_shows_what_is_printed() {
    let mut sources = one_operation();
    let inquiry = sources.iter_mut().find(|source| source.name() == "inquiryPayment.json").unwrap();
    inquiry.text = inquiry.text.replace(r#""maxLength": 20000"#, r#""maxLength": 10000"#);
    let (old, new) = (lowered("HEAD", one_operation()).unwrap(), lowered("schema", sources).unwrap());
    let report = Report::of(&old, &new, [0, 1, 0]);
    let page = fs::read_to_string(root().join("docs/schema-diff.md")).unwrap();
    let shown = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    assert_eq!(shown("text"), report.text());
    assert_eq!(serde_json::from_str::<Value>(&shown("json")).unwrap(), report.json());
}

#[test]
fn versions_step_as_cargo_reads_them() {
    for (step, before, after) in [
        (Step::Major, [1, 2, 3], [2, 0, 0]),
        (Step::Minor, [1, 2, 3], [1, 3, 0]),
        (Step::Patch, [1, 2, 3], [1, 2, 4]),
        (Step::Major, [0, 2, 3], [0, 3, 0]),
        (Step::Minor, [0, 2, 3], [0, 2, 4]),
        (Step::Patch, [0, 2, 3], [0, 2, 4]),
        (Step::Major, [0, 0, 3], [0, 0, 4]),
    ] {
        assert_eq!(step.after(before), after, "{step:?} after {before:?}");
    }
}
