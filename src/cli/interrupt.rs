//! Ctrl-C: the first asks the run to end cleanly, a second ends it at once, except while files are being written, which
//! takes a moment only and leaves all or nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::stderr;
use crate::study::StudyError;

/// Exit code of an interrupted run.
const EXIT: i32 = 130;

/// Whether the user wants the run to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    stop: Arc<AtomicBool>,
    writing: Arc<AtomicBool>,
}

/// Lets a write past a limit on the size of files (`ulimit -f`, which batch systems set) fail as on a full disk. The system else
/// ends the program by a signal, without a word.
pub(super) fn outlive_limits() {
    #[cfg(unix)]
    {
        // Where the handler can't be had, the limit still holds: the system ends the program.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

impl Interrupt {
    /// Starts to listen. Where that is not possible, Ctrl-C ends the program in the system's way.
    pub(crate) fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        let heard = interrupt.clone();
        let _ = ctrlc::set_handler(move || {
            let again = heard.stop.swap(true, Ordering::SeqCst);
            if again && !heard.writing.load(Ordering::SeqCst) {
                stderr::error(StudyError::Interrupted { when: "twice".to_owned(), written: None }.into());
                std::process::exit(EXIT);
            }
        });
        interrupt
    }

    /// The flag that a long computation looks at.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// The same flag, for a thread of its own.
    pub(crate) fn shared_flag(&self) -> Arc<AtomicBool> {
        self.stop.clone()
    }

    /// From here on files are written.
    pub(crate) fn writing(&self) {
        self.writing.store(true, Ordering::SeqCst);
    }
}
