//! A `PostgreSQL` cluster of the test's own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::processes::{end, run, until};

/// A cluster that listens only at a socket in its folder. It ends with the test.
pub(crate) struct Postgres {
    folder: tempfile::TempDir,
    process: Child,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("postgres").tempdir_in("/tmp").unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let data = folder.path().join("data");
        let options = ["--username=postgres", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"];
        run(as_user("initdb").args(options).arg("--pgdata").arg(&data));
        Self { process: serve(folder.path()), folder }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// Executes statements in one transaction, and returns what they print.
    pub(crate) fn execute(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(program("psql"));
        psql.args([
            "--quiet",
            "--no-psqlrc",
            "--tuples-only",
            "--username=postgres",
            "--set=ON_ERROR_STOP=1",
            "--host",
        ]);
        run(psql.arg(self.folder.path()).args(["--dbname", database, "--command", sql]))
    }

    /// Returns how many connections wait for a lock.
    pub(crate) fn waiting(&self) -> usize {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        self.execute("postgres", sql).trim().parse().unwrap()
    }

    /// Ends all connections and the server.
    pub(crate) fn stop(&mut self) {
        end(&mut self.process, "INT");
    }

    pub(crate) fn start_again(&mut self) {
        self.process = serve(self.folder.path());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Not SIGKILL, which would leave its shared memory.
        self.stop();
    }
}

fn serve(folder: &Path) -> Child {
    let mut server = as_user("postgres");
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    server.args(["-c", "listen_addresses=", "-c", "fsync=off"]);
    let process = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_ready = || {
        let mut ready = Command::new(program("pg_isready"));
        ready.args(["--quiet", "--host"]).arg(folder).status().unwrap().success()
    };
    until("PostgreSQL does not start", is_ready);
    process
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// Returns a command for a program of `PostgreSQL`, which refuses to run as root.
fn as_user(name: &str) -> Command {
    let program = program(name);
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    // It ends with the thread of the test, also when that is killed.
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT", "--"]).arg(program);
    // A folder that this user can enter.
    command.current_dir("/");
    command
}

/// Returns the path of a program of `PostgreSQL`. Debian keeps the server's out of the search path.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let mut programs = folders.into_iter().map(|folder| folder.join(name)).filter(|file| file.is_file());
    programs.next_back().unwrap_or_else(|| panic!("`{name}` of PostgreSQL is missing: apt-get install postgresql"))
}
