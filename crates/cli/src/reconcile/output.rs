//! The results as a file, and the control totals.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::json;

use super::format::Format;
use super::input::Payment;
use super::queue::{Found, Record};

/// The members of a result. The first ones and `paymentId` are columns of an input, so that a file of exceptions is one.
const COLUMNS: [&str; 14] = [
    "row",
    "acquirerId",
    "pspId",
    "paymentRequestId",
    "amount",
    "currency",
    "outcome",
    "detail",
    "paymentId",
    "payToAmount",
    "payToCurrency",
    "paymentTime",
    "inquiries",
    "askedAt",
];

/// The outcome of a payment that was not asked about to the end.
pub(super) const OPEN: &str = "not_asked";
/// The outcome of a row that was skipped.
const INVALID: &str = "invalid";

/// A file of results.
pub(super) struct Output {
    writer: Writer,
}

enum Writer {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    JsonLines(BufWriter<File>),
}

impl Output {
    /// Creates a file, or empties it.
    pub(super) fn create(path: &Path, format: Format) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("can't write {}: {error}", path.display());
        let file = BufWriter::new(File::create(path).map_err(|error| failed(&error))?);
        let writer = match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(file);
                writer.write_record(COLUMNS).map_err(|error| failed(&error))?;
                Writer::Csv(Box::new(writer))
            }
            Format::JsonLines => Writer::JsonLines(file),
        };
        Ok(Self { writer })
    }

    pub(super) fn record(&mut self, record: &Record) -> Result<(), String> {
        let Record { id, payment, inquiries, found } = record;
        let unasked = Found { outcome: OPEN.to_owned(), ..Found::default() };
        let found = found.as_ref().unwrap_or(&unasked);
        let expected = payment.payment_id.as_deref().unwrap_or_default();
        let payment_id = if found.payment_id.is_empty() { expected } else { &found.payment_id };
        self.write([
            &id.to_string(),
            &payment.acquirer_id,
            &payment.psp_id,
            &payment.payment_request_id,
            &payment.amount,
            &payment.currency,
            &found.outcome,
            &found.detail,
            payment_id,
            &found.pay_to_amount,
            &found.pay_to_currency,
            &found.payment_time,
            &inquiries.to_string(),
            &found.asked_at,
        ])
    }

    /// Writes a row of the input that is no payment.
    pub(super) fn problem(&mut self, row: i64, problem: &str) -> Result<(), String> {
        let mut cells = [""; COLUMNS.len()];
        let row = row.to_string();
        (cells[0], cells[6], cells[7]) = (&row, INVALID, problem);
        self.write(cells)
    }

    fn write(&mut self, cells: [&str; COLUMNS.len()]) -> Result<(), String> {
        match &mut self.writer {
            Writer::Csv(writer) => writer.write_record(cells.map(harmless)).map_err(|error| error.to_string()),
            Writer::JsonLines(file) => {
                let members = COLUMNS.into_iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
                let line: serde_json::Map<_, _> = members.map(|(name, cell)| (name.to_owned(), json!(cell))).collect();
                writeln!(file, "{}", json!(line)).map_err(|error| error.to_string())
            }
        }
        .map_err(|error| format!("can't write a result: {error}"))
    }

    pub(super) fn flush(&mut self) -> Result<(), String> {
        match &mut self.writer {
            Writer::Csv(writer) => writer.flush(),
            Writer::JsonLines(file) => file.flush(),
        }
        .map_err(|error| format!("can't write the results: {error}"))
    }
}

/// Returns a cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    let quote = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{quote}{cell}")
}

/// The payments of each MPP and currency: how many, and their sum in the smallest unit.
#[derive(Debug, Default)]
pub(super) struct Totals(BTreeMap<(String, String), [(u64, u128); 2]>);

impl Totals {
    /// Adds a payment that is expected.
    pub(super) fn expect(&mut self, payment: &Payment) {
        self.add(payment, 0);
    }

    /// Adds the result of a payment that is expected.
    pub(super) fn confirm(&mut self, record: &Record) {
        if record.found.as_ref().is_some_and(|found| found.outcome == "paid") {
            self.add(&record.payment, 1);
        }
    }

    fn add(&mut self, payment: &Payment, column: usize) {
        let units: u128 = payment.amount.parse().unwrap_or_default();
        let key = (payment.psp_id.clone(), payment.currency.clone());
        let (count, sum) = &mut self.0.entry(key).or_default()[column];
        *count += 1;
        *sum = sum.saturating_add(units);
    }

    /// Returns a table for people.
    pub(super) fn table(&self) -> String {
        let head = ["pspId", "currency", "expected", "", "confirmed", "", "difference", ""].map(str::to_owned);
        let rows = self.0.iter().map(|((psp_id, currency), [expected, confirmed])| {
            let (count, sum) = (expected.0 - confirmed.0, expected.1 - confirmed.1);
            let numbers = [(expected.0, expected.1), (confirmed.0, confirmed.1), (count, sum)];
            let [a, b, c] = numbers.map(|(count, sum)| (count.to_string(), sum.to_string()));
            [psp_id.escape_debug().to_string(), currency.clone(), a.0, a.1, b.0, b.1, c.0, c.1]
        });
        let rows: Vec<[String; 8]> = [head].into_iter().chain(rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 8] = std::array::from_fn(width);
        let line = |row: &[String; 8]| {
            let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
                0 | 1 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Returns the totals as JSON. Sums are texts, since they may be larger than a number of JSON.
    pub(super) fn json(&self) -> serde_json::Value {
        let rows = self.0.iter().map(|((psp_id, currency), [expected, confirmed])| {
            let part = |count: u64, sum: u128| json!({"count": count, "sum": sum.to_string()});
            json!({
                "pspId": psp_id,
                "currency": currency,
                "expected": part(expected.0, expected.1),
                "confirmed": part(confirmed.0, confirmed.1),
                "difference": part(expected.0 - confirmed.0, expected.1 - confirmed.1),
            })
        });
        rows.collect()
    }
}
