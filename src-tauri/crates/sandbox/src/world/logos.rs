//! Bank logos of our own drawing: a geometric mark with initials in a calm colour, decided by the bank's key. They look
//! like the marks of banks and like nobody's. Drawn by distance fields, so that edges are smooth without a font or a
//! drawing library; the same scene becomes PNG or SVG.
#![expect(clippy::float_arithmetic, reason = "this is drawing, not money")]

mod letters;
mod raster;

use super::{Bank, Dice, LogoFormat};
use letters::Stroke;
use std::fmt::Write as _;

/// The bytes behind a `logoUrl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// `image/png` or `image/svg+xml`.
    pub content_type: &'static str,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// Draws a bank's logo; `None` when the bank has none.
#[must_use]
pub fn logo(bank: &Bank) -> Option<Logo> {
    let scene = scene(bank);
    match bank.logo {
        LogoFormat::None => None,
        LogoFormat::Png => Some(Logo { content_type: "image/png", bytes: raster::png(&scene) }),
        LogoFormat::Svg => Some(Logo { content_type: "image/svg+xml", bytes: svg(&scene).into_bytes() }),
    }
}

/// A point; the picture is 100 units wide and high.
type Point = (f32, f32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour(u8, u8, u8);

/// What is filled.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Circle {
        centre: Point,
        radius: f32,
    },
    Ring {
        centre: Point,
        radius: f32,
        width: f32,
    },
    /// Corners in order.
    Polygon {
        corners: Vec<Point>,
        rounding: f32,
    },
    /// A line of a pen with a round tip.
    Line {
        stroke: Stroke,
        width: f32,
    },
}

/// Shapes in the order they are painted, over nothing.
#[derive(Clone, Debug, PartialEq)]
struct Scene(Vec<(Shape, Colour)>);

/// Deep ground, light partner, accent.
const PALETTES: [(Colour, Colour, Colour); 12] = [
    (Colour(0x12, 0x35, 0x5b), Colour(0xff, 0xff, 0xff), Colour(0x5f, 0xb0, 0xd9)),
    (Colour(0x0f, 0x4c, 0x45), Colour(0xff, 0xff, 0xff), Colour(0x74, 0xc6, 0xa4)),
    (Colour(0x6b, 0x1f, 0x33), Colour(0xff, 0xff, 0xff), Colour(0xe8, 0x9a, 0x8c)),
    (Colour(0x2f, 0x2a, 0x5e), Colour(0xff, 0xff, 0xff), Colour(0xa7, 0x9b, 0xe0)),
    (Colour(0x7a, 0x3e, 0x12), Colour(0xff, 0xff, 0xff), Colour(0xf0, 0xb4, 0x6a)),
    (Colour(0x1d, 0x3f, 0x2a), Colour(0xff, 0xff, 0xff), Colour(0xb9, 0xd0, 0x6b)),
    (Colour(0x24, 0x2c, 0x33), Colour(0xff, 0xff, 0xff), Colour(0xf2, 0xa6, 0x3b)),
    (Colour(0x0b, 0x5a, 0x73), Colour(0xff, 0xff, 0xff), Colour(0xf4, 0xd3, 0x7d)),
    (Colour(0x8a, 0x2f, 0x2a), Colour(0xff, 0xff, 0xff), Colour(0xf3, 0xcf, 0xa4)),
    (Colour(0x3f, 0x4d, 0x63), Colour(0xff, 0xff, 0xff), Colour(0x9f, 0xc3, 0xd8)),
    (Colour(0x5a, 0x2a, 0x5c), Colour(0xff, 0xff, 0xff), Colour(0xe2, 0xa3, 0xc7)),
    (Colour(0x1b, 0x2f, 0x4a), Colour(0xff, 0xff, 0xff), Colour(0xe6, 0x7c, 0x5a)),
];

fn scene(bank: &Bank) -> Scene {
    // Log-ins of one bank look alike: the name without what the log-in is for decides.
    let family: String = bank.name.split(['(', ',']).next().unwrap_or_default().trim().to_owned();
    let family = [" Business", " Commercial", " Entreprises", " Firmenkunden", " Empresas", " Imprese", " Zakelijk"]
        .iter()
        .fold(family, |name, word| name.strip_suffix(word).map(str::to_owned).unwrap_or(name));
    let mut dice = Dice::named(0, &family);
    let (ground, light, accent) = *dice.pick(&PALETTES);
    let initials = letters::initials(&family);
    let mut shapes = Vec::new();
    let centre = (50.0, 50.0);
    let badge = |shapes: &mut Vec<(Shape, Colour)>, kind: u64| match kind {
        0 => shapes.push((Shape::Circle { centre, radius: 48.0 }, ground)),
        1 => shapes.push((square(48.0, 20.0), ground)),
        2 => shapes.push((polygon(6, 44.0, 30.0, 6.0), ground)),
        _ => shapes.push((shield(), ground)),
    };
    match dice.below(8) {
        // Letters over a band, in a badge.
        0 => {
            badge(&mut shapes, dice.below(3));
            write_letters(&mut shapes, &initials, (50.0, 45.0), 34.0, light);
            shapes.push((Shape::Line { stroke: Stroke::Straight((32.0, 74.0), (68.0, 74.0)), width: 5.0 }, accent));
        }
        // A ring with a gap of light, letters inside.
        1 => {
            shapes.push((Shape::Ring { centre, radius: 43.0, width: 9.0 }, ground));
            let turn = letters::turn(45.0);
            shapes.push((Shape::Circle { centre: (50.0 + 43.0 * turn.0, 50.0 - 43.0 * turn.1), radius: 8.5 }, accent));
            write_letters(&mut shapes, &initials, centre, 36.0, ground);
        }
        // Two sails.
        2 => {
            badge(&mut shapes, 1);
            shapes.push((Shape::Polygon { corners: vec![(54.0, 16.0), (54.0, 58.0), (80.0, 58.0)], rounding: 2.5 }, light));
            shapes.push((Shape::Polygon { corners: vec![(45.0, 28.0), (45.0, 58.0), (24.0, 58.0)], rounding: 2.5 }, accent));
            write_letters(&mut shapes, &initials, (50.0, 77.0), 20.0, light);
        }
        // Columns under a roof.
        3 => {
            badge(&mut shapes, dice.below(2));
            shapes.push((Shape::Polygon { corners: vec![(50.0, 20.0), (78.0, 38.0), (22.0, 38.0)], rounding: 2.0 }, accent));
            for x in [32.0, 44.0, 56.0, 68.0] {
                shapes.push((Shape::Line { stroke: Stroke::Straight((x, 48.0), (x, 62.0)), width: 6.5 }, light));
            }
            shapes.push((Shape::Line { stroke: Stroke::Straight((26.0, 75.0), (74.0, 75.0)), width: 6.0 }, accent));
        }
        // Waves.
        4 => {
            badge(&mut shapes, 0);
            write_letters(&mut shapes, &initials, (50.0, 38.0), 29.0, light);
            for (row, colour) in [(68.0, accent), (79.0, light)] {
                for start in [29.0, 43.0, 57.0] {
                    let stroke = Stroke::Arc { centre: (start + 7.0, row), radius: 7.0, from: 180.0, to: 360.0 };
                    shapes.push((Shape::Line { stroke, width: 3.6 }, colour));
                }
            }
        }
        // A shield parted in two.
        5 => {
            badge(&mut shapes, 3);
            shapes.push((Shape::Line { stroke: Stroke::Straight((26.0, 30.0), (74.0, 30.0)), width: 6.0 }, accent));
            write_letters(&mut shapes, &initials, (50.0, 54.0), 28.0, light);
        }
        // Rising bars.
        6 => {
            badge(&mut shapes, 1);
            for (x, top, colour) in [(30.0, 56.0, accent), (43.0, 44.0, light), (56.0, 50.0, light), (69.0, 28.0, accent)] {
                shapes.push((Shape::Line { stroke: Stroke::Straight((x, top), (x, 72.0)), width: 8.0 }, colour));
            }
        }
        // Overlapping rounds.
        _ => {
            shapes.push((Shape::Circle { centre: (37.0, 50.0), radius: 33.0 }, ground));
            shapes.push((Shape::Ring { centre: (65.0, 50.0), radius: 29.0, width: 7.0 }, accent));
            let one: String = initials.chars().take(1).collect();
            write_letters(&mut shapes, &one, (20.0, 50.0), 24.0, light);
        }
    }
    Scene(shapes)
}

fn square(half: f32, rounding: f32) -> Shape {
    let inner = half - rounding;
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].iter().map(|(x, y)| (50.0 + x * inner, 50.0 + y * inner)).collect();
    Shape::Polygon { corners, rounding }
}

fn polygon(sides: u16, radius: f32, start: f32, rounding: f32) -> Shape {
    let corners = (0..sides)
        .map(|side| {
            let (x, y) = letters::turn(start + 360.0 * f32::from(side) / f32::from(sides));
            (50.0 + radius * x, 50.0 + radius * y)
        })
        .collect();
    Shape::Polygon { corners, rounding }
}

fn shield() -> Shape {
    let corners =
        vec![(14.0, 12.0), (86.0, 12.0), (86.0, 46.0), (80.0, 64.0), (68.0, 79.0), (50.0, 90.0), (32.0, 79.0), (20.0, 64.0), (14.0, 46.0)];
    Shape::Polygon { corners, rounding: 5.0 }
}

/// Writes letters of a height around a middle.
fn write_letters(shapes: &mut Vec<(Shape, Colour)>, text: &str, middle: Point, height: f32, colour: Colour) {
    let width = height * 0.15;
    for stroke in letters::write(text, middle, height - width) {
        shapes.push((Shape::Line { stroke, width }, colour));
    }
}

fn svg(scene: &Scene) -> String {
    let mut out = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="128" height="128">"#);
    for (shape, Colour(r, g, b)) in &scene.0 {
        let colour = format!("#{r:02x}{g:02x}{b:02x}");
        // `String` never refuses a write.
        let _ = match shape {
            Shape::Circle { centre: (x, y), radius } => write!(out, r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius:.2}" fill="{colour}"/>"#),
            Shape::Ring { centre: (x, y), radius, width } => {
                write!(out, r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius:.2}" fill="none" stroke="{colour}" stroke-width="{width:.2}"/>"#)
            }
            Shape::Polygon { corners, rounding } => {
                let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
                let (points, edge) = (points.join(" "), rounding * 2.0);
                write!(
                    out,
                    r#"<polygon points="{points}" fill="{colour}" stroke="{colour}" stroke-width="{edge:.2}" stroke-linejoin="round"/>"#
                )
            }
            Shape::Line { stroke, width } => {
                let path = stroke.path();
                write!(out, r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.2}" stroke-linecap="round"/>"#)
            }
        };
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Mode, catalogue};
    use std::collections::HashSet;

    #[test]
    fn every_logo_can_be_drawn_and_most_differ() {
        let all = catalogue(Mode::TrueLayer, 42);
        let mut seen = HashSet::new();
        for bank in all.banks().iter().step_by(40) {
            match (bank.logo, logo(bank)) {
                (LogoFormat::None, drawn) => assert_eq!(drawn, None),
                (LogoFormat::Png, Some(drawn)) => {
                    let picture = image::load_from_memory(&drawn.bytes).expect("a PNG");
                    assert_eq!((picture.width(), picture.height()), (128, 128));
                    assert!(drawn.bytes.len() < 10_000, "small enough to fetch by the hundred");
                    seen.insert(drawn.bytes);
                }
                (LogoFormat::Svg, Some(drawn)) => {
                    let text = String::from_utf8(drawn.bytes.clone()).expect("text");
                    assert!(text.starts_with("<svg ") && !text.contains("<script"), "plain SVG, safe to decode anywhere");
                    seen.insert(drawn.bytes);
                }
                (format, None) => panic!("{} has a {format:?} logo", bank.key),
            }
        }
        assert!(seen.len() > 40, "logos tell banks apart: {}", seen.len());
    }

    #[test]
    fn log_ins_of_one_bank_look_alike() {
        let all = catalogue(Mode::TrueLayer, 42);
        let scene_of = |key: &str| scene(all.by_key(key).expect("listed"));
        assert_eq!(scene_of("barclays_business_uk"), scene_of("barclays_uk"), "two log-ins, one bank");
        assert_ne!(scene_of("barclays_uk"), scene_of("rabobank_nl"));
    }
}
