//! Colors that stay apart in grey print and for color-blind readers: one hue in steps of lightness, black for reference
//! lines, and a ramp that darkens all the way.

use plotters::style::RGBColor;

/// Text that is read.
pub const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
/// Captions, tick labels.
pub const MUTED: RGBColor = RGBColor(0x4d, 0x4d, 0x4d);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(0xe0, 0xe0, 0xe0);
/// Axes and frames.
pub const AXIS: RGBColor = RGBColor(0x80, 0x80, 0x80);
/// Rule dates.
pub const RULE: RGBColor = RGBColor(0x40, 0x40, 0x40);
/// 90% band.
pub const OUTER: RGBColor = RGBColor(0xcc, 0xdf, 0xee);
/// 50% band, and 95% intervals of estimates drawn as bands.
pub const INNER: RGBColor = RGBColor(0x86, 0xb7, 0xd9);
/// Medians and estimates.
pub const CENTER: RGBColor = RGBColor(0x00, 0x45, 0x7a);
/// The line to compare with.
pub const REFERENCE: RGBColor = RGBColor(0x00, 0x00, 0x00);
/// Paper.
pub const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// The ramp for shares at 0, 1/4, 1/2, 3/4 and 1.
const RAMP: [RGBColor; 5] = [
    PAPER,
    RGBColor(0xc3, 0xda, 0xec),
    RGBColor(0x73, 0xad, 0xd3),
    RGBColor(0x1f, 0x69, 0xad),
    RGBColor(0x06, 0x2a, 0x5e),
];

/// The color of a share in 0..=1: white for none, the darker the larger.
pub fn ramp(share: f64) -> RGBColor {
    let at = share.clamp(0.0, 1.0) * (RAMP.len() - 1) as f64;
    let below = (at.floor() as usize).min(RAMP.len() - 2);
    let (a, b, t) = (RAMP[below], RAMP[below + 1], at - below as f64);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}
