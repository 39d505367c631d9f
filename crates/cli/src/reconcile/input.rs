//! Reads the payments of a CSV or JSON Lines file row by row. What is not clear is a problem of its row: nothing is guessed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use alipayplus_client::inquiry_payment::{AcquirerId, PaymentId, PaymentRequestId, PspId};
use alipayplus_client::{Amount, Decimal};
use encoding_rs::Encoding;
use serde_json::{Map, Value};

use super::format::Format;
use super::text::{Shared, Utf8};

/// A payment as the books have it, checked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "the names of the document")]
pub(super) struct Payment {
    pub(super) acquirer_id: String,
    pub(super) psp_id: String,
    pub(super) payment_request_id: String,
    /// In the currency's smallest unit.
    pub(super) amount: String,
    pub(super) currency: String,
    pub(super) payment_id: Option<String>,
}

/// A row: its number, and the payment or what is wrong with it.
pub(super) type Row = (i64, Result<Payment, String>);

/// How an input is to be read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) format: Format,
    /// The header of each column that does not have its own name.
    pub(super) columns: BTreeMap<String, String>,
    pub(super) delimiter: u8,
    pub(super) encoding: &'static Encoding,
}

/// The columns; the last one may be missing.
pub(super) const COLUMNS: [&str; 6] = ["acquirerId", "pspId", "paymentRequestId", "amount", "currency", "paymentId"];
const REQUIRED: usize = 5;

/// The rows of an input.
pub(super) struct Input {
    rows: Rows,
    shared: Shared,
}

enum Rows {
    Csv {
        reader: csv::Reader<Utf8<Box<dyn Read>>>,
        record: csv::StringRecord,
        places: [Option<usize>; 6],
        width: usize,
    },
    Json {
        reader: BufReader<Utf8<Box<dyn Read>>>,
        line: String,
        number: i64,
        names: [String; 6],
    },
}

impl Input {
    /// Opens a file, or stdin for `-`, and reads a header.
    pub(super) fn open(path: &Path, reading: &Reading) -> Result<Self, String> {
        let is_stdin = path == Path::new("-");
        let bytes: Box<dyn Read> = if is_stdin {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).map_err(|error| error.to_string())?)
        };
        let (text, shared) = Utf8::new(bytes, reading.encoding);
        let names = COLUMNS.map(|name| reading.columns.get(name).map_or(name, String::as_str).to_owned());
        let rows = match reading.format {
            Format::Csv => csv_rows(text, reading.delimiter, &names)?,
            Format::JsonLines => Rows::Json { reader: BufReader::new(text), line: String::new(), number: 0, names },
        };
        Ok(Self { rows, shared })
    }

    /// Returns the next row; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row>, String> {
        self.shared.next_row();
        match &mut self.rows {
            Rows::Csv { reader, record, places, width } => {
                if !reader.read_record(record).map_err(|error| csv_error(&error))? {
                    return Ok(None);
                }
                let number = record.position().map_or(0, csv::Position::line);
                let row = if record.len() == *width {
                    payment(places.map(|place| place.and_then(|place| record.get(place))))
                } else {
                    Err(format!("has {} cells, and the header has {width}", record.len()))
                };
                Ok(Some((i64::try_from(number).unwrap_or(i64::MAX), row)))
            }
            Rows::Json { reader, line, number, names } => loop {
                line.clear();
                if reader.read_line(line).map_err(|error| error.to_string())? == 0 {
                    return Ok(None);
                }
                *number += 1;
                if !line.trim().is_empty() {
                    return Ok(Some((*number, json(line, names))));
                }
            },
        }
    }

    /// Reads the rest and returns the hash of all bytes.
    pub(super) fn hash(mut self) -> Result<String, String> {
        let rest = match &mut self.rows {
            Rows::Csv { reader, .. } => drain(reader.get_mut(), &self.shared),
            Rows::Json { reader, .. } => drain(reader, &self.shared),
        };
        rest.map_err(|error| error.to_string())?;
        Ok(self.shared.hash())
    }
}

fn drain(reader: &mut impl Read, shared: &Shared) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    while reader.read(&mut buffer)? > 0 {
        shared.next_row();
    }
    Ok(())
}

fn csv_rows(text: Utf8<Box<dyn Read>>, delimiter: u8, names: &[String; 6]) -> Result<Rows, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let mut header = csv::StringRecord::new();
    if !reader.read_record(&mut header).map_err(|error| csv_error(&error))? {
        return Err("the input is empty: its first row has the names of the columns".to_owned());
    }
    let places = names.each_ref().map(|name| header.iter().position(|cell| cell == name.as_str()));
    if let Some(twice) = names.iter().find(|name| header.iter().filter(|cell| cell == name).count() > 1) {
        return Err(format!("row 1: there are two columns {twice}"));
    }
    let missing: Vec<&str> =
        (0..REQUIRED).filter(|place| places[*place].is_none()).map(|place| names[place].as_str()).collect();
    if missing.is_empty() {
        return Ok(Rows::Csv { reader, width: header.len(), record: csv::StringRecord::new(), places });
    }
    let whole = header.iter().collect::<Vec<_>>().join(",");
    let other = [(';', "semicolons"), ('\t', "tabs"), (',', "commas")]
        .into_iter()
        .find(|(mark, _)| u32::from(*mark) != u32::from(delimiter) && header.len() == 1 && whole.contains(*mark));
    Err(match other {
        _ if whole.contains('\0') => {
            "row 1: this is UTF-16 without a byte order mark: save the file as CSV UTF-8, or add --encoding utf-16le \
             or utf-16be"
                .to_owned()
        }
        Some((mark, word)) => {
            format!("row 1: the cells are separated by {word}: add --delimiter '{}'", mark.escape_default())
        }
        None => format!(
            "row 1: there is no column {}; there are {}. Name each column: --column {}=HEADER",
            missing.join(", "),
            header.iter().map(|cell| format!("{cell:?}")).collect::<Vec<_>>().join(", "),
            COLUMNS[names.iter().position(|name| name == missing[0]).unwrap_or(0)],
        ),
    })
}

fn csv_error(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    }
}

/// Returns the payment of a line of JSON.
fn json(line: &str, names: &[String; 6]) -> Result<Payment, String> {
    let members: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| format!("is no JSON object: {error}"))?;
    let mut cells = names.each_ref().map(|_| None);
    for (cell, (name, column)) in cells.iter_mut().zip(names.iter().zip(COLUMNS)) {
        *cell = match members.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            // An ID that is a number may have lost digits before it came here.
            Some(Value::Number(number)) if column == "amount" => Some(number.to_string()),
            Some(_) => return Err(format!("{name} is no text: put it in quotation marks")),
        };
    }
    payment(cells.each_ref().map(Option::as_deref))
}

/// Checks the cells of a row, in the order of [`COLUMNS`].
fn payment(
    [acquirer_id, psp_id, payment_request_id, amount, currency, payment_id]: [Option<&str>; 6],
) -> Result<Payment, String> {
    let mut problems = Vec::new();
    let mut id = |name: &str, cell: Option<&str>, check: fn(&str) -> Option<String>| {
        let cell = cell.unwrap_or_default();
        let wrong = spoiled(cell).or_else(|| check(cell));
        problems.extend(wrong.map(|why| format!("{name} {why}")));
        cell.to_owned()
    };
    let acquirer_id = id("acquirerId", acquirer_id, |cell| wrong(cell.parse::<AcquirerId>()));
    let psp_id = id("pspId", psp_id, |cell| wrong(cell.parse::<PspId>()));
    let payment_request_id = id("paymentRequestId", payment_request_id, |cell| wrong(cell.parse::<PaymentRequestId>()));
    let payment_id = payment_id
        .filter(|cell| !cell.is_empty())
        .map(|cell| id("paymentId", Some(cell), |cell| wrong(cell.parse::<PaymentId>())));
    let (amount, currency) = (amount.unwrap_or_default(), currency.unwrap_or_default());
    let units = match money(amount, currency) {
        Ok(units) => units,
        Err(why) => {
            problems.push(why);
            String::new()
        }
    };
    if problems.is_empty() {
        Ok(Payment {
            acquirer_id,
            psp_id,
            payment_request_id,
            amount: units,
            currency: currency.to_owned(),
            payment_id,
        })
    } else {
        Err(problems.join("; "))
    }
}

fn wrong<T, E: std::fmt::Display>(parsed: Result<T, E>) -> Option<String> {
    parsed.err().map(|error| error.to_string())
}

/// Returns what has happened to an ID on its way.
fn spoiled(cell: &str) -> Option<String> {
    if cell.is_empty() {
        return Some("is empty".to_owned());
    }
    if cell.trim() != cell {
        return Some("begins or ends with a blank: remove it".to_owned());
    }
    if cell.contains(char::is_control) {
        return Some("holds a control character: remove it".to_owned());
    }
    let is_power = cell.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        power.strip_prefix('+').is_some_and(is_number) && digits.splitn(2, ['.', ',']).all(is_number)
    });
    is_power.then(|| {
        format!(
            "is {cell}, a number that a spreadsheet has rounded, so its last digits are lost: export it again with this \
             column as text"
        )
    })
}

/// Returns an amount in the smallest unit, without leading zeros.
fn money(amount: &str, currency: &str) -> Result<String, String> {
    if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err("currency is no code of three capital letters, such as JPY".to_owned());
    }
    if !amount.is_empty() && amount.bytes().all(|byte| byte.is_ascii_digit()) {
        let units: u128 = amount.parse().map_err(|_| "amount has too many digits".to_owned())?;
        Amount::minor(units, currency).map_err(|error| format!("amount: {error}"))?;
        return Ok(units.to_string());
    }
    let plain: Option<Decimal> = amount.parse().ok();
    let fix = plain.and_then(|decimal| Amount::from_major(decimal, currency).ok());
    Err(match fix {
        Some(fix) if amount.contains('.') => format!(
            "amount is {amount}, and must be a whole number of the smallest unit: if it is {amount} {currency}, write {}",
            fix.value
        ),
        _ => format!("amount is {amount:?}, and must be digits only: a whole number of the smallest unit"),
    })
}
