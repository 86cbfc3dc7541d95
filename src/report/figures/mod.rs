//! The figures of a comparison, each as SVG and as PNG, in memory: writing them is left to others. A figure is composed
//! as a page (shapes and measured texts) that both formats paint, so that they are the same figure. Same results, same
//! bytes.

pub(super) mod axis;
mod binding;
mod canvas;
mod capacity;
mod cost;
mod deployment;
mod dots;
mod fan;
#[cfg(test)]
mod fixture;
mod font;
mod history;
pub(super) mod palette;
mod panels;
mod posterior;
mod raster;
mod rules;
pub(super) mod sheet;
mod shortfall;
mod svg;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::analysis::calibration::found::Found;
use crate::analysis::results::Comparison;
use crate::analysis::score::Backtest;
use canvas::Page;
use font::Fonts;
use svg::Label;

/// Why a figure could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The embedded typeface can't be read.
    #[error("the embedded typeface can't be read: this build is broken")]
    Font,
    /// The SVG backend failed.
    #[error("can't draw a figure as SVG: {0}")]
    Svg(String),
    /// The PNG backend or encoder failed.
    #[error("can't draw a figure as PNG: {0}")]
    Png(String),
    /// The page is too large for an image.
    #[error("a figure of {width} × {height} pixels is too large to draw: compare fewer scenarios at once")]
    PageSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

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
///
/// # Errors
/// If the embedded typeface can't be read.
pub fn describe_all(comparison: &Comparison) -> Result<Vec<Description>, FigureError> {
    let fonts = Fonts::load()?;
    Ok(FIGURES
        .iter()
        .map(|figure| {
            let (_, label) = (figure.compose)(comparison, &fonts);
            Description { name: figure.name, title: label.title, caption: label.caption }
        })
        .collect())
}

/// Draws a comparison with observations in both formats, and says what it shows.
///
/// # Errors
/// If a backend or an encoder fails, or the page would be too large for an image.
pub fn history(backtest: &Backtest) -> Result<(Description, Drawn), FigureError> {
    let fonts = Fonts::load()?;
    let (page, label) = history::compose(backtest, &fonts);
    let vector = svg::document(&page, &label)?.into_bytes();
    let raster = raster::image(&page, &label)?;
    let description = Description { name: "backtest", title: label.title, caption: label.caption };
    Ok((description, vec![("backtest.svg".to_owned(), vector), ("backtest.png".to_owned(), raster)]))
}

/// File names and contents.
pub type Drawn = Vec<(String, Vec<u8>)>;

/// The figure of a calibration in both formats, with its description.
///
/// # Errors
/// As [`render_all`].
pub fn render_posterior(found: &Found<'_>) -> Result<(Description, Drawn), FigureError> {
    let fonts = Fonts::load()?;
    let (page, label) = posterior::compose(found, &fonts);
    let files = vec![
        ("posterior.svg".to_owned(), svg::document(&page, &label)?.into_bytes()),
        ("posterior.png".to_owned(), raster::image(&page, &label)?),
    ];
    Ok((Description { name: "posterior", title: label.title, caption: label.caption }, files))
}

/// Draws every figure in both formats: file names (`capacity.svg`, `capacity.png`, …) and contents, in a fixed order
/// whatever the number of threads.
///
/// # Errors
/// If a backend or an encoder fails, or a page would be too large for an image.
pub fn render_all(comparison: &Comparison) -> Result<Vec<(String, Vec<u8>)>, FigureError> {
    let fonts = Fonts::load()?;
    let rendered: Result<Vec<_>, FigureError> = FIGURES
        .par_iter()
        .map(|figure| {
            let (page, label) = (figure.compose)(comparison, &fonts);
            let vector = svg::document(&page, &label)?.into_bytes();
            let raster = raster::image(&page, &label)?;
            Ok([(format!("{}.svg", figure.name), vector), (format!("{}.png", figure.name), raster)])
        })
        .collect();
    Ok(rendered?.into_iter().flatten().collect())
}
