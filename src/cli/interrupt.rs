//! Ctrl-C: the first asks the run to end cleanly, a second ends it at once, except while files are being written, which
//! takes a moment only and leaves all or nothing.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;
use super::terminal::stderr;

/// Exit code of an interrupted run.
const EXIT: i32 = 130;

/// Whether the user wants the run to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    stop: Arc<AtomicBool>,
    writing: Arc<AtomicBool>,
}

impl Interrupt {
    /// Starts to listen. Where that is not possible, Ctrl-C ends the program in the system's way.
    pub(crate) fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        let heard = interrupt.clone();
        let _ = ctrlc::set_handler(move || {
            let again = heard.stop.swap(true, Ordering::SeqCst);
            if again && !heard.writing.load(Ordering::SeqCst) {
                let _ = writeln!(stderr(), "error: interrupted twice; nothing was written");
                std::process::exit(EXIT);
            }
        });
        interrupt
    }

    /// The flag that a long computation looks at.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Whether the user wants to stop.
    pub(crate) fn wanted(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// From here on files are written.
    pub(crate) fn writing(&self) {
        self.writing.store(true, Ordering::SeqCst);
    }

    /// Ends the command if the user wants to stop. `when` completes "interrupted ...".
    ///
    /// # Errors
    /// [`CliError::Interrupted`].
    pub(crate) fn heed(&self, when: &str, written: Option<PathBuf>) -> Result<(), CliError> {
        match self.wanted() {
            true => Err(CliError::Interrupted { when: when.to_owned(), written }),
            false => Ok(()),
        }
    }
}
