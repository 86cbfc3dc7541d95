//! The figures of a comparison, each as SVG, PNG and PDF, in memory: writing them is left to others. A figure is composed
//! as a page (shapes and measured texts) that all formats paint, so that they are the same figure. Same results, same
//! bytes.

pub(super) mod axis;
mod binding;
mod canvas;
mod capacity;
mod cost;
mod deployment;
mod dots;
mod error;
mod fan;
#[cfg(test)]
mod fixture;
mod font;
mod font_file;
mod history;
mod lacking;
pub(super) mod palette;
mod panels;
mod pdf;
mod posterior;
mod raster;
mod rules;
mod shape;
pub(super) mod sheet;
mod shortfall;
mod svg;
#[cfg(test)]
mod tests;
mod trace;

use rayon::prelude::*;

use crate::analysis::calibration::result::CalibrationResult;
use crate::analysis::results::Comparison;
use crate::analysis::score::Backtest;
use crate::analysis::trace::Trace;
use crate::report::provenance::Provenance;
use canvas::Page;
pub(in crate::report) use canvas::legible;
pub use error::FigureError;
pub use font::Fonts;
pub use font_file::{FontError, FontFile};
pub use lacking::Seen;
use svg::Label;

/// A figure that can be drawn from any comparison.
struct Figure {
    /// Name of its files, without extension.
    name: &'static str,
    /// Composes the page, and says what it shows.
    compose: for<'f> fn(&Comparison, &'f Fonts) -> (Page<'f>, Label),
}

/// All figures, in the order in which a reader wants them.
const FIGURES: [Figure; 5] = [
    Figure { name: "capacity", compose: capacity::compose },
    Figure { name: "deployment", compose: deployment::compose },
    Figure { name: "shortfall", compose: shortfall::compose },
    Figure { name: "binding", compose: binding::compose },
    Figure { name: "cost", compose: cost::compose },
];

/// What a figure is called and says, for a report that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Name of its files, without extension.
    pub name: &'static str,
    /// Title.
    pub title: String,
    /// Caption, one paragraph.
    pub caption: String,
}

/// Names, titles and captions of the figures of a comparison, in the order of [`render_all`].
pub fn describe_all(comparison: &Comparison, fonts: &Fonts) -> Vec<Description> {
    FIGURES
        .iter()
        .map(|figure| {
            let (_, label) = (figure.compose)(comparison, fonts);
            Description { name: figure.name, title: label.title, caption: label.caption }
        })
        .collect()
}

/// File names and contents.
pub type Drawn = Vec<(String, Vec<u8>)>;

/// A composed figure in every format: `NAME.svg`, `NAME.png` and `NAME.pdf`.
fn draw(name: &str, (page, label): &(Page<'_>, Label), provenance: &Provenance) -> Result<Drawn, FigureError> {
    let line = provenance.line();
    Ok(vec![
        (format!("{name}.svg"), svg::document(page, label, &line)?.into_bytes()),
        (format!("{name}.png"), raster::image(page, label, &line)?),
        (format!("{name}.pdf"), pdf::document(page, label, &line)?),
    ])
}

/// The same of a result that has this figure alone, with its description.
fn drawn_alone(
    name: &'static str,
    composed: (Page<'_>, Label),
    provenance: &Provenance,
) -> Result<(Description, Drawn), FigureError> {
    let files = draw(name, &composed, provenance)?;
    let Label { title, caption } = composed.1;
    Ok((Description { name, title, caption }, files))
}

/// Draws a comparison with observations, and says what it shows.
///
/// # Errors
/// As [`render_all`].
pub fn history(
    backtest: &Backtest,
    provenance: &Provenance,
    fonts: &Fonts,
) -> Result<(Description, Drawn), FigureError> {
    drawn_alone("backtest", history::compose(backtest, fonts), provenance)
}

/// The figure of a calibration, with its description.
///
/// # Errors
/// As [`render_all`].
pub fn render_posterior(
    found: &CalibrationResult<'_>,
    provenance: &Provenance,
    fonts: &Fonts,
) -> Result<(Description, Drawn), FigureError> {
    drawn_alone("posterior", posterior::compose(found, fonts), provenance)
}

/// The figure of a trace, with its description.
///
/// # Errors
/// As [`render_all`].
pub fn render_trace(
    found: &Trace,
    provenance: &Provenance,
    fonts: &Fonts,
) -> Result<(Description, Drawn), FigureError> {
    drawn_alone("trace", trace::compose(found, fonts), provenance)
}

/// Draws every figure in every format: file names (`capacity.svg`, `capacity.png`, …) and contents, in a fixed order
/// whatever the number of threads.
///
/// # Errors
/// If a backend or an encoder fails, or a page would be too large for an image.
pub fn render_all(comparison: &Comparison, provenance: &Provenance, fonts: &Fonts) -> Result<Drawn, FigureError> {
    let drawn: Result<Vec<Drawn>, FigureError> =
        FIGURES.par_iter().map(|figure| draw(figure.name, &(figure.compose)(comparison, fonts), provenance)).collect();
    Ok(drawn?.into_iter().flatten().collect())
}
