//! How far a simulation is: a bar on a terminal; elsewhere a line at the start and, if it takes long, one that says how
//! long; nothing where quiet is wanted. All on standard error, whose loss is no reason to stop.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::pace::{self, Pace};
use super::terminal::stderr;

/// Elsewhere than on a terminal the time left is told after this, and again whenever it has taken twice as long.
const PATIENCE: Duration = Duration::from_secs(5);

/// It is told at least so often.
const MOST_PATIENCE: Duration = Duration::from_secs(600);

/// A bar tells it anew after this.
const GLANCE: Duration = Duration::from_millis(200);

/// Progress over trials.
pub(crate) struct Progress {
    quiet: bool,
    bar: Option<ProgressBar>,
    state: Mutex<State>,
    began: Instant,
}

struct State {
    trials: u32,
    done: u32,
    pace: Pace,
    /// When the time left is told next.
    next: Duration,
}

impl Progress {
    /// Begins; `what` is told first.
    pub(crate) fn begin(what: &str, trials: u32, quiet: bool) -> Progress {
        let bar = (!quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(u64::from(trials));
            // The template is ours and valid; the plain bar stands in if it ever is not.
            if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {pos} of {len} trials{msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        let next = if bar.is_some() { GLANCE } else { PATIENCE };
        let state = State { trials, done: 0, pace: Pace::new(trials), next };
        let progress = Progress { quiet, bar, state: Mutex::new(state), began: Instant::now() };
        progress.say(what);
        progress
    }

    /// What comes after the trials takes about this long.
    pub(crate) fn with_end(self, after: Duration) -> Progress {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).pace.then(after.as_secs_f64());
        self
    }

    /// An earlier run did some; they say nothing of how fast this one is.
    pub(crate) fn skip(&self, trials: u32) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done = trials;
        state.pace.skip(self.began.elapsed().as_secs_f64(), trials);
        if let Some(bar) = &self.bar {
            bar.set_position(u64::from(trials));
        }
    }

    /// Further trials are done. Called from every thread.
    pub(crate) fn advance(&self, trials: u32) {
        let elapsed = self.began.elapsed();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += trials;
        let done = state.done;
        state.pace.note(elapsed.as_secs_f64(), done);
        if let Some(bar) = &self.bar {
            bar.set_position(u64::from(done));
        }
        if elapsed < state.next {
            return;
        }
        let Some(left) = state.pace.left(elapsed.as_secs_f64()).map(pace::words) else { return };
        match &self.bar {
            Some(bar) => {
                state.next = elapsed + GLANCE;
                bar.set_message(format!(", about {left} left"));
            }
            None => {
                state.next = (2 * elapsed).min(elapsed + MOST_PATIENCE);
                self.say(&format!("{done} of {} trials are done; about {left} left", state.trials));
            }
        }
    }

    /// What comes after the trials.
    pub(crate) fn end(&self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.say(what);
    }

    fn say(&self, what: &str) {
        if !self.quiet && !what.is_empty() {
            let _ = writeln!(stderr(), "{what}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
