//! What a study shows while it runs: a bar or lines of progress, advice and warnings, all on standard error; and Ctrl-C, which ends
//! it.

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::interrupt::Interrupt;
use super::progress::Progress;
use super::stderr;
use crate::report::number::trials as trials_of;
use crate::study::{Event, Observer, Phase};
use crate::units::counted;

/// About what figures and tables take after the last trial, for the time left.
const DRAWING: Duration = Duration::from_secs(3);

/// About what tables alone take.
const WRITING: Duration = Duration::from_secs(1);

/// The terminal, or whoever reads standard error.
pub(super) struct Console {
    quiet: bool,
    /// Listens from the moment when a study can be stopped without a loss; before, Ctrl-C ends the program in the system's way.
    interrupt: OnceLock<Interrupt>,
    /// The trials under way, and what is said when they are done.
    trials: Mutex<Option<(Progress, &'static str)>>,
}

impl Console {
    /// One that says only what must not be missed, if `quiet`.
    pub(super) fn new(quiet: bool) -> Console {
        Console { quiet, interrupt: OnceLock::new(), trials: Mutex::new(None) }
    }

    /// Says how far things are.
    pub(super) fn say(&self, what: &str) {
        if !self.quiet {
            stderr::progress(what);
        }
    }

    fn begin(&self, phase: Phase<'_>, trials: u32, done: u32, seed: u64, figures: bool) {
        let (what, end) = announced(phase, trials, seed, figures);
        let mut progress = Progress::begin(&what, trials, self.quiet);
        if let Phase::Experiment { .. } = phase {
            progress = progress.with_end(if figures { DRAWING } else { WRITING });
        }
        if done > 0 {
            progress.skip(done);
        }
        *self.trials.lock().unwrap_or_else(PoisonError::into_inner) = Some((progress, end));
    }

    fn with_trials(&self, then: impl FnOnce(&Progress, &str)) {
        if let Some((progress, end)) = &*self.trials.lock().unwrap_or_else(PoisonError::into_inner) {
            then(progress, end);
        }
    }
}

impl Observer for Console {
    fn see(&self, event: Event<'_>) {
        match event {
            Event::Problems(problems) => stderr::warnings(problems),
            Event::Advice(_) if self.quiet => {}
            Event::Advice(sentence) | Event::Warning(sentence) => stderr::warning(sentence),
            Event::Resumed(done) => self.say(&format!("going on after {}", trials_of(done))),
            Event::NoCheckpoint => self.say("there is no checkpoint: starting from the beginning"),
            Event::Discarding(folder) => {
                let folder = folder.display();
                self.say(&format!("discarding the unfinished work in {folder} (--resume would have continued it)"));
            }
            Event::Began { phase, trials, done, seed, figures } => self.begin(phase, trials, done, seed, figures),
            Event::Advanced(trials) => self.with_trials(|progress, _| progress.advance(trials)),
            Event::Simulated => self.with_trials(Progress::end),
            Event::Writing => {
                if let Some(interrupt) = self.interrupt.get() {
                    interrupt.writing();
                }
            }
        }
    }

    fn stop(&self) -> &AtomicBool {
        self.interrupt.get_or_init(Interrupt::listen).flag()
    }
}

/// What is said when trials begin, and when they are done.
fn announced(phase: Phase<'_>, trials: u32, seed: u64, figures: bool) -> (String, &'static str) {
    let count = |n: usize, what: &str| counted(n as u64, what);
    let all = trials_of(trials);
    match phase {
        Phase::Experiment { scenarios, growing, threads, ranks } => {
            let most = if growing { "at most " } else { "" };
            let of_each = if ranks > 1 { format!(" of each of {ranks} ranks") } else { String::new() };
            let (scenarios, threads) = (count(scenarios, "scenario"), count(threads, "thread"));
            let what = format!("simulating {scenarios}, {most}{all} each, seed {seed}, on {threads}{of_each}");
            (what, if figures { "drawing figures and tables" } else { "" })
        }
        Phase::Backtest { scenario, start, end, observations } => {
            let observations = count(observations, "observation");
            let what = format!("simulating {scenario} from {start} to {end}, {all}, seed {seed}, for {observations}");
            (what, if figures { "drawing the figure and the table" } else { "" })
        }
        Phase::Trace { scenario } => (
            format!("simulating {scenario}, {all}, seed {seed}"),
            if figures { "drawing the figure and the table" } else { "" },
        ),
        Phase::Prior => (format!("simulating: {all}, seed {seed}"), ""),
        Phase::Posterior => (format!("testing the posterior: {all}, seed {seed}"), ""),
    }
}
