//! Whole requests before the real server and whole answers before the real client, changed on their way.

mod change;
mod client_side;
mod genuine;
mod server_side;
mod wire;

use crate::failure::Failure;
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "requests",
    about: "changed requests before the server, changed answers before the client: none that differs in a signed byte",
    run,
};

fn run(run: &mut Run) -> Result<(), Failure> {
    // Its clock stands still, too: whatever would have to wait is late at once.
    let runtime = runtime::paused()?;
    server_side::run(run, &runtime)?;
    client_side::run(run, &runtime)
}
