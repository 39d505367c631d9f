//! Changed requests to the real server, and changed responses to the real client.

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
    about: "changed requests to the server, changed responses to the client: any changed signed byte is refused",
    run,
};

fn run(run: &mut Run) -> Result<(), Failure> {
    // A paused clock: a wait ends at once.
    let runtime = runtime::paused()?;
    server_side::run(run, &runtime)?;
    client_side::run(run, &runtime)
}
