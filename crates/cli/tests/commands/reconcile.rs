//! `alipayplus reconcile`, as processes that ask a server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::wallet::{Wallet, commands, csv_of, rounds, rows, until, within};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

const ASK: &str = "reconcile --mpps mpps.toml --key caller.key --ask-again 0 --inquiries 2";

#[test]
fn a_file_is_reconciled_and_asked_about_once() {
    let wallet = Wallet::start();
    let input = "row,order,wallet,acquirerId,amount,currency,paymentId\n\
        1,paid-1,one,a,1000,JPY,\n2,failed,one,a,500,JPY,\n3,open,two,a,7,USD,\n4,paid-2,one,a,999,JPY,\n\
        5,=cmd,two,a,1,USD,\n6,cancelled,two,a,2,USD,\n7,paid-3,one,a,1000,JPY,mpp-1\n8,trouble,two,a,4,USD,\n";
    wallet.write("books.csv", input);
    let columns = "--input books.csv --column paymentRequestId=order --column pspId=wallet --evidence exchanges";
    let ran = wallet.run(&format!("{ASK} {columns}"));
    assert_eq!(ran.code, 1, "{}", ran.all());
    let results = rows(&wallet.read("books.result.csv"));
    let outcomes: BTreeMap<&str, &str> = results.iter().map(|row| (row[3].as_str(), row[6].as_str())).collect();
    let expected = [
        ("'=cmd", "not_found"),
        ("cancelled", "cancelled"),
        ("failed", "failed"),
        ("open", "in_progress"),
        ("paid-1", "paid"),
        ("paid-2", "mismatch"),
        ("paid-3", "paid"),
        ("trouble", "unknown"),
    ];
    assert_eq!(outcomes, BTreeMap::from(expected));
    // Nothing of a customer but in the evidence.
    assert!(!(wallet.read("books.result.csv") + &ran.all()).contains("canary"));
    assert!(wallet.read("exchanges/0/2.txt").contains("canary"));
    let exceptions = rows(&wallet.read("books.result.exceptions.csv"));
    let order: Vec<&str> = exceptions.iter().map(|row| row[6].as_str()).collect();
    assert_eq!(order, ["mismatch", "failed", "cancelled", "not_found", "in_progress", "unknown"]);
    let totals: Vec<Vec<&str>> = ran.out.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(totals[0], ["one", "JPY", "4", "3499", "2", "2000", "2", "1499"], "{}", ran.out);
    assert_eq!(totals[1], ["two", "USD", "4", "14", "0", "0", "4", "14"], "{}", ran.out);
    // What has no final state is asked about as often as it may be, and nothing is asked twice by another run.
    let asked = wallet.asked();
    assert_eq!((asked["open"], asked["trouble"], asked["paid-1"], asked["paid-2"]), (2, 2, 1, 1));
    let before = results.len();
    assert_eq!(wallet.run(&format!("{ASK} {columns} --json")).code, 1);
    assert_eq!((wallet.asked(), rows(&wallet.read("books.result.csv")).len()), (asked, before));
    // The journal is of that input only.
    wallet.write("books.csv", &input.replace("999", "998"));
    let other = wallet.run(&format!("{ASK} {columns}"));
    assert!(other.code == 2 && other.err.contains("another input"), "{}", other.all());
}

/// Exceptions are an input again, of either form.
#[test]
fn all_is_well_when_each_payment_is_paid() {
    let wallet = Wallet::start();
    wallet.write(
        "books.jsonl",
        r#"{"acquirerId":"a","pspId":"one","paymentRequestId":"paid","amount":1000,"currency":"JPY"}"#,
    );
    let ran = wallet.run(&format!("{ASK} --input books.jsonl --json"));
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(wallet.read("books.result.jsonl").contains(r#""paymentId":"mpp-1""#));
    assert!(ran.out.contains(r#""difference":{"count":0,"sum":"0"}"#), "{}", ran.out);
}

#[test]
fn the_guide_does_what_it_says() {
    let wallet = Wallet::start();
    fs::copy(wallet.folder().join("caller.key"), wallet.folder().join("acquirer.key")).unwrap();
    wallet.write("payments.csv", &csv_of(9, &["one", "two"]));
    let commands = commands("# Reconciling many payments");
    assert_eq!(commands.len(), 2);
    for command in commands {
        let ran = wallet.run(&command);
        assert_eq!(ran.code, 0, "{command}: {}", ran.all());
    }
    assert_eq!(rows(&wallet.read("payments.result.csv")).len(), 9);
    assert!(rows(&wallet.read("payments.result.exceptions.csv")).is_empty());
    let files = fs::read_dir(wallet.folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let journal: Vec<_> = files.filter(|name| name.contains("journal")).collect();
    assert_eq!(journal, ["payments.result.journal"]);
}

#[test]
fn what_is_not_clear_is_named_by_its_row() {
    let wallet = Wallet::start();
    let head = "acquirerId,pspId,paymentRequestId,amount,currency";
    let row = |text: &str| format!("{head}\na,one,first,1,JPY\n{text}\n").into_bytes();
    let utf16 = |mark: &[u8]| {
        let text = format!("{head}\na,one,first,1,JPY\n");
        [mark, &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat()
    };
    let cases: [(Vec<u8>, &str, &str); 17] = [
        (row("a,one,2.02E+19,1,JPY"), "", "row 3: paymentRequestId is 2.02E+19"),
        (
            row("a,one,x,12.50,USD"),
            "",
            "row 3: amount is 12.50, and must be a whole number of the smallest unit: if it is 12.50 USD, write 1250",
        ),
        (row("a,one,x,\"1,000\",JPY"), "", "row 3: amount is \"1,000\""),
        (row("a,one,first,1,JPY"), "", "row 3: is the same payment as row 2"),
        (row("a,one,x ,1,JPY"), "", "row 3: paymentRequestId begins or ends with a blank"),
        (row("a,one,,1,JPY"), "", "row 3: paymentRequestId is empty"),
        (row("a,one,x,1,yen"), "", "row 3: currency"),
        (row("a,one,x,1"), "", "row 3: has 4 cells, and the header has 5"),
        (row("a,none,x,1,JPY"), "", "row 3: pspId is none"),
        (row("a,one,\"x,1,JPY"), "", "row 3: has 3 cells"),
        (
            format!("{}\na;one;x;1;JPY\n", head.replace(',', ";")).into_bytes(),
            "",
            "row 1: the cells are separated by semicolons: add --delimiter ';'",
        ),
        (b"acquirerId,pspId,id,amount,currency\n".to_vec(), "", "--column paymentRequestId=HEADER"),
        (utf16(b""), "", "row 1: this is UTF-16 without a byte order mark"),
        ([head.as_bytes(), b"\na,one,\xe9,1,JPY\n"].concat(), "", "row 2: there are bytes that are not UTF-8"),
        (row(&format!("a,one,\"{}", "x".repeat(999_999))), "", "a row is longer than"),
        (Vec::new(), "", "the input is empty"),
        (head.as_bytes().to_vec(), "--encoding none", "--encoding none: not known"),
    ];
    for (bytes, options, problem) in cases {
        fs::write(wallet.folder().join("books.csv"), &bytes).unwrap();
        for more in ["--dry-run", ""] {
            let ran = wallet.run(&format!("{ASK} --input books.csv {options} {more}"));
            assert!(ran.code == 2 && ran.err.contains(problem), "{problem}: {} {}", ran.code, ran.all());
        }
    }
    assert!(wallet.asked().is_empty());
    // What is clear is read.
    let with_mark = [b"\xef\xbb\xbf", &*row("a,two,x,1,JPY")].concat();
    let latin = [head.as_bytes(), b"\na,one,\xe9,1,JPY\n"].concat();
    for (bytes, options) in [
        (with_mark, ""),
        (utf16(b"\xff\xfe"), ""),
        (utf16(b""), "--encoding utf-16le"),
        (latin, "--encoding windows-1252"),
        (format!("{}\na;one;x;1;JPY\n", head.replace(',', ";")).into_bytes(), "--delimiter ;"),
    ] {
        fs::write(wallet.folder().join("books.csv"), &bytes).unwrap();
        let ran = wallet.run(&format!("{ASK} --input books.csv --dry-run {options}"));
        assert!(ran.code == 0 && ran.out.contains(" payments, 0 rows"), "{}", ran.all());
    }
    // Rows that are no payments can be left out.
    fs::write(wallet.folder().join("books.csv"), row("a,one,2E+19,1,JPY")).unwrap();
    let ran = wallet.run(&format!("{ASK} --input books.csv --skip-invalid"));
    assert_eq!(ran.code, 1, "{}", ran.all());
    let exceptions = wallet.read("books.result.exceptions.csv");
    assert!(exceptions.contains("invalid,\"paymentRequestId is 2E+19"), "{exceptions}");
}

/// An MPP that is down is left for another run, and delays no other.
#[test]
fn payments_of_an_mpp_that_is_down_are_not_lost() {
    let wallet = Wallet::start();
    let mpps = wallet.read("mpps.toml");
    let down = mpps.replacen("[servers.two]\nurl = \"http://127.0.0.1", "[servers.two]\nurl = \"http://127.0.0.9", 1);
    wallet.write("mpps.toml", &down);
    wallet.write("books.csv", &csv_of(60, &["one", "two"]));
    let ran = wallet.run("reconcile --mpps mpps.toml --key caller.key --input books.csv --give-up 0 --inquiries 9");
    assert!(ran.code == 1 && ran.err.contains("two is down"), "{}", ran.all());
    assert_eq!(rows(&wallet.read("books.result.csv")).len(), 30);
    assert!(wallet.read("books.result.exceptions.csv").contains("not_asked"));
    wallet.write("mpps.toml", &mpps);
    let ran = wallet.run(&format!("{ASK} --input books.csv"));
    assert_eq!((ran.code, rows(&wallet.read("books.result.csv")).len()), (0, 60), "{}", ran.all());
    assert!(wallet.asked().values().all(|count| *count == 1));
}

/// Reads the rows that a journal has results for.
fn committed(journal: &Path) -> Vec<i64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let Ok(mut journal) = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(journal)).await
        else {
            return Vec::new();
        };
        let rows = sqlx::query_as::<_, (i64,)>("SELECT id FROM reconcile_results").fetch_all(&mut journal).await;
        rows.unwrap_or_default().into_iter().map(|(id,)| id).collect()
    })
}

fn size(wallet: &Wallet) -> u64 {
    fs::metadata(wallet.folder().join("books.result.csv")).map_or(0, |file| file.len())
}

/// `RECONCILE_ROUNDS` sets how often.
#[test]
fn a_process_that_is_killed_loses_nothing_and_asks_nothing_twice() {
    let count = 400;
    for round in 0..rounds() {
        let wallet = Wallet::start();
        wallet.write("books.csv", &csv_of(count, &["one", "two"]));
        let arguments = format!("{ASK} --input books.csv --rate 100");
        for kill in 0..4_usize {
            let mut process = wallet.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // The first one is ended at any time, the next ones while they ask, the last one not at all.
            let pause = [fastrand::u64(..300), fastrand::u64(..200), fastrand::u64(..200), 60_000][kill.min(3)];
            if kill == 1 || kill == 2 {
                let before = size(&wallet);
                until("no result is written", || size(&wallet) > before.max(200));
            }
            let ended = within(&mut process, Duration::from_millis(pause));
            if let Some(status) = ended {
                assert_eq!(status.code(), Some(0), "round {round}");
                break;
            }
            process.kill().unwrap();
            process.wait().unwrap();
            // Its last requests are answered.
            sleep(Duration::from_millis(50));
            let ids = committed(&wallet.folder().join("books.result.journal"));
            wallet.final_by_now(&ids);
        }
        let results = rows(&wallet.read("books.result.csv"));
        let mut ids: Vec<&str> = results.iter().map(|row| row[0].as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((results.len(), ids.len()), (count, count), "round {round}");
        wallet.asks_nothing_final();
    }
}
