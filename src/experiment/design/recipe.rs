//! A design as it is written down: in a checkpoint or a shard, from where it is made again.

use serde::{Deserialize, Serialize};

use super::{Design, Kind, Lever, Request, Variation};

/// A design with its numbers settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    kind: String,
    points: u32,
    replications: u32,
    /// Parameters of the world and their values.
    levers: Vec<(String, Vec<String>)>,
    /// Values of the regimes, each of which stands as a scenario.
    variations: Vec<(String, Vec<String>)>,
}

impl Recipe {
    /// That of a design of so many trials.
    pub fn of(design: &Design, trials: u32) -> Recipe {
        let numbers = |lever: &Lever| lever.values().iter().map(f64::to_string).collect();
        Recipe {
            kind: design.kind().name().to_owned(),
            points: design.points(trials),
            replications: design.replications(),
            levers: design.levers().iter().map(|lever| (lever.path().to_owned(), numbers(lever))).collect(),
            variations: design.variations().iter().map(|v| (v.path.clone(), v.values.clone())).collect(),
        }
    }

    /// What gives the design again; `None` if it is none that could have been written.
    pub fn request(&self) -> Option<Request> {
        let lever = |(path, values): &(String, Vec<String>)| {
            let values = values.iter().map(|value| value.parse().ok()).collect::<Option<Vec<f64>>>()?;
            Lever::new(path, values)
        };
        let variation =
            |(path, values): &(String, Vec<String>)| Variation { path: path.clone(), values: values.clone() };
        Some(Request {
            kind: Kind::parse(&self.kind)?,
            points: Some(self.points),
            replications: Some(self.replications),
            trials: None,
            levers: self.levers.iter().map(lever).collect::<Option<_>>()?,
            variations: self.variations.iter().map(variation).collect(),
        })
    }
}

impl std::fmt::Display for Recipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} with {} points and {} replications", self.kind, self.points, self.replications)?;
        for (path, values) in self.levers.iter().chain(&self.variations) {
            write!(f, ", {path} at {}", values.join(" and "))?;
        }
        Ok(())
    }
}
