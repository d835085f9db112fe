//! A scene as pixels: for every pixel the distance to each shape decides how much of it is covered.
#![expect(clippy::float_arithmetic, reason = "this is drawing, not money")]

use super::{Colour, Point, Scene, Shape};
use image::ImageEncoder as _;

const SIZE: u16 = 128;

/// A PNG of 128 × 128 pixels with a transparent ground.
pub(super) fn png(scene: &Scene) -> Vec<u8> {
    let unit = 100.0 / f32::from(SIZE);
    let mut pixels = Vec::with_capacity(usize::from(SIZE) * usize::from(SIZE) * 4);
    // Only what comes near a row is looked at in that row.
    let spans: Vec<(f32, f32)> = scene.0.iter().map(|(shape, _)| rows(shape)).collect();
    for row in 0..SIZE {
        let y = (f32::from(row) + 0.5) * unit;
        let near: Vec<&(Shape, Colour)> =
            scene.0.iter().zip(&spans).filter(|(_, (top, bottom))| y >= top - 1.0 && y <= bottom + 1.0).map(|(shape, _)| shape).collect();
        for column in 0..SIZE {
            let at = ((f32::from(column) + 0.5) * unit, y);
            let (mut colour, mut cover) = ([0.0_f32; 3], 0.0_f32);
            for (shape, Colour(r, g, b)) in &near {
                let part = (0.5 - distance(shape, at) / unit).clamp(0.0, 1.0);
                if part > 0.0 {
                    for (have, new) in colour.iter_mut().zip([*r, *g, *b]) {
                        *have = *have * (1.0 - part) + f32::from(new) * part;
                    }
                    cover = cover * (1.0 - part) + part;
                }
            }
            let full = |value: f32| to_byte(if cover > 0.0 { value / cover } else { 0.0 });
            pixels.extend([full(colour[0]), full(colour[1]), full(colour[2]), to_byte(cover * 255.0)]);
        }
    }
    let mut out = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut out);
    // Writing to memory does not fail, and the buffer has the size it claims.
    match encoder.write_image(&pixels, u32::from(SIZE), u32::from(SIZE), image::ExtendedColorType::Rgba8) {
        Ok(()) => out,
        Err(_) => Vec::new(),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte before")]
fn to_byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// The first and last row a shape can touch.
fn rows(shape: &Shape) -> (f32, f32) {
    match shape {
        Shape::Circle { centre, radius } => (centre.1 - radius, centre.1 + radius),
        Shape::Ring { centre, radius, width } => (centre.1 - radius - width, centre.1 + radius + width),
        Shape::Polygon { corners, rounding } => {
            let low = corners.iter().map(|(_, y)| *y).fold(f32::MAX, f32::min);
            let high = corners.iter().map(|(_, y)| *y).fold(f32::MIN, f32::max);
            (low - rounding, high + rounding)
        }
        Shape::Line { stroke, width } => {
            let (low, high) = stroke.rows();
            (low - width, high + width)
        }
    }
}

/// How far a point lies outside a shape; negative inside.
fn distance(shape: &Shape, at: Point) -> f32 {
    match shape {
        Shape::Circle { centre, radius } => length(minus(at, *centre)) - radius,
        Shape::Ring { centre, radius, width } => (length(minus(at, *centre)) - radius).abs() - width / 2.0,
        Shape::Polygon { corners, rounding } => to_polygon(corners, at) - rounding,
        Shape::Line { stroke, width } => stroke.distance(at) - width / 2.0,
    }
}

fn to_polygon(corners: &[Point], at: Point) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut last = corners.last().copied().unwrap_or_default();
    for &corner in corners {
        nearest = nearest.min(to_line(last, corner, at));
        let crosses = (corner.1 > at.1) != (last.1 > at.1);
        if crosses && at.0 < (last.0 - corner.0) * (at.1 - corner.1) / (last.1 - corner.1) + corner.0 {
            inside = !inside;
        }
        last = corner;
    }
    if inside { -nearest } else { nearest }
}

/// Distance to a straight line between two points.
pub(super) fn to_line(from: Point, to: Point, at: Point) -> f32 {
    let (along, out) = (minus(to, from), minus(at, from));
    let square = along.0 * along.0 + along.1 * along.1;
    let share = if square > 0.0 { ((out.0 * along.0 + out.1 * along.1) / square).clamp(0.0, 1.0) } else { 0.0 };
    length((out.0 - along.0 * share, out.1 - along.1 * share))
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    (a.0 - b.0, a.1 - b.1)
}

pub(super) fn length(a: Point) -> f32 {
    a.0.hypot(a.1)
}
