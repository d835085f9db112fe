//! Capitals and figures drawn with a round pen: straight lines and arcs on a grid of our own, 10 high.
#![expect(clippy::float_arithmetic, reason = "this is drawing, not money")]

use super::Point;
use super::raster::{length, minus, to_line};

/// One stroke of the pen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stroke {
    /// From point to point.
    Straight(Point, Point),
    /// Part of a circle, in degrees clockwise from the right.
    Arc { centre: Point, radius: f32, from: f32, to: f32 },
}

impl Stroke {
    /// Distance of a point to the middle of the stroke.
    pub(super) fn distance(&self, at: Point) -> f32 {
        match *self {
            Self::Straight(from, to) => to_line(from, to, at),
            Self::Arc { centre, radius, from, to } => {
                let out = minus(at, centre);
                let angle = out.1.atan2(out.0).to_degrees();
                let past = (angle - from).rem_euclid(360.0);
                if past <= to - from {
                    (length(out) - radius).abs()
                } else {
                    let end = |degrees: f32| length(minus(at, on_circle(centre, radius, degrees)));
                    end(from).min(end(to))
                }
            }
        }
    }

    /// The rows it can touch.
    pub(super) fn rows(&self) -> (f32, f32) {
        match *self {
            Self::Straight(from, to) => (from.1.min(to.1), from.1.max(to.1)),
            Self::Arc { centre, radius, .. } => (centre.1 - radius, centre.1 + radius),
        }
    }

    /// As an SVG path.
    pub(super) fn path(&self) -> String {
        match *self {
            Self::Straight((x, y), (to_x, to_y)) => format!("M{x:.2} {y:.2}L{to_x:.2} {to_y:.2}"),
            // A path cannot end where it began, so a full round is two halves.
            Self::Arc { centre, radius, from, to } if to - from >= 360.0 => {
                let half = |from: f32| Self::Arc { centre, radius, from, to: from + 180.0 }.path();
                half(from) + &half(from + 180.0)
            }
            Self::Arc { centre, radius, from, to } => {
                let (start, end) = (on_circle(centre, radius, from), on_circle(centre, radius, to));
                let large = u8::from(to - from > 180.0);
                format!("M{:.2} {:.2}A{radius:.2} {radius:.2} 0 {large} 1 {:.2} {:.2}", start.0, start.1, end.0, end.1)
            }
        }
    }

    fn placed(self, scale: f32, by: Point) -> Self {
        let place = |(x, y): Point| (x * scale + by.0, y * scale + by.1);
        match self {
            Self::Straight(from, to) => Self::Straight(place(from), place(to)),
            Self::Arc { centre, radius, from, to } => Self::Arc { centre: place(centre), radius: radius * scale, from, to },
        }
    }
}

fn on_circle(centre: Point, radius: f32, degrees: f32) -> Point {
    let (x, y) = turn(degrees);
    (centre.0 + radius * x, centre.1 + radius * y)
}

/// The direction of an angle in degrees.
pub(super) fn turn(degrees: f32) -> Point {
    let angle = degrees.to_radians();
    (angle.cos(), angle.sin())
}

/// One or two capitals for a name.
pub(super) fn initials(name: &str) -> String {
    let plain: String = name.chars().map(plain_letter).collect();
    let mut words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
        !word.is_empty()
            && !matches!(word.to_ascii_lowercase().as_str(), "of" | "the" | "and" | "de" | "di" | "du" | "la" | "le" | "d" | "bank")
    });
    let first = words.next().unwrap_or("B");
    let one = |word: &str| word.chars().take(1).map(|c| c.to_ascii_uppercase()).collect::<String>();
    match words.next() {
        Some(second) => one(first) + &one(second),
        None => one(first),
    }
}

fn plain_letter(c: char) -> char {
    match c {
        'É' | 'é' | 'È' | 'è' | 'Ê' | 'ê' => 'E',
        'Î' | 'Í' => 'I',
        'Ä' | 'Å' | 'Á' | 'À' | 'Æ' => 'A',
        'Ö' | 'Ø' | 'Ó' => 'O',
        'Ü' | 'Ú' => 'U',
        'Ś' | 'Š' => 'S',
        'Ł' => 'L',
        'Ż' | 'Ź' => 'Z',
        // A small letter inside a word only has to stay a letter.
        c if c.is_alphabetic() && !c.is_ascii() => 'x',
        c => c,
    }
}

/// The strokes of a text of a height, around a middle.
pub(super) fn write(text: &str, middle: Point, height: f32) -> Vec<Stroke> {
    const GAP: f32 = 2.6;
    let scale = height / 10.0;
    let glyphs: Vec<(f32, Vec<Stroke>)> = text.chars().map(glyph).collect();
    let count = u8::try_from(glyphs.len().saturating_sub(1)).unwrap_or(0);
    let wide: f32 = glyphs.iter().map(|(width, _)| width).sum::<f32>() + GAP * f32::from(count);
    let mut x = middle.0 - wide * scale / 2.0;
    let top = middle.1 - height / 2.0;
    let mut strokes = Vec::new();
    for (width, glyph) in glyphs {
        strokes.extend(glyph.into_iter().map(|stroke| stroke.placed(scale, (x, top))));
        x += (width + GAP) * scale;
    }
    strokes
}

/// Width and strokes of a letter, 10 high from the top.
fn glyph(letter: char) -> (f32, Vec<Stroke>) {
    let line = |a: f32, b: f32, c: f32, d: f32| Stroke::Straight((a, b), (c, d));
    let arc = |x: f32, y: f32, radius: f32, from: f32, to: f32| Stroke::Arc { centre: (x, y), radius, from, to };
    match letter {
        'A' => (8.0, vec![line(0.0, 10.0, 4.0, 0.0), line(4.0, 0.0, 8.0, 10.0), line(1.5, 6.4, 6.5, 6.4)]),
        'B' => (
            6.2,
            vec![
                line(0.0, 0.0, 0.0, 10.0),
                line(0.0, 0.0, 3.3, 0.0),
                arc(3.3, 2.4, 2.4, -90.0, 90.0),
                line(0.0, 4.8, 3.6, 4.8),
                arc(3.6, 7.4, 2.6, -90.0, 90.0),
                line(3.6, 10.0, 0.0, 10.0),
            ],
        ),
        'C' => (7.8, vec![arc(5.0, 5.0, 5.0, 48.0, 312.0)]),
        'D' => {
            (7.6, vec![line(0.0, 0.0, 0.0, 10.0), line(0.0, 0.0, 2.6, 0.0), arc(2.6, 5.0, 5.0, -90.0, 90.0), line(2.6, 10.0, 0.0, 10.0)])
        }
        'E' => (5.6, vec![line(0.0, 0.0, 0.0, 10.0), line(0.0, 0.0, 5.6, 0.0), line(0.0, 5.0, 4.8, 5.0), line(0.0, 10.0, 5.6, 10.0)]),
        'F' => (5.4, vec![line(0.0, 0.0, 0.0, 10.0), line(0.0, 0.0, 5.4, 0.0), line(0.0, 5.0, 4.6, 5.0)]),
        'G' => (10.0, vec![arc(5.0, 5.0, 5.0, 0.0, 312.0), line(10.0, 5.0, 5.8, 5.0)]),
        'H' => (7.2, vec![line(0.0, 0.0, 0.0, 10.0), line(7.2, 0.0, 7.2, 10.0), line(0.0, 5.0, 7.2, 5.0)]),
        'I' => (0.8, vec![line(0.4, 0.0, 0.4, 10.0)]),
        'J' => (5.0, vec![line(5.0, 0.0, 5.0, 7.3), arc(2.3, 7.3, 2.7, 0.0, 160.0)]),
        'K' => (6.6, vec![line(0.0, 0.0, 0.0, 10.0), line(6.2, 0.0, 0.0, 6.2), line(2.4, 4.0, 6.6, 10.0)]),
        'L' => (5.4, vec![line(0.0, 0.0, 0.0, 10.0), line(0.0, 10.0, 5.4, 10.0)]),
        'M' => (9.0, vec![line(0.0, 10.0, 0.0, 0.0), line(0.0, 0.0, 4.5, 6.6), line(4.5, 6.6, 9.0, 0.0), line(9.0, 0.0, 9.0, 10.0)]),
        'N' => (7.4, vec![line(0.0, 10.0, 0.0, 0.0), line(0.0, 0.0, 7.4, 10.0), line(7.4, 10.0, 7.4, 0.0)]),
        'O' => (10.0, vec![arc(5.0, 5.0, 5.0, 0.0, 360.0)]),
        'P' => (6.0, vec![line(0.0, 0.0, 0.0, 10.0), line(0.0, 0.0, 3.2, 0.0), arc(3.2, 2.8, 2.8, -90.0, 90.0), line(3.2, 5.6, 0.0, 5.6)]),
        'Q' => (10.0, vec![arc(5.0, 5.0, 5.0, 0.0, 360.0), line(6.4, 6.8, 9.4, 10.2)]),
        'R' => (
            6.4,
            vec![
                line(0.0, 0.0, 0.0, 10.0),
                line(0.0, 0.0, 3.2, 0.0),
                arc(3.2, 2.7, 2.7, -90.0, 90.0),
                line(3.2, 5.4, 0.0, 5.4),
                line(3.0, 5.4, 6.4, 10.0),
            ],
        ),
        'S' => (5.8, vec![arc(2.9, 2.5, 2.5, 90.0, 335.0), arc(2.9, 7.5, 2.5, -90.0, 155.0)]),
        'T' => (7.2, vec![line(0.0, 0.0, 7.2, 0.0), line(3.6, 0.0, 3.6, 10.0)]),
        'U' => (7.0, vec![line(0.0, 0.0, 0.0, 6.5), arc(3.5, 6.5, 3.5, 0.0, 180.0), line(7.0, 6.5, 7.0, 0.0)]),
        'V' => (8.0, vec![line(0.0, 0.0, 4.0, 10.0), line(4.0, 10.0, 8.0, 0.0)]),
        'W' => (11.0, vec![line(0.0, 0.0, 2.8, 10.0), line(2.8, 10.0, 5.5, 1.6), line(5.5, 1.6, 8.2, 10.0), line(8.2, 10.0, 11.0, 0.0)]),
        'X' => (7.4, vec![line(0.0, 0.0, 7.4, 10.0), line(7.4, 0.0, 0.0, 10.0)]),
        'Y' => (7.6, vec![line(0.0, 0.0, 3.8, 5.0), line(7.6, 0.0, 3.8, 5.0), line(3.8, 5.0, 3.8, 10.0)]),
        'Z' => (6.8, vec![line(0.0, 0.0, 6.8, 0.0), line(6.8, 0.0, 0.0, 10.0), line(0.0, 10.0, 6.8, 10.0)]),
        '1' => (3.0, vec![line(0.0, 2.4, 3.0, 0.0), line(3.0, 0.0, 3.0, 10.0)]),
        '2' => (6.0, vec![arc(3.0, 2.9, 2.9, 190.0, 395.0), line(5.4, 4.6, 0.2, 10.0), line(0.2, 10.0, 6.0, 10.0)]),
        '3' => (5.6, vec![arc(2.6, 2.4, 2.4, 205.0, 450.0), arc(2.6, 7.4, 2.6, -90.0, 155.0)]),
        '4' => (7.0, vec![line(5.0, 10.0, 5.0, 0.0), line(5.0, 0.0, 0.0, 7.0), line(0.0, 7.0, 7.0, 7.0)]),
        '6' => (6.4, vec![arc(3.2, 6.8, 3.2, 0.0, 360.0), line(0.6, 5.0, 4.2, 0.0)]),
        '8' => (5.6, vec![arc(2.8, 2.3, 2.3, 0.0, 360.0), arc(2.8, 7.3, 2.7, 0.0, 360.0)]),
        // Anything else becomes a dot in a ring: still a mark.
        _ => (10.0, vec![arc(5.0, 5.0, 5.0, 0.0, 360.0), line(5.0, 5.0, 5.01, 5.0)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_capitals_that_can_be_drawn() {
        for (name, expected) in
            [("Société Générale", "SG"), ("Élan", "E"), ("Bank of Ireland", "I"), ("ING", "I"), ("", "B"), ("Øresund Sparekasse", "OS")]
        {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn arcs_end_where_they_end() {
        let half = Stroke::Arc { centre: (0.0, 0.0), radius: 10.0, from: 0.0, to: 180.0 };
        assert!(half.distance((0.0, 10.0)) < 0.001, "on the arc");
        assert!((half.distance((0.0, -10.0)) - 14.142).abs() < 0.01, "the other half is not drawn");
    }
}
