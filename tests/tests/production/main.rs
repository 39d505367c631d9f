//! The programs of `examples/` as processes: two instances of the MPP on one `PostgreSQL` cluster behind nginx, and the
//! acquirer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]
#![cfg(unix)]

mod conformance;
mod link;
mod load;
mod postgres;
mod processes;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alipayplus_client::{Evidence, Freshness, PrivateKey, PublicKey, TrustedKeys};
use alipayplus_tests::root;
use link::Link;
use load::{CLIENT_ID, Load, PAYMENTS, client, key, state, until_async};
use postgres::Postgres;
use processes::{CONNECTIONS, Mpp, Nginx, build, examples, get, make_certificate, make_key, run, until};
use tokio::time::sleep;

/// Creates the payments of an MPP: of the number n, the amount is JPY n, and the state depends on the remainder of n by 5.
fn insert_payments(postgres: &Postgres, database: &str) {
    let sql = format!(
        "INSERT INTO payments SELECT '{CLIENT_ID}', n, (ARRAY['PAID', 'OPEN', 'CLOSED', 'DECLINED'])[1 + n % 5], \
         'USER_BALANCE_NOT_ENOUGH', '{database}-' || n, n, 'JPY', 10 * n, 'KRW', '2020-01-01T12:01:01+08:30', 'C' || n \
         FROM generate_series(0, {PAYMENTS} - 1) n WHERE n % 5 < 4; \
         INSERT INTO payments (client_id, payment_request_id, state) VALUES ('ANOTHER', '4', 'OPEN')"
    );
    postgres.execute(database, &sql);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_inquiry_is_lost_and_each_answer_is_right_or_asks_again() {
    let [program, acquirer] = build();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["one", "two", "caller", "caller-2"] {
        make_key(folder.path(), name);
    }
    make_certificate(folder.path(), "two");
    fs::create_dir(path("callers")).unwrap();
    let key_file = |version: u64| path("callers").join(format!("{CLIENT_ID}.{version}.pem"));
    fs::copy(path("caller.pub.pem"), key_file(1)).unwrap();
    let mut postgres = Postgres::start();
    let link = Link::start(postgres.socket());
    let start = |name: &str| Mpp::start(&program, folder.path(), name, &link.url(name));
    postgres.execute("postgres", "CREATE DATABASE one");
    postgres.execute("postgres", "CREATE DATABASE two");
    // Both instances of the first MPP create its tables.
    let (mut first, mut second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| start("one"));
        let second = start("one");
        (first.join().unwrap(), second)
    });
    let other = start("two");
    insert_payments(&postgres, "one");
    insert_payments(&postgres, "two");
    let nginx = Nginx::start([&first.address, &second.address]);

    let other_url = other.address.replace("127.0.0.1", "https://localhost");
    reconcile(&acquirer, folder.path(), [&format!("http://{}", nginx.address), &other_url]);

    let trusted = PublicKey::from_file(path("one.pub.pem")).unwrap();
    conformance::check(folder.path(), &nginx.address);
    let load = Load::start(&nginx.address, key(&path("caller.pem"), 1), &trusted);
    load.goes_on().await;

    for round in 0..rounds() {
        let instance = if round % 2 == 0 { &mut first } else { &mut second };
        shut_down(instance, &load).await;
        restart(&mut postgres, instance, &load).await;
    }
    first.end("TERM");

    // Connections that carry nothing any more are given up after a time-out.
    let asked_again = load.asked_again();
    let are_used = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A busy machine may not see it the first time.
            for _ in (0..10).take_while(|_| !are_used.load(Ordering::Relaxed)) {
                postgres.execute("one", "LOCK TABLE payments; SELECT pg_sleep(2)");
            }
        });
        until("there are connections that are not in use", || postgres.waiting() == CONNECTIONS);
        are_used.store(true, Ordering::Relaxed);
        link.forget_connections();
    });
    until_async(async || {
        let asked_again = load.asked_again();
        // Longer than any time-out.
        sleep(Duration::from_secs(3)).await;
        load.goes_on().await;
        load.asked_again() == asked_again
    })
    .await;
    assert!(load.asked_again() > asked_again);
    let asked_again = load.asked_again();

    // A new key of the caller, and later an end of the old one.
    fs::copy(path("caller-2.pub.pem"), path("callers/.new")).unwrap();
    fs::rename(path("callers/.new"), key_file(2)).unwrap();
    let new = client(&second.address, key(&path("caller-2.pem"), 2), &trusted);
    until_async(async || state(&new, 0).await.is_ok()).await;
    load.signer.replace(2, PrivateKey::from_file(path("caller-2.pem")).unwrap());
    load.goes_on().await;
    fs::remove_file(key_file(1)).unwrap();
    let old = client(&second.address, key(&path("caller.pem"), 1), &trusted);
    until_async(async || state(&old, 0).await.is_err()).await;
    load.goes_on().await;
    assert_eq!(load.asked_again(), asked_again);
    load.stop().await;

    let metrics = get(&second.metrics.to_string(), "/metrics").1;
    for name in ["requests_total{", "latency_seconds_bucket{", "signing_seconds_bucket{"] {
        assert!(metrics.contains(&format!("\nalipayplus_server_{name}")), "{metrics}");
    }
    // The time-outs of the database fit into that of the handler.
    assert!(metrics.contains("cause=\"handler_failed\"") && !metrics.contains("cause=\"handler_late\""), "{metrics}");
    second.end("INT");
    assert!(second.events("abandoned").is_empty());
}

/// Returns how often instances and the database are restarted.
fn rounds() -> u32 {
    std::env::var("PRODUCTION_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap())
}

/// Ends an instance at a random moment, which is not noticed, and starts it again.
async fn shut_down(instance: &mut Mpp, load: &Load) {
    let asked_again = load.asked_again();
    assert_eq!(get(&instance.address, "/ready").0, 200);
    sleep(Duration::from_millis(fastrand::u64(..500))).await;
    until("it gets no inquiry", || !instance.events("answered").is_empty());
    instance.end("TERM");
    assert!(instance.events("abandoned").is_empty());
    load.goes_on().await;
    assert_eq!(load.asked_again(), asked_again);
    instance.start_again();
    // Until nginx tries it again, the other one must not end.
    until("it gets no inquiry after its start", || !instance.events("answered").is_empty());
}

/// Restarts the database. Without it, each answer is "ask again".
async fn restart(postgres: &mut Postgres, instance: &Mpp, load: &Load) {
    let asked_again = load.asked_again();
    postgres.stop();
    assert_eq!(get(&instance.address, "/ready").0, 503);
    until("no inquiry found the database gone", || load.asked_again() > asked_again);
    postgres.start_again();
    until("the MPP does not find the database", || get(&instance.address, "/ready").0 == 200);
    load.goes_on().await;
}

/// Runs the acquirer over the payments of two MPPs, and checks each line of the results.
fn reconcile(program: &Path, folder: &Path, urls: [&str; 2]) {
    let mut mpps = format!("client_id = '{CLIENT_ID}'\n");
    for (name, url) in ["one", "two"].into_iter().zip(urls) {
        let key = folder.join(format!("{name}.pub.pem"));
        _ = write!(mpps, "[servers.{name}]\nurl = '{url}'\ntrusted_keys = {{ 1 = '{}' }}\n", key.display());
    }
    fs::write(folder.join("mpps.toml"), mpps).unwrap();
    let mut payments = "acquirerId,pspId,paymentRequestId,amount,currency\n".to_owned();
    for n in 0..PAYMENTS {
        // Of every hundredth payment, the books have another amount.
        let amount = if n % 100 == 0 { n + 1 } else { n };
        _ = write!(payments, "1,one,{n},{amount},JPY\n1,two,{n},{amount},JPY\n");
    }
    fs::write(folder.join("payments.csv"), payments).unwrap();
    let mut acquirer = Command::new(program);
    acquirer.current_dir(folder).env("ACQUIRER_KEY_FILE", "caller.pem").env("SSL_CERT_FILE", "two.crt.pem");
    run(acquirer.args(["mpps.toml", "payments.csv", "results"]));

    let results = fs::read_to_string(folder.join("results/results.csv")).unwrap();
    let lines: BTreeMap<usize, Vec<&str>> = results
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.splitn(8, ',').collect();
            (cells[0].parse().unwrap(), cells)
        })
        .collect();
    assert_eq!(lines.len(), 2 * PAYMENTS);
    for (line, cells) in &lines {
        let (n, name) = ((line - 2) / 2, ["one", "two"][line % 2]);
        let (outcome, detail) = match n % 5 {
            0 if n % 100 == 0 => ("mismatch", "\"not as expected: /paymentAmount is {\"\"currency\"\":".to_owned()),
            0 => ("paid", format!("{name}-{n}")),
            1 => ("open", String::new()),
            2 => ("cancelled", String::new()),
            3 => ("failed", "USER_BALANCE_NOT_ENOUGH".to_owned()),
            _ => ("not found", String::new()),
        };
        let is_right = cells[2..4] == [name, &n.to_string()] && cells[6] == outcome && cells[7].starts_with(&detail);
        assert!(is_right, "{cells:?}");
        if line % 100 < 10 {
            let evidence = fs::read_to_string(folder.join(format!("results/{line}.evidence"))).unwrap();
            let [ours, mpp] = ["caller", name].map(|name| {
                let keys = TrustedKeys::new();
                keys.insert(1, PublicKey::from_file(folder.join(format!("{name}.pub.pem"))).unwrap());
                keys
            });
            let evidence: Evidence = evidence.parse().unwrap();
            evidence.verify(&ours, &mpp, &Freshness::default()).unwrap();
        }
    }
}

/// In another place there is no workspace to inherit from.
#[test]
fn a_folder_can_be_copied() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["acquirer", "mpp-postgres"] {
        let text = fs::read_to_string(examples().join(name).join("Cargo.toml")).unwrap();
        let root = root().display().to_string();
        let copy = folder.path().join(name);
        fs::create_dir_all(copy.join("src")).unwrap();
        fs::write(copy.join("Cargo.toml"), text.replace("../..", &root)).unwrap();
        fs::copy(examples().join(name).join("src/main.rs"), copy.join("src/main.rs")).unwrap();
        fs::copy(examples().join("Cargo.lock"), copy.join("Cargo.lock")).unwrap();
        let mut metadata = Command::new(env!("CARGO"));
        run(metadata.args(["metadata", "--offline", "--format-version=1"]).current_dir(copy));
    }
}

#[test]
fn systemd_accepts_the_unit() {
    let unit = fs::read_to_string(examples().join("mpp-postgres/mpp-postgres.service")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mpp-postgres.service");
    // The program is not installed here.
    fs::write(&file, unit.replace("/usr/local/bin/mpp-postgres", "/bin/true")).unwrap();
    let output = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output();
    let output = output.unwrap_or_else(|error| panic!("systemd-analyze, of the Debian package systemd: {error}"));
    let complaints = String::from_utf8_lossy(&output.stderr);
    let own: Vec<_> = complaints.lines().filter(|line| line.contains("mpp-postgres")).collect();
    assert!(own.is_empty(), "{complaints}");
}

/// The base images are not at hand: each step of the first one is run here in folders of its own, and so is what the
/// second one starts.
#[test]
fn the_steps_of_the_containerfile_work() {
    let text = fs::read_to_string(examples().join("mpp-postgres/Containerfile")).unwrap();
    let (built, image) = text.split_once("\n\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let inside = |text: &str| {
        text.replace("/source", &folder.path().join("source").display().to_string())
            .replace("/usr/local", &folder.path().join("usr").display().to_string())
    };
    fs::create_dir(folder.path().join("source")).unwrap();
    for step in built.lines().filter(|line| !line.starts_with('#')) {
        let (word, rest) = step.split_once(' ').unwrap();
        let command = match word {
            "COPY" => format!("cp -r {}", inside(rest)),
            // The profile that the other tests have compiled the dependencies with.
            "RUN" => inside(rest).replace("cargo install", "cargo install --quiet --debug"),
            "FROM" => continue,
            _ => panic!("{step}"),
        };
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        run(Command::new("sh").args(["-ec", &command]).current_dir(root()).env("CARGO_TARGET_DIR", target));
    }
    let copied = image.lines().find_map(|line| line.strip_prefix("COPY --from=build ")).unwrap();
    let entry = image.lines().find_map(|line| line.strip_prefix("ENTRYPOINT [\"")?.strip_suffix("\"]")).unwrap();
    let (from, to) = copied.split_once(' ').unwrap();
    assert_eq!(Path::new(to).join(Path::new(from).file_name().unwrap()), Path::new(entry));
    let mut program = Command::new(inside(from));
    let environment = image.lines().find_map(|line| line.strip_prefix("ENV ")).unwrap();
    program.env_clear().envs(environment.split(' ').map(|pair| pair.split_once('=').unwrap()));
    // It accepts the settings, and asks for the one that is not in the image.
    let output = program.output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && log.contains("MPP_KEY_FILE"), "{log}");
}
