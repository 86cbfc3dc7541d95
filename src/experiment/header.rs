//! What an experiment is, apart from how and where it is run: two runs with the same header give the same bytes, so that
//! one may go on from where the other stopped, and shards of one may be joined.

use super::design::Recipe;
use serde::{Deserialize, Serialize};

/// What a checkpoint, a shard or a rank must agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the program.
    pub version: String,
    /// Name of the comparison.
    pub name: String,
    /// One line.
    pub title: String,
    /// Master seed.
    pub seed: u64,
    /// Trials a scenario; at most, where a precision is to be reached.
    pub trials: u32,
    /// Trials in a chunk.
    pub chunk: u32,
    /// How trials are laid over what is not known.
    pub design: Recipe,
    /// What is to be reached, if the number of trials follows from it.
    pub until: Vec<String>,
    /// Trials before the precision is looked at.
    pub at_least: u32,
    /// Id of the scenario from which paired differences are told.
    pub reference: String,
    /// Id of each scenario and hash of it, resolved; none of one that was added because shortfalls need it.
    pub scenarios: Vec<(String, Option<String>)>,
    /// Which part this is, if not the whole.
    pub shard: Option<Shard>,
}

/// A part of an experiment: the chunks whose number leaves `number - 1` when divided by `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Shard {
    /// From `3/8`.
    ///
    /// # Errors
    /// Another form, or a number that is not from 1 to the number of shards.
    pub fn parse(text: &str) -> Result<Shard, String> {
        let form = || format!("write the shard's number and how many there are, such as 3/8, not `{text}`");
        let (number, of) = text.split_once('/').ok_or_else(form)?;
        let whole = |digits: &str| digits.trim().parse::<u32>().map_err(|_| form());
        let shard = Shard { number: whole(number)?, of: whole(of)? };
        if shard.of == 0 || shard.of > Shard::MOST {
            return Err(format!("the number of shards must be from 1 to {}, not {}", Shard::MOST, shard.of));
        }
        if shard.number == 0 || shard.number > shard.of {
            return Err(format!("shards are numbered from 1 to {}: there is no shard {}", shard.of, shard.number));
        }
        Ok(shard)
    }

    /// More parts than any cluster's array has jobs.
    const MOST: u32 = 100_000;

    /// Whether a chunk is in it.
    pub fn holds(self, chunk: u32) -> bool {
        chunk % self.of == self.number - 1
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Header {
    /// In what another header differs first, in words that say what it has and what this one has; none if in nothing.
    pub fn difference(&self, other: &Header) -> Option<String> {
        let differs = |what: &str, mine: &dyn std::fmt::Display, its: &dyn std::fmt::Display| {
            let (mine, its) = (mine.to_string(), its.to_string());
            (mine != its).then(|| format!("{what} is {its} there, and {mine} here"))
        };
        let scenarios = |header: &Header| -> String {
            let ids: Vec<&str> = header.scenarios.iter().map(|(id, _)| id.as_str()).collect();
            ids.join(", ")
        };
        let shard = |header: &Header| header.shard.map_or("the whole".to_owned(), |shard| shard.to_string());
        let joined = |words: &[String]| if words.is_empty() { "none".to_owned() } else { words.join(" and ") };
        differs("the version of chokepoint", &self.version, &other.version)
            .or_else(|| differs("the comparison", &self.name, &other.name))
            .or_else(|| differs("the seed", &self.seed, &other.seed))
            .or_else(|| differs("the precision to be reached", &joined(&self.until), &joined(&other.until)))
            .or_else(|| differs("the number of trials", &self.trials, &other.trials))
            .or_else(|| differs("the least number of trials", &self.at_least, &other.at_least))
            .or_else(|| differs("the design", &self.design, &other.design))
            .or_else(|| differs("the list of scenarios", &scenarios(self), &scenarios(other)))
            .or_else(|| self.other_scenario(other))
            .or_else(|| differs("the reference", &self.reference, &other.reference))
            .or_else(|| differs("the part", &shard(self), &shard(other)))
            .or_else(|| (self != other).then(|| "it is of another experiment".to_owned()))
    }

    fn other_scenario(&self, other: &Header) -> Option<String> {
        let short = |hash: &Option<String>| hash.as_deref().unwrap_or("none").chars().take(12).collect::<String>();
        self.scenarios.iter().zip(&other.scenarios).find(|(mine, its)| mine.1 != its.1).map(|(mine, its)| {
            format!(
                "scenario `{}` says other things there (hash {} there, {} here)",
                mine.0,
                short(&its.1),
                short(&mine.1)
            )
        })
    }

    /// A hash of the whole, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        blake3::hash(self.to_json().as_bytes()).to_hex().to_string()
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        // Names, numbers and lists of them: nothing that JSON can't hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_a_number_and_how_many_there_are() {
        assert_eq!(Shard::parse("3/8"), Ok(Shard { number: 3, of: 8 }));
        for wrong in ["", "3", "0/8", "9/8", "3/0", "-1/8", "1/100001", "a/b", "1/2/3"] {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_chunk_is_in_one_shard() {
        for chunk in 0..20 {
            let holding = (1..=8).filter(|number| Shard { number: *number, of: 8 }.holds(chunk));
            assert_eq!(holding.count(), 1);
        }
    }
}
