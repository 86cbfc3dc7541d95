//! How much time is left, from how fast trials were done: a pure function of what was noted when, so that it can be tested
//! on rates of any kind. The first trials are slower than the rest (memory is touched for the first time, caches are cold),
//! and trials end in bursts, a chunk on every thread at about the same time: so the rate is that of the later half of what
//! is done, from one end of a burst to another.

/// Marks that are kept: enough to find the middle of what is done to one percent.
const MARKS: f64 = 200.0;

/// Estimates the time left.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    total: f64,
    /// Seconds that follow the last trial.
    after: f64,
    /// Seconds since the start, and trials done by then; both rise.
    marks: Vec<(f64, f64)>,
}

impl Pace {
    /// Of so many trials.
    pub(crate) fn new(total: u32) -> Pace {
        Pace { total: f64::from(total), after: 0.0, marks: vec![(0.0, 0.0)] }
    }

    /// So many seconds follow the last trial.
    pub(crate) fn then(&mut self, seconds: f64) {
        self.after = seconds;
    }

    /// So many trials were done before, in no time.
    pub(crate) fn skip(&mut self, at: f64, done: u32) {
        self.marks = vec![(at, f64::from(done))];
    }

    /// So many trials are done in all, so many seconds after the start.
    pub(crate) fn note(&mut self, at: f64, done: u32) {
        let done = f64::from(done);
        let (_, last) = self.last();
        // The second mark comes at once; the first estimate must not wait.
        if self.marks.len() < 2 || done - last >= self.total / MARKS || done >= self.total {
            self.marks.push((at, done));
        }
    }

    fn last(&self) -> (f64, f64) {
        self.marks.last().copied().unwrap_or_default()
    }

    /// Seconds left, so many seconds after the start; `None` where nothing is known yet.
    pub(crate) fn left(&self, at: f64) -> Option<f64> {
        let ((_, first), (now, done)) = (*self.marks.first()?, self.last());
        let half = first + 0.5 * (done - first);
        let (since, by) = *self.marks.iter().rev().find(|(_, trials)| *trials <= half)?;
        let (trials, time) = (done - by, now - since);
        if trials <= 0.0 || time <= 0.0 {
            return None;
        }
        let rest = (self.total - done) * time / trials - (at - now);
        Some(rest.max(0.0) + self.after)
    }
}

/// A time as it is told.
pub(crate) fn words(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match seconds {
        s if s < 90.0 => format!("{} s", s.ceil()),
        s if s < 5400.0 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs through a run whose trials are done at the times that `ends` gives, in bursts of `burst`, `skipped` of them by an
    /// earlier run; from a tenth of what is left to do on, the estimate must be right within a factor of 2.
    #[track_caller]
    fn holds(trials: u32, burst: u32, skipped: u32, after: f64, ends: impl Fn(u32) -> f64) {
        let mut pace = Pace::new(trials);
        pace.then(after);
        if skipped > 0 {
            pace.skip(0.0, skipped);
        }
        let mut done = skipped;
        while done < trials {
            done = (done + burst).min(trials);
            let now = ends(done);
            pace.note(now, done);
            if done - skipped < (trials - skipped) / 10 {
                continue;
            }
            // At the burst, and shortly before the next one.
            let next = ends((done + burst).min(trials));
            for at in [now, now + 0.9 * (next - now)] {
                let (told, truth) = (pace.left(at).unwrap(), ends(trials) + after - at);
                let slack = 2.0 * (next - now) + 1e-9;
                assert!(
                    told <= 2.0 * truth + slack && truth <= 2.0 * told + slack,
                    "at {done}: {told} s told, {truth} s true"
                );
            }
        }
    }

    #[test]
    fn a_steady_pace_is_told_right() {
        holds(4000, 1, 0, 0.0, |done| 0.01 * f64::from(done));
        holds(4000, 250, 0, 0.0, |done| 0.01 * f64::from(done));
        holds(1_000_000, 256, 0, 0.0, |done| 0.001 * f64::from(done));
    }

    #[test]
    fn a_slow_start_is_forgotten() {
        // The first 2 percent take ten times as long.
        let ends = |done: u32| 0.01 * f64::from(done) + 0.09 * f64::from(done.min(80));
        holds(4000, 40, 0, 0.0, ends);
    }

    #[test]
    fn what_was_done_before_says_nothing_of_the_pace() {
        holds(4000, 20, 3000, 0.0, |done| 0.05 * f64::from(done - 3000));
    }

    #[test]
    fn a_pace_that_changes_slowly_is_followed() {
        // Half as fast at the end as at the start.
        holds(4000, 10, 0, 0.0, |done| {
            let share = f64::from(done) / 4000.0;
            40.0 * (share + 0.5 * share * share)
        });
    }

    #[test]
    fn what_comes_after_the_trials_is_counted() {
        holds(400, 8, 0, 3.0, |done| 0.01 * f64::from(done));
    }

    #[test]
    fn nothing_is_told_of_nothing() {
        assert_eq!(Pace::new(100).left(5.0), None);
        assert_eq!((words(0.2), words(89.0), words(150.0)), ("1 s".into(), "89 s".into(), "3 min".into()));
        assert_eq!(words(7500.0), "2 h 5 min");
    }
}
