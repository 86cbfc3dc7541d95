//! A page as SVG: the shapes as plotters writes them, and each text as glyph outlines (defined once, used where they
//! stand) in a group that carries the words for screen readers. Needs no font where it is shown.

use std::collections::BTreeSet;
use std::fmt::Write;

use ab_glyph::GlyphId;
use plotters::backend::SVGBackend;
use plotters::drawing::IntoDrawingArea;

use super::FigureError;
use super::canvas::{Page, Text, UNITS, legible};
use super::font::{Face, Fonts, Step};

/// What a figure says about itself, in every format.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Title.
    pub title: String,
    /// Caption, which is the description.
    pub caption: String,
}

/// The page as an SVG document. `provenance` goes into its metadata.
///
/// # Errors
/// If plotters does not write the document that it should.
pub fn document(page: &Page<'_>, label: &Label, provenance: &str) -> Result<String, FigureError> {
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, page.backend_size()).into_drawing_area();
        page.paint(&area).map_err(|e| FigureError::Svg(e.to_string()))?;
    }
    let shapes = drawn
        .split_once(">\n")
        .and_then(|(_, rest)| rest.trim_end().strip_suffix("</svg>"))
        .ok_or_else(|| FigureError::Svg("plotters wrote no svg element".to_owned()))?;
    let (width, height) = page.backend_size();
    let mut out = String::with_capacity(shapes.len() + 200_000);
    // Writing to a string can't fail, hence the ignored results.
    let _ = writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    let _ = writeln!(
        out,
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" "#,
            r#"width="{}" height="{}" viewBox="0 0 {} {}" role="img">"#
        ),
        f64::from(width) / UNITS,
        f64::from(height) / UNITS,
        width,
        height,
    );
    let _ = writeln!(out, r#"<title>{}</title>"#, escaped(&label.title));
    let _ = writeln!(out, r#"<desc>{}</desc>"#, escaped(&label.caption));
    let _ = writeln!(out, "<metadata>{}</metadata>", escaped(provenance));
    let _ = writeln!(out, r#"<g stroke-linejoin="round">"#);
    out.push_str(shapes);
    out.push_str("</g>\n");
    define_glyphs(&mut out, page);
    for text in &page.texts {
        set_text(&mut out, page.fonts, text);
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// The name of a glyph's definition.
fn name(face: Face, glyph: GlyphId) -> String {
    let face = match face {
        Face::Regular => 'r',
        Face::Bold => 'b',
        Face::Given => 'g',
    };
    format!("{face}{}", glyph.0)
}

/// Defines the outline of every glyph on the page, in font units.
fn define_glyphs(out: &mut String, page: &Page<'_>) {
    let mut used = BTreeSet::new();
    for text in &page.texts {
        let (glyphs, _) = page.fonts.shape(&text.content, text.style.weight);
        used.extend(glyphs.iter().map(|g| (g.face, g.glyph)));
    }
    out.push_str("<defs>\n");
    for (face, glyph) in used {
        let steps = page.fonts.outline(face, glyph);
        if !steps.is_empty() {
            let _ = writeln!(out, r#"<path id="{}" d="{}"/>"#, name(face, glyph), path_data(&steps));
        }
    }
    out.push_str("</defs>\n");
}

fn path_data(steps: &[Step]) -> String {
    let mut data = String::new();
    for step in steps {
        let _ = match step {
            Step::Move(a) => write!(data, "M{} {}", a.x, a.y),
            Step::Line(a) => write!(data, "L{} {}", a.x, a.y),
            Step::Quad(a, b) => write!(data, "Q{} {} {} {}", a.x, a.y, b.x, b.y),
            Step::Cubic(a, b, c) => write!(data, "C{} {} {} {} {} {}", a.x, a.y, b.x, b.y, c.x, c.y),
            Step::Close => write!(data, "Z"),
        };
    }
    data
}

/// Sets one text: a group in font units, y upwards, at the start of the baseline.
fn set_text(out: &mut String, fonts: &Fonts, text: &Text) {
    let weight = text.style.weight;
    let scale = text.style.size * UNITS / fonts.units_per_em(weight);
    let turn = if text.upward { " rotate(-90)" } else { "" };
    let (r, g, b) = (text.color.0, text.color.1, text.color.2);
    let _ = writeln!(
        out,
        concat!(
            r##"<g role="img" aria-label="{}" fill="#{:02X}{:02X}{:02X}" "##,
            r##"transform="translate({:.2} {:.2}){} scale({:.6} -{:.6})">"##
        ),
        escaped(&text.content),
        r,
        g,
        b,
        text.start.0 * UNITS,
        text.start.1 * UNITS,
        turn,
        scale,
        scale,
    );
    for placed in fonts.shape(&text.content, weight).0 {
        if !fonts.outline(placed.face, placed.glyph).is_empty() {
            let up = if placed.y == 0.0 { String::new() } else { format!(r#" y="{}""#, placed.y) };
            let _ = write!(out, r##"<use xlink:href="#{}" x="{}"{up}/>"##, name(placed.face, placed.glyph), placed.x);
        }
    }
    out.push_str("</g>\n");
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in legible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
