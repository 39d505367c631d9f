//! `alipayplus reconcile` over one `PostgreSQL` cluster, with several workers.

use std::fs;
use std::io::Write as _;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::postgres::Postgres;
use crate::wallet::{Wallet, commands, csv_of, rounds, rows, until, within};

const WORK: &str = "reconcile work --mpps mpps.toml --key caller.key --ask-again 0 --lease 6";

fn url(postgres: &Postgres) -> String {
    let folder = postgres.socket().parent().unwrap().display().to_string().replace('/', "%2F");
    format!("postgres://postgres@{folder}/postgres")
}

fn database(postgres: &Postgres) -> String {
    format!("--database {}", url(postgres))
}

fn start(wallet: &Wallet, arguments: &str) -> Child {
    wallet.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn results(postgres: &Postgres) -> Vec<i64> {
    let ids = postgres.execute("postgres", "SELECT id FROM reconcile_results");
    ids.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

/// `RECONCILE_ROUNDS` sets how often.
#[test]
fn workers_that_are_killed_and_a_database_that_restarts_lose_nothing() {
    let mut postgres = Postgres::start();
    let (count, database) = (600, database(&postgres));
    for round in 0..rounds() {
        let wallet = Wallet::start();
        wallet.write("books.csv", &csv_of(count, &["one", "two"]));
        let loaded = wallet.run(&format!("reconcile load {database} --input books.csv --mpps mpps.toml"));
        assert!(loaded.code == 0 && loaded.out.contains(&format!("not_asked {count}")), "{}", loaded.all());
        let again = wallet.run(&format!("reconcile load {database} --input books.csv --mpps mpps.toml"));
        assert_eq!(again.code, 0, "{}", again.all());
        let work = format!("{WORK} {database} --rate 150");
        let begin = Instant::now();
        let mut workers: Vec<Child> = (0..4).map(|_| start(&wallet, &work)).collect();
        until("no worker writes a result", || !results(&postgres).is_empty());
        for worker in &mut workers[..2] {
            sleep(Duration::from_millis(fastrand::u64(..300)));
            worker.kill().unwrap();
            worker.wait().unwrap();
            // Its last requests are answered.
            sleep(Duration::from_millis(50));
            wallet.final_by_now(&results(&postgres));
        }
        assert!(results(&postgres).len() < count, "all was done before the database was restarted");
        postgres.stop();
        sleep(Duration::from_millis(fastrand::u64(..300)));
        postgres.start_again();
        workers.push(start(&wallet, &work));
        for worker in &mut workers[2..] {
            let status = within(worker, Duration::from_secs(60)).unwrap();
            assert_eq!(status.code(), Some(0), "round {round}");
        }
        // The rate holds over all workers.
        let least = f64::from(u32::try_from(count / 2).unwrap()) / 150.0 - 0.2;
        assert!(begin.elapsed().as_secs_f64() > least, "{:?}", begin.elapsed());
        let mut ids = results(&postgres);
        ids.sort_unstable();
        assert!(ids.iter().copied().eq(2..i64::try_from(count).unwrap() + 2), "round {round}: {ids:?}");
        wallet.asks_nothing_final();
        let status = wallet.run(&format!("reconcile status {database}"));
        assert_eq!(status.out, format!("paid {count}\nunder way 0\n"));
        let exported = wallet.run(&format!("reconcile export {database} --output result.csv"));
        assert_eq!((exported.code, rows(&wallet.read("result.csv")).len()), (0, count), "{}", exported.all());
        let again = wallet.run(&format!("reconcile export {database} --output result.csv"));
        assert!(again.code == 2 && again.err.contains("--force"), "{}", again.all());
        let forced = wallet.run(&format!("reconcile export {database} --output result.csv --force"));
        assert_eq!(forced.code, 0, "{}", forced.all());
        let tables = "reconcile_input, reconcile_payments, reconcile_results, reconcile_problems, reconcile_mpps";
        postgres.execute("postgres", &format!("DROP TABLE {tables}"));
    }
}

/// What a worker has learned too late is another worker's.
#[test]
fn only_a_valid_lease_writes_a_result() {
    let postgres = Postgres::start();
    let database = database(&postgres);
    let wallet = Wallet::slow(Duration::from_secs(1));
    wallet.write("books.csv", &csv_of(1, &["one"]));
    let loaded = wallet.run(&format!("reconcile load {database} --input books.csv --mpps mpps.toml"));
    assert_eq!(loaded.code, 0, "{}", loaded.all());
    let work = format!("reconcile work --mpps mpps.toml --key caller.key --lease 9 {database}");
    let mut late = start(&wallet, &work);
    until("the first worker does not ask", || !wallet.asked().is_empty());
    postgres.execute("postgres", "UPDATE reconcile_payments SET lease = 'another', next_at = next_at + 10000");
    sleep(Duration::from_millis(1500));
    assert!(results(&postgres).is_empty());
    postgres.execute("postgres", "UPDATE reconcile_payments SET next_at = 0");
    let status = within(&mut late, Duration::from_secs(30)).unwrap();
    assert_eq!((status.code(), results(&postgres)), (Some(0), vec![2]));
}

#[test]
fn the_guide_does_what_it_says() {
    let (postgres, wallet) = (Postgres::start(), Wallet::start());
    fs::copy(wallet.folder().join("caller.key"), wallet.folder().join("acquirer.key")).unwrap();
    wallet.write("payments.csv", &csv_of(9, &["one", "two"]));
    let commands = commands("## Several machines");
    assert_eq!(commands.len(), 4);
    for command in commands {
        let output = wallet.command(&command).env("ALIPAYPLUS_DATABASE", url(&postgres)).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(rows(&wallet.read("result.csv")).len(), 9);
}

const MEASURED: &str = "reconcile work --mpps mpps.toml --key caller.key --ask-again 0";

/// Prints how long workers take at MPPs that answer after a second: a measurement, and no test.
#[test]
#[ignore = "a measurement"]
fn four_workers_at_slow_mpps() {
    let (postgres, wallet) = (Postgres::start(), Wallet::slow(Duration::from_secs(1)));
    wallet.write("books.csv", &csv_of(1600, &["one", "two"]));
    for count in [1, 4] {
        let database = database(&postgres);
        wallet.run(&format!("reconcile load {database} --input books.csv --mpps mpps.toml"));
        let begin = Instant::now();
        let mut workers: Vec<Child> = (0..count).map(|_| start(&wallet, &format!("{MEASURED} {database}"))).collect();
        for worker in &mut workers {
            assert!(worker.wait().unwrap().success());
        }
        let rate = 1600.0 / begin.elapsed().as_secs_f64();
        writeln!(std::io::stderr(), "{count} workers: {rate:.0} payments/s").unwrap();
        assert_eq!(results(&postgres).len(), 1600);
        let tables = "reconcile_input, reconcile_payments, reconcile_results, reconcile_problems, reconcile_mpps";
        postgres.execute("postgres", &format!("DROP TABLE {tables}"));
    }
}
