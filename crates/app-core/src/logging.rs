//! The log: JSON lines in a file a day, seven kept, with a last net that takes secrets out.

use std::io;
use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::files;
use crate::redact::redact;

/// How many days are kept.
const DAYS: usize = 7;

/// What is written when `SIFTER_LOG` says nothing. Libraries that may log what servers said are quiet.
const DEFAULT_FILTER: &str = "info,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,h2=warn,\
                              keyring_core=warn,zbus=warn,tracing=warn";

/// Keeps the log being written; what is left in memory is written when it is dropped.
#[derive(Debug)]
#[must_use = "the log stops when this is dropped"]
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Starts the log in `folder`, for the whole process. `SIFTER_LOG` chooses what is written.
///
/// # Errors
/// When the folder cannot be made or written to, or the process has a log already.
pub fn start_log(folder: &Path) -> io::Result<LogGuard> {
    files::make_private_folder(folder)?;
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("sifter")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .map_err(io::Error::other)?;
    let (writer, worker) = tracing_appender::non_blocking(appender);
    let filter =
        EnvFilter::try_from_env("SIFTER_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(Redacting(writer))
        .finish();
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    Ok(LogGuard { _worker: worker })
}

/// A writer of log lines that takes secrets out of each.
struct Redacting<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingLine<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingLine(self.0.make_writer())
    }
}

/// One event: the formatter hands a whole line to a single `write_all`.
struct RedactingLine<W>(W);

impl<W: io::Write> io::Write for RedactingLine<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(redact(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_logged_secret_does_not_reach_the_file() {
        let shared = Shared::default();
        let copy = shared.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(Redacting(move || copy.clone()))
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(
                url = "http://127.0.0.1:1/callback?code=hunter2hunter2",
                "Bearer hunter2hunter2"
            );
            tracing::warn!(error = ?Some("access_token=hunter2hunter2"), "it failed");
        });
        let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("it failed"), "{text}");
        assert_eq!(text.lines().count(), 2);
        assert!(!text.contains("hunter2"), "{text}");
    }
}
