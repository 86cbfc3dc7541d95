//! Labels of rule dates above a panel. Words if they fit in a few lanes without crossing a line or one another; else
//! numbers, with a key below the panels. Either way no two labels overlap.

use super::axis::TimeScale;
use super::font::{Fonts, Type};
use crate::analysis::results::RuleDate;
use crate::units::Date;

/// Type of the labels.
pub const LABEL: Type = Type::regular(9.0);
/// Height of a lane.
pub const LANE: f64 = 11.0;
/// More lanes than this and the labels become numbers.
const MOST_LANES: usize = 4;
/// Least distance between words in a lane.
const GAP: f64 = 4.0;
/// Least distance between numbers.
const NUMBER_GAP: f64 = 2.5;
/// Distance between a line and its words.
const INDENT: f64 = 2.5;

/// How the rules of a figure are labelled.
#[derive(Debug, Clone, PartialEq)]
pub enum Labelling {
    /// With their words.
    Words,
    /// With their place in this list, from 1.
    Numbers(Vec<(Date, String)>),
}

/// A label above a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleLabel {
    /// What it says.
    pub text: String,
    /// Where it starts.
    pub left: f64,
    /// Where it ends.
    pub right: f64,
    /// Lane, 0 next to the panel.
    pub lane: usize,
}

/// The labels of a panel, and its lines with the lane that each reaches up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placement {
    /// Labels.
    pub labels: Vec<RuleLabel>,
    /// Lines.
    pub lines: Vec<RuleLine>,
}

/// The line of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleLine {
    /// Where it stands.
    pub x: f64,
    /// The lane of its label, which it reaches up to.
    pub lane: usize,
    /// Whether it goes on beside its label (which else stands on top of it).
    pub beside: bool,
}

impl Placement {
    /// Lanes in use.
    pub fn lanes(&self) -> usize {
        self.labels.iter().map(|l| l.lane + 1).max().unwrap_or(0)
    }
}

/// The rules within the period, by date, each once.
fn visible(rules: &[RuleDate], time: &TimeScale) -> Vec<(Date, String, f64)> {
    let mut seen: Vec<(Date, String, f64)> =
        rules.iter().filter_map(|r| Some((r.date, super::canvas::legible(&r.label), time.day(r.date)?))).collect();
    seen.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    seen.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
    seen
}

/// Chooses words if every panel can take them, each panel by its own time scale.
pub fn choose(fonts: &Fonts, panels: &[(&[RuleDate], TimeScale)]) -> Labelling {
    if panels.iter().all(|(rules, time)| words(fonts, rules, time).is_some()) {
        return Labelling::Words;
    }
    let mut all: Vec<(Date, String)> =
        panels.iter().flat_map(|(rules, time)| visible(rules, time)).map(|(date, label, _)| (date, label)).collect();
    all.sort();
    all.dedup();
    Labelling::Numbers(all)
}

/// Places the labels of one panel.
pub fn place(fonts: &Fonts, rules: &[RuleDate], time: &TimeScale, labelling: &Labelling) -> Placement {
    match labelling {
        Labelling::Words => words(fonts, rules, time).unwrap_or_default(),
        Labelling::Numbers(key) => numbers(fonts, rules, time, key),
    }
}

/// Words right of their lines, from right to left, each in the lowest lane that is free; `None` if they do not fit.
fn words(fonts: &Fonts, rules: &[RuleDate], time: &TimeScale) -> Option<Placement> {
    let mut out = Placement::default();
    for (_, text, x) in visible(rules, time).into_iter().rev() {
        let width = fonts.width(&text, LABEL);
        let beside = x + INDENT + width <= time.right;
        let left = if beside { x + INDENT } else { time.right - width };
        if left < time.left {
            return None;
        }
        let right = left + width;
        let lane = (0..MOST_LANES).find(|lane| {
            let free = out.labels.iter().all(|l| {
                let apart = l.right + GAP <= left || right + GAP <= l.left;
                let own_line_clear = x < l.left - 1.0 || x > l.right + 1.0;
                if l.lane == *lane { apart } else { l.lane > *lane || own_line_clear }
            });
            free && out.lines.iter().all(|l| l.lane <= *lane || l.x < left - 1.0 || l.x > right + 1.0)
        })?;
        out.labels.push(RuleLabel { text, left, right, lane });
        out.lines.push(RuleLine { x, lane, beside });
    }
    Some(out)
}

/// Numbers over their lines in one lane; those that would touch are set as one label.
fn numbers(fonts: &Fonts, rules: &[RuleDate], time: &TimeScale, key: &[(Date, String)]) -> Placement {
    let mut groups: Vec<(Vec<usize>, f64, f64)> = Vec::new();
    let mut lines = Vec::new();
    for (date, label, x) in visible(rules, time) {
        let number = key.iter().position(|k| k.0 == date && k.1 == label).map_or(0, |i| i + 1);
        groups.push((vec![number], x, x));
        lines.push(RuleLine { x, lane: 0, beside: false });
    }
    loop {
        let labels: Vec<RuleLabel> = groups.iter().map(|(ns, a, b)| centered(fonts, ns, (a + b) / 2.0, time)).collect();
        let touching = labels.windows(2).position(|pair| pair[0].right + NUMBER_GAP > pair[1].left);
        let Some(i) = touching else { return Placement { labels, lines } };
        let (more, _, to) = groups.remove(i + 1);
        groups[i].0.extend(more);
        groups[i].2 = to;
    }
}

fn centered(fonts: &Fonts, numbers: &[usize], middle: f64, time: &TimeScale) -> RuleLabel {
    let text = fonts.elide(&runs(numbers), LABEL, time.right - time.left);
    let width = fonts.width(&text, LABEL);
    let left = (middle - width / 2.0).min(time.right - width).max(time.left);
    RuleLabel { text, left, right: left + width, lane: 0 }
}

/// `1,3–6` for 1, 3, 4, 5, 6.
fn runs(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for n in numbers {
        match runs.last_mut() {
            Some((_, to)) if *to + 1 == *n => *to = *n,
            _ => runs.push((*n, *n)),
        }
    }
    let text = runs.iter().map(|(a, b)| match b - a {
        0 => a.to_string(),
        1 => format!("{a},{b}"),
        _ => format!("{a}–{b}"),
    });
    text.collect::<Vec<_>>().join(",")
}

/// The key of a numbered figure, as one text; `None` if the rules are labelled with words.
pub fn key(labelling: &Labelling) -> Option<String> {
    let Labelling::Numbers(rules) = labelling else { return None };
    let entries: Vec<String> =
        rules.iter().enumerate().map(|(i, (date, label))| format!("{} {label} ({date})", i + 1)).collect();
    Some(format!("Rule dates: {}.", entries.join("; ")))
}
