//! The options of a design as they are typed; what they mean for scenarios is settled by the study.

use clap::Args;

use super::values::{named, setting, within};
use crate::experiment::design::{Kind, MOST_TRIALS};

/// How trials are laid over what is not known.
#[derive(Debug, Clone, Args)]
pub struct DesignArgs {
    /// How points are laid: monte-carlo (mc), latin-hypercube (lhs), sobol, factorial, one-at-a-time (oat)
    ///
    /// Latin hypercube and Sobol cover what is uncertain more evenly than chance does; give them a power of two of points. A
    /// factorial design runs every combination of the values of --lever; one at a time moves one thing from a base: each lever
    /// to each of its values, or without levers each uncertain parameter to its 5% and 95% quantile. Both share chance
    /// between points, so that differences are sharp: see by-point.csv.
    #[arg(long, value_name = "KIND", default_value = "monte-carlo", help_heading = "Design")]
    #[arg(value_parser = kind)]
    pub design: Kind,
    /// Points of the design; --trials is their number times --replications
    #[arg(long, value_name = "N", help_heading = "Design")]
    #[arg(value_parser = count)]
    pub points: Option<u32>,
    /// Replications of each point [default: 1; of factorial and one-at-a-time, at least 20 and what makes 4000 trials]
    #[arg(long, value_name = "N", help_heading = "Design")]
    #[arg(value_parser = count)]
    pub replications: Option<u32>,
    /// Give a parameter several values, the base first; may be given several times
    ///
    /// PATH is dotted, as --set takes it. A parameter of the world is placed by the points of the design. A value within
    /// `provisions`, `licensing` or `escalation` can't be, since all scenarios share their world: each scenario that has it
    /// is run once for each value, under an id that tells the value as typed, such as
    /// amended-rules--threshold-0-1.
    #[arg(long = "lever", value_name = "PATH=V1,V2,...", value_parser = lever, help_heading = "Design")]
    pub levers: Vec<(String, Vec<String>)>,
}

/// A number of points or replications.
///
/// # Errors
/// None, or too many.
fn count(text: &str) -> Result<u32, String> {
    u32::try_from(within(text, 1, u64::from(MOST_TRIALS))?).map_err(|why| why.to_string())
}

/// A design, by its name or what it is usually called for short.
///
/// # Errors
/// None of these.
fn kind(text: &str) -> Result<Kind, String> {
    match text {
        "mc" => Ok(Kind::MonteCarlo),
        "lhs" => Ok(Kind::LatinHypercube),
        "full-factorial" => Ok(Kind::Factorial),
        "oat" | "ofat" => Ok(Kind::OneAtATime),
        other => named(other),
    }
}

/// A `PATH=V1,V2,...`. A comma within brackets or quotes does not part values.
///
/// # Errors
/// No path, a value that is blank or given twice.
fn lever(text: &str) -> Result<(String, Vec<String>), String> {
    let (path, values) = setting(text).map_err(|_| LEVER.to_owned())?;
    let (mut depth, mut quote, mut parts) = (0i32, None, vec![String::new()]);
    for c in values.chars() {
        match (c, quote) {
            (_, Some(open)) => quote = (c != open).then_some(open),
            ('"' | '\'', None) => quote = Some(c),
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth -= 1,
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if c != ',' || depth > 0 || quote.is_some() => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    let values: Vec<String> = parts.iter().map(|part| part.trim().to_owned()).collect();
    if values.iter().any(String::is_empty) {
        return Err(LEVER.to_owned());
    }
    let mut twice = values.iter().enumerate().filter(|(i, value)| values[..*i].contains(value));
    match twice.next() {
        Some((_, value)) => Err(format!("the value {value} is given twice")),
        None => Ok((path, values)),
    }
}

const LEVER: &str = "write PATH=V1,V2,..., such as behaviour.over_compliance=0,0.2,0.4";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lever_splits_at_commas_that_part_values() {
        let lever = |text: &str| lever(text).map(|(path, values)| (path, values.join("|")));
        let is = |path: &str, values: &str| Ok((path.to_owned(), values.to_owned()));
        assert_eq!(lever("a.b = 0, 0.2,0.4"), is("a.b", "0|0.2|0.4"));
        assert_eq!(lever("a.b=2020-01-01"), is("a.b", "2020-01-01"));
        assert_eq!(
            lever("a.b=['x', \"y,z\"],{ value = 1, unit = 'share' }"),
            is("a.b", "['x', \"y,z\"]|{ value = 1, unit = 'share' }")
        );
        for wrong in ["a.b", "=1", "a=", "a=1,,2", "a=,1", "a=1,", "a=1,2,1", ""] {
            assert!(lever(wrong).is_err(), "{wrong}");
        }
    }
}
