//! The adapter as one process for all faults: it reads a JSON line per fault and writes one for each.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Mutex as Turn, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::process::{Group, command};
use super::task::{Conclusion, Ended, MOST, PATIENCE, Task, last_line, shortened};

/// How long the rest of what a process has complained about is read after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The adapter, which is started again if it has ended.
pub(crate) struct Adapter {
    words: Vec<OsString>,
    authority: Option<PathBuf>,
    running: Turn<Option<Running>>,
}

/// A process of the adapter.
struct Running {
    stdin: ChildStdin,
    heard: Arc<Mutex<Heard>>,
    count: u64,
    _tasks: JoinSet<()>,
}

/// What a process has said so far.
#[derive(Default)]
struct Heard {
    /// Who waits for the answer of each line.
    waiting: HashMap<String, oneshot::Sender<Conclusion>>,
    printed: String,
    complained: String,
    /// Why no more answers come.
    ended: Option<String>,
    /// Whether it closed its output and ended with success.
    ended_well: bool,
}

impl Heard {
    fn end(&mut self, why: &str) {
        self.ended = Some(why.to_owned());
        self.waiting.clear();
    }
}

/// A line that was written to the adapter.
struct Asked {
    answer: oneshot::Receiver<Conclusion>,
    heard: Arc<Mutex<Heard>>,
    started: Instant,
    /// How much had been printed before.
    printed: usize,
    complained: usize,
    /// Whether it is the first line of its process.
    is_first: bool,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    #[serde(flatten)]
    conclusion: Conclusion,
}

impl Adapter {
    pub(crate) fn new(words: &[OsString], authority: Option<&Path>) -> Self {
        Self { words: words.to_vec(), authority: authority.map(Path::to_owned), running: Turn::default() }
    }

    /// Gives the adapter a task and waits for its answer. One that does not answer is ended, and with it all that it does.
    pub(crate) async fn run(&self, task: &Task<'_>) -> io::Result<Ended> {
        let Asked { answer, heard, started, printed, complained, is_first } = self.ask(task).await?;
        let concluded = match timeout(task.deadline + PATIENCE, answer).await {
            Ok(Ok(conclusion)) => Ok(conclusion),
            // It was about to end after an earlier answer when it was given this task.
            Ok(Err(_)) if !is_first && lock(&heard).ended_well => return Box::pin(self.run(task)).await,
            // Whoever drops the sender says why.
            Ok(Err(_)) => Err(lock(&heard).ended.clone().unwrap_or_default()),
            Err(_) => {
                self.running.lock().await.take();
                let why = format!("it had not answered {} s after the deadline, and was ended", PATIENCE.as_secs());
                lock(&heard).end(&why);
                Err(why)
            }
        };
        let heard = lock(&heard);
        Ok(Ended {
            concluded,
            started,
            at: Instant::now(),
            printed: heard.printed.get(printed..).unwrap_or_default().to_owned(),
            complained: heard.complained.get(complained..).unwrap_or_default().to_owned(),
        })
    }

    async fn ask(&self, task: &Task<'_>) -> io::Result<Asked> {
        let mut running = self.running.lock().await;
        let has_ended = |running: &Running| lock(&running.heard).ended.is_some();
        if running.as_ref().is_none_or(has_ended) {
            *running = Some(self.start()?);
        }
        let Some(running) = running.as_mut() else { return Err(io::ErrorKind::NotFound.into()) };
        running.count += 1;
        let id = running.count.to_string();
        let (sender, answer) = oneshot::channel();
        let (printed, complained) = {
            let mut heard = lock(&running.heard);
            heard.waiting.insert(id.clone(), sender);
            (heard.printed.len(), heard.complained.len())
        };
        let texts = task.named().into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
        let line: Map<String, Value> = [("id".to_owned(), Value::from(id))].into_iter().chain(texts).collect();
        let started = Instant::now();
        // One that has ended does not read; its reader tells who waits.
        let _ = running.stdin.write_all(format!("{}\n", Value::from(line)).as_bytes()).await;
        let is_first = running.count == 1;
        Ok(Asked { answer, heard: Arc::clone(&running.heard), started, printed, complained, is_first })
    }

    fn start(&self) -> io::Result<Running> {
        let mut child = command(&self.words, self.authority.as_deref())?.stdin(Stdio::piped()).spawn()?;
        let group = Group::of(&child);
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let heard = Arc::<Mutex<Heard>>::default();
        let mut tasks = JoinSet::new();
        let (complaining, has_complained) = oneshot::channel::<()>();
        tasks.spawn({
            let heard = Arc::clone(&heard);
            async move {
                complaints(stderr, heard).await;
                drop(complaining);
            }
        });
        tasks.spawn({
            let heard = Arc::clone(&heard);
            async move {
                let why = answers(stdout, &heard).await;
                drop(group);
                let status = child.wait().await;
                // What it complained about last says why. Someone else may keep its stderr open.
                let _ = timeout(LAST_WORDS, has_complained).await;
                let mut heard = lock(&heard);
                heard.ended_well = why.is_none() && status.as_ref().is_ok_and(ExitStatus::success);
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                let complaint = shortened(last_line(&heard.complained));
                heard.end(&why.unwrap_or_else(|| format!("it ended with {status}: {complaint}")));
            }
        });
        Ok(Running { stdin, heard, count: 0, _tasks: tasks })
    }
}

/// Hands out answers until the adapter closes its output, or breaks the protocol: why.
async fn answers(stdout: ChildStdout, heard: &Mutex<Heard>) -> Option<String> {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let read = (&mut stdout).take(MOST).read_until(b'\n', &mut line).await;
        if matches!(read, Err(_) | Ok(0)) {
            return None;
        }
        let line = String::from_utf8_lossy(&line);
        let mut heard = lock(heard);
        heard.printed.push_str(&line);
        if heard.printed.len() as u64 >= MOST {
            return Some(format!("it printed more than {MOST} bytes"));
        }
        let line = line.trim();
        match serde_json::from_str(line) {
            Ok(Line { id, conclusion }) => match heard.waiting.remove(&id) {
                // Who waited has left after its time.
                Some(waiting) => drop(waiting.send(conclusion)),
                None => {
                    return Some(format!("it answered `{}`, which was not asked or had its answer", shortened(&id)));
                }
            },
            Err(error) => return Some(format!("it wrote a line that is no answer ({error}): {}", shortened(line))),
        }
    }
}

async fn complaints(mut stderr: impl AsyncRead + Unpin, heard: Arc<Mutex<Heard>>) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = stderr.read(&mut bytes).await {
        let mut heard = lock(&heard);
        if (heard.complained.len() as u64) < MOST {
            heard.complained.push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
