//! The trace of a determination: every question that was asked, the facts that were compared, the answer, and the
//! paragraph that it rests on.

use crate::units::Date;

use super::code::{Code, ProvisionIndex};

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was asked, as a sentence.
    pub question: String,
    /// The facts that were compared: a name and its value as text, in the order of comparison.
    pub facts: Vec<(&'static str, String)>,
    /// The answer: `yes`, `no`, or the value that was asked for.
    pub answer: String,
    /// Id of the provision, where the question is one's.
    pub provision: Option<String>,
    /// Paragraph of the regulation or page of the gazette.
    pub citation: String,
}

impl Step {
    /// A question that no provision of the regime asks.
    pub(super) fn of_the_regulations(question: &str, citation: &str) -> Step {
        Step {
            question: question.to_owned(),
            facts: Vec::new(),
            answer: String::new(),
            provision: None,
            citation: citation.to_owned(),
        }
    }

    /// A provision's question.
    pub(super) fn of_provision(question: String, code: &Code, index: ProvisionIndex) -> Step {
        Step {
            question,
            facts: Vec::new(),
            answer: String::new(),
            provision: Some(code.id(index).to_owned()),
            citation: code.provision(index).citation.clone(),
        }
    }

    /// With one more fact.
    pub(super) fn fact(mut self, name: &'static str, value: impl ToString) -> Step {
        self.facts.push((name, value.to_string()));
        self
    }

    /// With the days of a provision, which is what was compared if it is not in force.
    pub(super) fn days(self, date: Date, code: &Code, index: ProvisionIndex) -> Step {
        let provision = code.provision(index);
        let step = self.fact("date", date).fact("from", provision.from);
        match provision.to {
            Some(last) => step.fact("to", last),
            None => step,
        }
    }

    /// With its answer.
    pub(super) fn answer(mut self, answer: impl ToString) -> Step {
        self.answer = answer.to_string();
        self
    }

    /// With the answer yes or no.
    pub(super) fn yes_or_no(self, yes: bool) -> Step {
        self.answer(if yes { "yes" } else { "no" })
    }

    /// The facts on one line, such as `made_in JP, shipped_from JP`.
    pub fn facts_line(&self) -> String {
        let facts: Vec<String> = self.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
        facts.join(", ")
    }
}
