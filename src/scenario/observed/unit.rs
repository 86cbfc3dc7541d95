//! The unit of an observation: a name of what is counted, before or after it a word for thousands, millions or billions.

use std::fmt;

use super::super::notes::What;
use super::super::reader::Reader;
use super::super::tree::Value;
use super::ObservedQuantity;

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Base stations.
    Stations,
    /// Handsets.
    Handsets,
    /// A share of a whole.
    Share,
    /// Money of some currency.
    Money,
    /// Months.
    Months,
    /// Parts, each a unit of its class.
    Parts,
    /// A multiple of what it was in another period.
    Ratio,
}

impl Dimension {
    /// Names of what is counted.
    fn nouns(self) -> &'static [&'static str] {
        match self {
            Dimension::Stations => &["stations", "base stations", "units"],
            Dimension::Handsets => &["handsets", "phones", "smartphones", "units"],
            Dimension::Share => &["share"],
            Dimension::Money => &[],
            Dimension::Months => &["months", "months of cost of goods"],
            Dimension::Parts => &["parts", "chips", "units"],
            Dimension::Ratio => &["ratio"],
        }
    }

    /// Units to write, for a message.
    fn forms(self) -> &'static str {
        match self {
            Dimension::Stations => "stations, units, or thousands of them (thousand stations, million units)",
            Dimension::Handsets => "handsets, units, or thousands of them (million handsets, million units)",
            Dimension::Share => "share (0 to 1) or percent",
            Dimension::Money => "a currency, with m or bn after it (USD, USD bn, CNY m, CNY bn)",
            Dimension::Months => "months",
            Dimension::Parts => "parts, chips, units, or thousands of them (million chips)",
            Dimension::Ratio => "ratio where it is relative to another period",
        }
    }
}

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    text: String,
    factor: f64,
    currency: Option<String>,
}

impl Unit {
    /// How many products, parts, dollars (of its currency), months or wholes one of it is.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// The code of its currency, if it is money other than US dollars.
    pub fn foreign(&self) -> Option<&str> {
        self.currency.as_deref().filter(|code| *code != "USD")
    }

    /// Reads a unit of a dimension.
    pub fn parse(text: &str, dimension: Dimension) -> Option<Unit> {
        let unit = |factor, currency| Some(Unit { text: text.to_owned(), factor, currency });
        if dimension == Dimension::Share && matches!(text, "percent" | "%") {
            return unit(0.01, None);
        }
        if dimension.nouns().contains(&text) {
            return unit(1.0, None);
        }
        match dimension {
            Dimension::Stations | Dimension::Handsets | Dimension::Parts => {
                let (scale, noun) = text.split_once(' ').unwrap_or((text, "units"));
                dimension.nouns().contains(&noun).then(|| unit(scale_of(scale)?, None))?
            }
            Dimension::Money => {
                let (code, scale) = text.split_once(' ').unwrap_or((text, ""));
                let sound = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
                let factor = if scale.is_empty() { 1.0 } else { scale_of(scale)? };
                sound.then(|| unit(factor, Some(code.to_owned())))?
            }
            Dimension::Share | Dimension::Months | Dimension::Ratio => None,
        }
    }
}

fn scale_of(word: &str) -> Option<f64> {
    match word {
        "thousand" | "k" => Some(1e3),
        "million" | "m" | "mn" => Some(1e6),
        "billion" | "bn" => Some(1e9),
        _ => None,
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads `unit`, which must be one of the quantity's, or of a ratio.
pub(super) fn read(r: &Reader<'_>, quantity: Option<ObservedQuantity>, dimension: Option<Dimension>) -> Option<Unit> {
    r.takes(
        "unit",
        What::Text,
        "unit of the number: of what is counted, such as \"stations\", \"share\" or \"CNY bn\"",
    );
    let node = r.need("unit", "a unit in quotes, such as \"stations\", \"share\" or \"CNY bn\"")?;
    let Value::Text(text) = &node.value else {
        r.mismatch("unit", node, "a unit in quotes", None);
        return None;
    };
    let (quantity, dimension, text) = (quantity?, dimension?, text.trim());
    let read = Unit::parse(text, dimension);
    if read.is_none() {
        let message = format!("`{}` is \"{text}\", in which {quantity} can't be observed", r.path_of("unit"));
        let help = format!("{quantity} is counted in {}", dimension.forms());
        r.problem(&node.place, message, "not a unit of this quantity", Some(help));
    }
    read
}
