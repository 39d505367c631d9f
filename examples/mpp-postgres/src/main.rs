//! An MPP on PostgreSQL. `README.md` has its settings; `payments.rs` is the file to replace.

mod payments;

use std::env::{self, VarError};
use std::fmt::Display;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::str::FromStr;

use alipayplus_server::{HttpServer, KeyRing, PrivateKey, Server};
use anyhow::{Context as _, Result, anyhow};
use metrics_exporter_prometheus::PrometheusBuilder;
use payments::Payments;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// From a signature by a key in memory, 1 ms, to the deadline of a request, 4.5 s.
const BUCKETS: [f64; 15] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 3.75, 4.5];

/// Reads a setting from an environment variable.
fn setting<T: FromStr<Err: Display>>(name: &str, default: Option<&str>) -> Result<T> {
    let text = match (env::var(name), default) {
        (Err(VarError::NotPresent), Some(default)) => default.to_owned(),
        (text, _) => text.with_context(|| name.to_owned())?,
    };
    text.parse().map_err(|error| anyhow!("{name}: {error}"))
}

async fn run() -> Result<()> {
    let http = HttpServer::from_env()?;
    let key = PrivateKey::from_file(setting::<String>("MPP_KEY_FILE", None)?)?;
    let server = Server::builder()
        .sign_with(setting("MPP_KEY_VERSION", Some("1"))?, key)
        .callers(KeyRing::watch(setting::<String>("MPP_CALLERS", None)?)?)
        .build()?;
    let metrics: SocketAddr = setting("MPP_METRICS_ADDRESS", Some("127.0.0.1:9090"))?;
    let exporter = PrometheusBuilder::new().with_http_listener(metrics).set_buckets(&BUCKETS)?;
    exporter.install().with_context(|| format!("can't serve metrics at {metrics}"))?;
    let database = setting("MPP_DATABASE", None)?;
    let payments = Payments::open(database, setting("MPP_DATABASE_CONNECTIONS", Some("10"))?).await?;
    let server = server.inquiry_payment(payments.clone());
    http.ready(move || payments.clone().answer()).serve(server).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let info = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    tracing_subscriber::fmt().json().with_env_filter(info.from_env_lossy()).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(cause = format!("{error:#}"), "failed");
            ExitCode::FAILURE
        }
    }
}
