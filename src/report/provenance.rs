//! Where a result comes from, in the words that every figure and table carries: the version of the program, what was run, the
//! hashes of its scenarios, trials and seed. Made once for a result, so that no two of its files can say it differently.

use super::build;
use super::number::{plain, thousands};
use crate::analysis::calibration::result::CalibrationResult;
use crate::analysis::results::Comparison;
use crate::analysis::score::Backtest;
use crate::analysis::trace::Trace;
use crate::experiment::Plan;
use crate::experiment::sketch::SHOWN_ERROR;

/// Digits of a hash that tell it from any other in a sentence; files that can hold more hold all.
const SHORT: usize = 12;

/// A scenario that went into a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingredient {
    /// Its id.
    pub id: String,
    /// One line that says what it is.
    pub title: String,
    /// BLAKE3 of the resolved scenario, in hexadecimal; `None` of a world without controls that nobody named, which follows
    /// from the others.
    pub hash: Option<String>,
}

impl Ingredient {
    /// The first digits of the hash, or that it has none of its own.
    pub fn short(&self) -> &str {
        self.hash.as_ref().map_or("implied", |hash| &hash[..hash.len().min(SHORT)])
    }
}

/// Where a result comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// What was done: `comparison`, `backtest`, `calibration` or `trace`.
    pub kind: &'static str,
    /// The name of the comparison, or the id of the scenario.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// Trials a scenario.
    pub trials: u32,
    /// Master seed.
    pub seed: u64,
    /// The scenarios, in the result's order.
    pub scenarios: Vec<Ingredient>,
    /// What else the numbers follow from, by name.
    pub further: Vec<(&'static str, String)>,
}

impl Provenance {
    /// That of a comparison. `hashes` are ids and hashes of the resolved scenarios.
    pub fn of_comparison(plan: &Plan, comparison: &Comparison, hashes: &[(String, String)]) -> Provenance {
        let hash = |id: &str| hashes.iter().find(|(known, _)| known == id).map(|(_, hash)| hash.clone());
        let scenarios = plan.scenarios.iter().map(|planned| Ingredient {
            id: planned.id.clone(),
            title: planned.title.clone(),
            hash: hash(&planned.id),
        });
        let reference = plan.scenarios.get(comparison.reference).map(|planned| planned.id.clone());
        let design = (!plan.design.is_plain()).then(|| plan.design.kind().name().to_owned());
        // Trials are kept, or else counted.
        let quantiles = comparison
            .sketched
            .then(|| format!("from counts in fixed bins, right to {}% of their value", plain(100.0 * SHOWN_ERROR)));
        let further = [("reference", reference), ("design", design), ("quantiles", quantiles)];
        Provenance {
            kind: "comparison",
            name: comparison.name.clone(),
            title: comparison.title.clone(),
            trials: comparison.trials,
            seed: comparison.seed,
            scenarios: scenarios.collect(),
            further: further.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        }
    }

    /// That of a comparison with observations. `hash` is that of the resolved scenario.
    pub fn of_backtest(backtest: &Backtest, hash: &str) -> Provenance {
        Provenance {
            kind: "backtest",
            name: backtest.scenario.clone(),
            title: backtest.title.clone(),
            trials: backtest.trials,
            seed: backtest.seed,
            scenarios: vec![Ingredient {
                id: backtest.scenario.clone(),
                title: backtest.title.clone(),
                hash: Some(hash.to_owned()),
            }],
            further: vec![("observations", backtest.file.clone())],
        }
    }

    /// That of a calibration.
    pub fn of_calibration(found: &CalibrationResult<'_>) -> Provenance {
        let scenario = found.scenario;
        Provenance {
            kind: "calibration",
            name: scenario.id.clone(),
            title: scenario.title.clone(),
            trials: found.trials,
            seed: found.seed,
            scenarios: vec![Ingredient {
                id: scenario.id.clone(),
                title: scenario.title.clone(),
                hash: Some(scenario.hash.clone()),
            }],
            further: vec![("observations", format!("to {}", found.until))],
        }
    }

    /// That of a trace.
    pub fn of_trace(trace: &Trace) -> Provenance {
        let trial = trace.of.trial().map(|number| ("trial", number.to_string()));
        Provenance {
            kind: "trace",
            name: trace.scenario.clone(),
            title: trace.title.clone(),
            trials: trace.of.count(),
            seed: trace.seed,
            scenarios: vec![Ingredient {
                id: trace.scenario.clone(),
                title: trace.title.clone(),
                hash: Some(trace.hash.clone()),
            }],
            further: trial.into_iter().collect(),
        }
    }

    /// Version of the program.
    pub fn version(&self) -> &'static str {
        build::VERSION
    }

    /// All of it in a line, for metadata.
    pub fn line(&self) -> String {
        let mut line = format!(
            "chokepoint {}; {} {}; scenarios {}",
            self.version(),
            self.kind,
            self.name,
            self.hashes(|id, hash| format!("{id} {hash}"))
        );
        for (name, value) in &self.further {
            line.push_str(&format!("; {name} {value}"));
        }
        line + &format!("; trials {}; seed {}", self.trials, self.seed)
    }

    /// Ids and short hashes, in a list.
    pub fn hashes(&self, one: impl Fn(&str, &str) -> String) -> String {
        self.scenarios.iter().map(|scenario| one(&scenario.id, scenario.short())).collect::<Vec<_>>().join(", ")
    }

    /// How a paper cites it: without a full stop.
    pub fn citation(&self) -> String {
        let what = match self.kind {
            "comparison" => format!("comparison “{}”", self.name),
            kind => format!("{kind} of {}", self.name),
        };
        let trials = match self.trials {
            1 => "1 trial".to_owned(),
            trials => format!("{} trials", thousands(f64::from(trials))),
        };
        format!("chokepoint {}, {what}, {trials}, seed {}", self.version(), self.seed)
    }

    /// Names and values for files whose metadata is a list of such: the version is `chokepoint`, the scenarios are a JSON object
    /// of ids and whole hashes.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let scenarios: serde_json::Map<_, _> =
            self.scenarios.iter().map(|scenario| (scenario.id.clone(), scenario.hash.clone().into())).collect();
        let mut pairs = vec![
            ("chokepoint", self.version().to_owned()),
            (self.kind, self.name.clone()),
            ("seed", self.seed.to_string()),
            ("trials", self.trials.to_string()),
            ("scenarios", serde_json::Value::from(scenarios).to_string()),
        ];
        pairs.extend(self.further.iter().cloned());
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The same as a JSON object, with numbers as numbers, and of each scenario id, title and hash.
    pub fn json(&self) -> serde_json::Map<String, serde_json::Value> {
        let scenario = |s: &Ingredient| serde_json::json!({ "id": s.id, "title": s.title, "hash": s.hash });
        let mut object = serde_json::Map::new();
        object.insert("chokepoint".to_owned(), self.version().into());
        object.insert(self.kind.to_owned(), self.name.clone().into());
        object.insert("title".to_owned(), self.title.clone().into());
        object.insert("trials".to_owned(), self.trials.into());
        object.insert("seed".to_owned(), self.seed.into());
        for (name, value) in &self.further {
            object.insert((*name).to_owned(), value.clone().into());
        }
        object.insert("scenarios".to_owned(), self.scenarios.iter().map(scenario).collect());
        object.insert("cite_as".to_owned(), self.citation().into());
        object
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A made-up one.
    pub fn provenance() -> Provenance {
        let scenario = |id: &str, hash: Option<&str>| Ingredient {
            id: id.to_owned(),
            title: format!("Rules of {id}"),
            hash: hash.map(str::to_owned),
        };
        Provenance {
            kind: "comparison",
            name: "shipped".to_owned(),
            title: "A title".to_owned(),
            trials: 4000,
            seed: 20_191_129,
            scenarios: vec![
                scenario("no-controls", None),
                scenario("amended-rules", Some("8fecbcb86728aa00112233445566")),
            ],
            further: vec![("reference", "no-controls".to_owned())],
        }
    }

    #[test]
    fn a_line_says_it_all() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            provenance().line(),
            format!(
                "chokepoint {version}; comparison shipped; scenarios no-controls implied, amended-rules 8fecbcb86728; \
                 reference no-controls; trials 4000; seed 20191129"
            )
        );
        assert_eq!(
            provenance().citation(),
            format!("chokepoint {version}, comparison “shipped”, 4,000 trials, seed 20191129")
        );
    }

    #[test]
    fn numbers_and_hashes_keep_their_types_in_json() {
        let json = provenance().json();
        assert_eq!((json["trials"].as_u64(), json["seed"].as_u64()), (Some(4000), Some(20_191_129)));
        assert!(json["scenarios"][0]["hash"].is_null());
        assert_eq!(json["scenarios"][1]["hash"], "8fecbcb86728aa00112233445566");
    }
}
