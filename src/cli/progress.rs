//! How far a simulation is: a bar on a terminal; elsewhere a line at the start and, if it takes long, one that says how
//! long; nothing where quiet is wanted. All on standard error, whose loss is no reason to stop.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Elsewhere than on a terminal the time left is told once, after this.
const PATIENCE: Duration = Duration::from_secs(5);

/// Progress over trials.
pub(crate) struct Progress {
    quiet: bool,
    bar: Option<ProgressBar>,
    trials: u32,
    /// Trials that an earlier run did.
    before: AtomicU32,
    done: AtomicU32,
    told: AtomicBool,
    began: Instant,
}

impl Progress {
    /// Begins; `what` is told first.
    pub(crate) fn begin(what: &str, trials: u32, quiet: bool) -> Progress {
        let bar = (!quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(u64::from(trials));
            // The template is ours and valid; the plain bar stands in if it ever is not.
            if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {pos} of {len} trials, {eta} left") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        let progress = Progress {
            quiet,
            bar,
            trials,
            before: AtomicU32::new(0),
            done: AtomicU32::new(0),
            told: AtomicBool::new(false),
            began: Instant::now(),
        };
        progress.say(what);
        progress
    }

    /// An earlier run did some; they say nothing of how fast this one is.
    pub(crate) fn skip(&self, trials: u32) {
        self.before.store(trials, Ordering::Relaxed);
        self.done.store(trials, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_position(u64::from(trials));
            bar.reset_eta();
        }
    }

    /// Further trials are done. Called from every thread.
    pub(crate) fn advance(&self, trials: u32) {
        let done = self.done.fetch_add(trials, Ordering::Relaxed) + trials;
        match &self.bar {
            Some(bar) => bar.inc(u64::from(trials)),
            None if self.began.elapsed() >= PATIENCE && !self.told.swap(true, Ordering::Relaxed) => {
                let here = done - self.before.load(Ordering::Relaxed);
                let rest = f64::from(self.trials.saturating_sub(done)) / f64::from(here.max(1));
                let left = self.began.elapsed().mul_f64(rest).as_secs();
                self.say(&format!("{done} of {} trials are done; about {left} s left", self.trials));
            }
            None => {}
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
            let _ = writeln!(io::stderr(), "{what}");
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
