//! Small images of any content and shape: surveyed, enrolled and, when that succeeds, examined against themselves.
//!
//! The first eight bytes choose width, height, row padding, resolution and chroma; the rest tiles the planes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seal_match_core::ink::{Ink, Survey};
use seal_match_core::plane::{Plane, Scan};
use seal_match_core::template::{CardScan, Reference, Template};
use seal_match_core::verify::{Search, examine};

/// A plane's bytes: `pattern` over and over, from `start`.
fn tiled(pattern: &[u8], start: usize, len: usize) -> Vec<u8> {
    pattern.iter().copied().cycle().skip(start % pattern.len()).take(len).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((head, pattern)) = bytes.split_at_checked(8) else { return };
    if pattern.is_empty() {
        return;
    }
    let (width, height) = (15 + usize::from(head[0]), 15 + usize::from(head[1]));
    let stride = width + usize::from(head[2] % 8);
    let dpi = [72.0, 96.0, 150.0, 200.0, 300.0, 600.0][usize::from(head[3] % 6)];
    let (sx, sy) = (u32::from(head[4] % 3), u32::from(head[5] % 3));
    let (cw, ch) = (width.div_ceil(1 << sx), height.div_ceil(1 << sy));
    let luma = tiled(pattern, 0, stride * height);
    let (cb, cr) = (tiled(pattern, 7, cw * ch), tiled(pattern, 13, cw * ch));
    let Ok(plane) = Plane::new(&luma, width, height, stride) else { return };
    let chroma = match (Plane::new(&cb, cw, ch, cw), Plane::new(&cr, cw, ch, cw)) {
        (Ok(cb), Ok(cr)) if head[6] % 4 != 0 => Some([cb, cr]),
        _ => None,
    };
    let Ok(scan) = Scan::new(plane, chroma, dpi, head[6] % 5 == 0) else { return };
    let survey = Survey::new(&scan);
    for ink in survey.coloured_inks().into_iter().chain([Ink::Dark]) {
        let corner = [i32::from(head[7]) - 128, 128 - i32::from(head[7])];
        let window = survey.window(&scan, &ink, corner, [width, height]);
        assert!(window.ink.data.iter().all(|v| v.is_finite()));
    }
    let seal_box = (head[7] % 2 == 0).then_some([0.0, 0.0, width as f32, height as f32]);
    if let Ok((template, _)) = Template::enrol(&[CardScan { scan, seal_box }]) {
        let _ = examine(&Reference::new(template), &scan, &Search { within: seal_box });
    }
});
