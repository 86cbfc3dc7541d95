//! The answers to a file of cases, written as CSV (one line a case), as JSON (with the trace) or as text for a person.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::cases::Case;
use super::code::Code;
use super::determine::Determination;
use super::explain::explain;
use super::trace::Step;
use crate::units::named;

named! {
    /// How answers are written.
    Format, "format" {
        /// One line a case.
        Csv = "csv",
        /// An array of objects, each with its trace.
        Json = "json",
        /// For a person, with the whole trace.
        Text = "text",
    }
}

/// The columns of the answers.
pub const COLUMNS: [&str; 7] = ["id", "subject", "license_required", "authorization", "outcome", "provision", "review"];

/// Determines each case and writes the answers in the order of the cases.
///
/// # Errors
/// When the output can't be written.
pub fn write_answers(format: Format, code: &Code, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Csv => write_csv(code, cases, out),
        Format::Json => write_json(code, cases, out),
        Format::Text => write_text(code, cases, out),
    }
}

fn write_csv(code: &Code, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for case in cases {
        let answer = code.determine(&case.facts, &case.shipment);
        writer.write_record([
            case.id.as_str(),
            answer.subject.name(),
            if answer.license_required { "true" } else { "false" },
            answer.authorization.name(),
            answer.outcome(),
            answer.provision.as_deref().unwrap_or_default(),
            answer.review.map(|review| review.name()).unwrap_or_default(),
        ])?;
    }
    writer.flush()
}

/// An answer as JSON shows it: the columns of the CSV (`null` for a blank one) and the trace.
#[derive(Serialize)]
struct JsonAnswer<'a> {
    id: &'a str,
    subject: &'static str,
    license_required: bool,
    authorization: &'static str,
    outcome: &'static str,
    provision: Option<&'a str>,
    review: Option<&'static str>,
    trace: Vec<JsonStep<'a>>,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    question: &'a str,
    answer: &'a str,
    provision: Option<&'a str>,
    citation: &'a str,
    #[serde(serialize_with = "as_object")]
    facts: &'a [(&'static str, String)],
}

fn as_object<S: Serializer>(facts: &[(&'static str, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(facts.iter().map(|(name, value)| (name, value)))
}

impl<'a> JsonStep<'a> {
    fn of(step: &'a Step) -> JsonStep<'a> {
        JsonStep {
            question: &step.question,
            answer: &step.answer,
            provision: step.provision.as_deref(),
            citation: &step.citation,
            facts: &step.facts,
        }
    }
}

impl<'a> JsonAnswer<'a> {
    fn of(id: &'a str, answer: &'a Determination) -> JsonAnswer<'a> {
        JsonAnswer {
            id,
            subject: answer.subject.name(),
            license_required: answer.license_required,
            authorization: answer.authorization.name(),
            outcome: answer.outcome(),
            provision: answer.provision.as_deref(),
            review: answer.review.map(|review| review.name()),
            trace: answer.trace.iter().map(JsonStep::of).collect(),
        }
    }
}

/// An answer as [`Format::Json`] has it.
///
/// # Errors
/// Something that JSON can't hold.
pub fn json(id: &str, answer: &Determination) -> serde_json::Result<serde_json::Value> {
    serde_json::to_value(JsonAnswer::of(id, answer))
}

fn write_json(code: &Code, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    let answers: Vec<Determination> = cases.iter().map(|case| code.determine(&case.facts, &case.shipment)).collect();
    let shown: Vec<JsonAnswer> =
        cases.iter().zip(&answers).map(|(case, answer)| JsonAnswer::of(&case.id, answer)).collect();
    serde_json::to_writer_pretty(&mut *out, &shown)?;
    writeln!(out)?;
    out.flush()
}

fn write_text(code: &Code, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    for (position, case) in cases.iter().enumerate() {
        if position > 0 {
            writeln!(out)?;
        }
        writeln!(out, "Case {}", case.id)?;
        let answer = code.determine(&case.facts, &case.shipment);
        write!(out, "{}", explain(&case.facts, &case.shipment, &answer))?;
    }
    out.flush()
}
