//! Asking the person at the terminal for something that nobody else shall see.

use std::io;

use secrecy::SecretString;
use tokio::sync::oneshot;

/// Asks for a line that is not shown while it is typed. Standard input and output may be elsewhere.
///
/// # Errors
/// When there is no terminal, as in a batch job, or nothing is typed into it.
pub(crate) async fn ask_hidden(prompt: &str) -> io::Result<SecretString> {
    // Dropped with the question when somebody interrupts it: the terminal shows again what is typed.
    let quiet = Quiet::with(prompt)?;
    let reader = quiet.reader()?;
    let (sender, receiver) = oneshot::channel();
    // Not one of the runtime's threads: the end of the command does not wait for a line that never comes.
    std::thread::Builder::new()
        .name("passphrase".to_owned())
        .spawn(move || sender.send(reader.line()))?;
    let typed = receiver.await;
    typed.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
}

#[cfg(unix)]
use unix::Quiet;

/// Crates that ask for passwords change the terminal from the thread that waits for the line, so that nobody changes
/// it back when the question is interrupted. Here that is the matter of the one who asks.
#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Read as _, Write as _};

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use secrecy::SecretString;
    use secrecy::zeroize::Zeroizing;

    /// What a terminal keeps of a line.
    const LONGEST: usize = 4096;

    /// The terminal, which shows nothing of what is typed for as long as this lives.
    pub(super) struct Quiet {
        terminal: File,
        before: Termios,
    }

    impl Quiet {
        /// Hides first and asks then, so that nothing typed early is shown.
        pub(super) fn with(prompt: &str) -> io::Result<Self> {
            let terminal = File::options().read(true).write(true).open("/dev/tty")?;
            let before = tcgetattr(&terminal)?;
            let mut hidden = before.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            // The end of the line is shown all the same.
            hidden.local_modes.insert(LocalModes::ECHONL);
            tcsetattr(&terminal, OptionalActions::Now, &hidden)?;
            let mut quiet = Self { terminal, before };
            quiet.terminal.write_all(prompt.as_bytes())?;
            Ok(quiet)
        }

        pub(super) fn reader(&self) -> io::Result<Reader> {
            self.terminal.try_clone().map(Reader)
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            // A terminal that is gone shows nothing in any case.
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }

    /// Waits for a line of the terminal.
    pub(super) struct Reader(File);

    impl Reader {
        pub(super) fn line(mut self) -> io::Result<SecretString> {
            let mut typed = Zeroizing::new([0; LONGEST]);
            // A terminal hands over a whole line.
            let count = self.0.read(&mut *typed)?;
            let line = typed.get(..count).unwrap_or_default();
            let line = std::str::from_utf8(line).map_err(io::Error::other)?;
            if line.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
        }
    }
}

#[cfg(not(unix))]
use other::Quiet;

#[cfg(not(unix))]
mod other {
    use std::io::{self, Write as _};

    use secrecy::SecretString;

    /// Here the one who reads hides what is typed.
    pub(super) struct Quiet;

    impl Quiet {
        pub(super) fn with(prompt: &str) -> io::Result<Self> {
            let mut out = io::stderr().lock();
            out.write_all(prompt.as_bytes())?;
            out.flush()?;
            Ok(Self)
        }

        pub(super) fn reader(&self) -> io::Result<Reader> {
            Ok(Reader)
        }
    }

    pub(super) struct Reader;

    impl Reader {
        pub(super) fn line(self) -> io::Result<SecretString> {
            rpassword::read_password().map(SecretString::from)
        }
    }
}
