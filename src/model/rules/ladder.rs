//! The ladder of an adaptive policy (section 7 of the model description), compiled for a world: what the regulator looks at,
//! and the rungs that it may announce.

use crate::model::world::calendar::Calendar;
use crate::model::world::params::Keyed;
use crate::model::world::random::EntityKey;
use crate::scenario::regime;

/// A ladder, compiled for a world. Its numbers belong to a regime, not to the world, so they are drawn by their own keys.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// First day on which the regulator looks.
    pub(in crate::model) from: f64,
    /// Ratio of sustained capacity to awards planned without controls.
    pub(in crate::model) tolerance: Keyed,
    /// Months.
    pub(in crate::model) patience: Keyed,
    /// Months.
    pub(in crate::model) notice: Keyed,
    pub(in crate::model) rungs: Vec<Rung>,
}

#[derive(Debug, Clone)]
pub(in crate::model) struct Rung {
    title: String,
    /// Key of the reviews that its entry into force sets off.
    pub(in crate::model) key: EntityKey,
}

impl Ladder {
    /// Compiles a ladder.
    pub(super) fn new(escalation: &regime::Escalation, calendar: &Calendar) -> Ladder {
        let key = |id: &str| EntityKey::of(&format!("escalation.ladder.{id}"));
        let rungs = escalation.ladder.iter();
        Ladder {
            from: f64::from(calendar.day(escalation.from)),
            tolerance: Keyed::of(&escalation.tolerance),
            patience: Keyed::of(&escalation.patience),
            notice: Keyed::of(&escalation.notice),
            rungs: rungs.map(|(id, rung)| Rung { title: rung.title.clone(), key: key(id) }).collect(),
        }
    }

    /// Names of the rungs, the first first.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.rungs.iter().map(|rung| rung.title.as_str())
    }
}
