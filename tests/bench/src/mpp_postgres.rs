//! `examples/mpp-postgres` on one thread, compared with a server by hand that has no database.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Paid, PaidRequired};

use crate::baseline::server::Baseline;
use crate::cost::Cost;
use crate::interleave::interleave;
use crate::load::Load;
use crate::process::Usage;
use crate::setup::{Setup, VERSION, client_id, paid_required};
use crate::table::{Goal, Row, Table};
use crate::{Failable, host};

/// The goal: at least this share of the throughput of the baseline.
const GOAL: f64 = 0.85;
const CONNECTIONS: usize = 16;
/// How many requests a connection carries in a slice: enough for the kernel's unit of a process's time.
const EACH: usize = 100;
const SLICES: usize = 2;
/// How long the MPP may take to start, in tenths of a second.
const PATIENCE: u32 = 100;

/// Measures the program over this database, where it creates its table and one payment.
///
/// # Errors
/// The program does not start, `psql` is missing, or an answer is wrong.
pub(crate) fn table(program: &Path, database: &str) -> Failable<Table> {
    // As the database writes the time of payment.
    let required = PaidRequired { payment_time: "2020-01-01T03:31:01Z".parse()?, ..paid_required()? };
    let setup = Setup::answering(Paid::new(required).into())?;
    let heads = [setup.ask(&client_id(0))?];
    let mpp = Mpp::start(program, database, &setup)?;
    insert(database)?;
    let mut ours = Load::open(mpp.address, CONNECTIONS, &heads, &setup)?;
    let baseline = Baseline::new(&setup)?;
    let mut other = Load::open(host::start(1, || baseline.bind())?, CONNECTIONS, &heads, &setup)?;
    let rounds = interleave(SLICES, &mut [&mut || mpp.slice(&mut ours), &mut || other.slice(EACH)])?;
    let what = format!("{CONNECTIONS} connections, a paid payment");
    let other = "a server by hand on hyper and aws-lc-rs without a database, RSA 2048, one core";
    Ok(Table { other, rows: vec![Row { what, rounds, goal: Goal::Share(GOAL) }] })
}

/// The program as a process, which ends with this value.
struct Mpp {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Mpp {
    fn start(program: &Path, database: &str, setup: &Setup) -> Failable<Self> {
        let folder = tempfile::tempdir()?;
        let callers = folder.path().join("callers");
        fs::create_dir(&callers)?;
        fs::write(callers.join(format!("{}.{VERSION}.pem", client_id(0))), setup.client_key.public().to_text())?;
        fs::write(folder.path().join("mpp.pem"), setup.server_key.text()?)?;
        let free = || TcpListener::bind("127.0.0.1:0")?.local_addr();
        let (address, metrics) = (free()?, free()?);
        let mut mpp = Command::new(program);
        mpp.current_dir(folder.path()).env("MPP_KEY_FILE", "mpp.pem").env("MPP_CALLERS", "callers");
        mpp.env("MPP_DATABASE", database).env("MPP_METRICS_ADDRESS", metrics.to_string());
        mpp.env("ALIPAYPLUS_ADDRESS", address.to_string()).env("TOKIO_WORKER_THREADS", "1").env_remove("RUST_LOG");
        let process = mpp.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut mpp = Self { process, address, _folder: folder };
        for _ in 0..PATIENCE {
            if TcpStream::connect(address).is_ok() {
                return Ok(mpp);
            }
            if let Some(status) = mpp.process.try_wait()? {
                // The database is not named, since its URL may have a password.
                return Err(format!("mpp-postgres ended with {status}: can it use the database?").into());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("mpp-postgres does not listen".into())
    }

    fn slice(&self, load: &mut Load) -> Failable<Cost> {
        let before = Usage::of(&self.process)?.cpu;
        let Cost { wall, .. } = load.slice(EACH)?;
        Ok(Cost { cpu: (Usage::of(&self.process)?.cpu - before) / f64::from(u32::try_from(CONNECTIONS * EACH)?), wall })
    }
}

impl Drop for Mpp {
    fn drop(&mut self) {
        drop(self.process.kill().and_then(|()| self.process.wait()));
    }
}

/// Inserts the payment that the setup asks about, unless an earlier run did.
fn insert(database: &str) -> Failable<()> {
    let sql = format!(
        "INSERT INTO payments VALUES ('{}', '2020010123456789XXXX', 'PAID', NULL, '2020010123456789XXXX', 100, 'JPY', \
         1000, 'KRW', '2020-01-01T12:01:01+08:30', '1234567') ON CONFLICT DO NOTHING",
        client_id(0)
    );
    let mut psql = Command::new("psql");
    psql.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname", database, "--command", &sql]);
    let status = psql.stdin(Stdio::null()).status().map_err(|error| format!("can't start psql: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("psql ended with {status}").into()) }
}
