//! Why a figure can't be drawn.

/// Why a figure could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// A font can't be read, though it was found sound.
    #[error("a font can't be read: this build is broken")]
    Font,
    /// The SVG backend failed.
    #[error("can't draw a figure as SVG: {0}")]
    Svg(String),
    /// The PNG backend or encoder failed.
    #[error("can't draw a figure as PNG: {0}")]
    Png(String),
    /// The PDF backend failed.
    #[error("can't draw a figure as PDF: {0}")]
    Pdf(String),
    /// The page is too large for an image.
    #[error("a figure of {width} × {height} pixels is too large to draw: compare fewer scenarios at once")]
    PageSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}
