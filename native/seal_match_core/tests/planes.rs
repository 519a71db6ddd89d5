//! Planes and scans whose shape does not describe their bytes are refused before anything reads them.

use seal_match_core::error::Error;
use seal_match_core::plane::{Plane, Scan, quantile};

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let data = [0_u8; 100];
    let refused = [
        (0, 10, 10),
        (10, 0, 10),
        (0, 0, 0),
        (10, 10, 9),
        (10, 11, 10),
        (10, 10, 11),
        (11, 10, 11),
        (65_536, 1, 65_536),
        (1, 65_536, 1),
        (1, 3, usize::MAX),
        (1, 2, usize::MAX),
        (2, 2, usize::MAX - 1),
        (usize::MAX, usize::MAX, usize::MAX),
    ];
    for (width, height, stride) in refused {
        let bad = Error::BadPlane { width, height, stride, len: data.len() };
        assert_eq!(Plane::new(&data, width, height, stride).err(), Some(bad));
    }
    assert!(Plane::<u8>::new(&[], 1, 1, 1).is_err());
    // The last row need not be padded, and one row may claim any stride.
    assert!(Plane::new(&data[..98], 8, 10, 10).is_ok());
    let one = Plane::new(&data, 100, 1, usize::MAX).expect("one row");
    assert_eq!(one.row(0).len(), 100);
}

#[test]
fn rows_are_read_at_their_stride() {
    let data: Vec<u8> = (0..35).collect();
    let plane = Plane::new(&data, 5, 5, 7).expect("fits");
    assert_eq!(plane.row(0), [0, 1, 2, 3, 4]);
    assert_eq!(plane.row(4), [28, 29, 30, 31, 32]);
}

#[test]
fn scans_of_no_use_are_refused() {
    let data = vec![0_u8; 200 * 200];
    let plane = |w, h| Plane::new(&data, w, h, 200).expect("fits");
    for dpi in [0.0, -300.0, 71.9, 2400.1, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert!(matches!(Scan::new(plane(200, 200), None, dpi, false), Err(Error::BadDpi { .. })), "{dpi}");
    }
    assert!(matches!(Scan::new(plane(200, 30), None, 200.0, false), Err(Error::ImageTooSmall { .. })));
    assert!(Scan::new(plane(200, 40), None, 200.0, false).is_ok());
}

#[test]
fn chroma_of_another_size_is_refused() {
    let data = vec![0_u8; 200 * 200];
    let plane = |w, h| Plane::new(&data, w, h, 200).expect("fits");
    let scan = |cb: (usize, usize), cr: (usize, usize)| {
        Scan::new(plane(199, 121), Some([plane(cb.0, cb.1), plane(cr.0, cr.1)]), 200.0, false)
    };
    for size in [(199, 121), (100, 121), (199, 61), (100, 61), (50, 31)] {
        assert!(scan(size, size).is_ok(), "{size:?}");
    }
    for size in [(99, 61), (100, 60), (200, 121), (49, 31), (25, 16), (1, 1)] {
        assert_eq!(scan(size, size).err(), Some(Error::BadChroma), "{size:?}");
    }
    assert_eq!(scan((100, 61), (50, 31)).err(), Some(Error::BadChroma));
}

#[test]
fn quantiles_of_anything_do_not_panic() {
    assert_eq!(quantile(&mut [], 0.5), None);
    assert_eq!(quantile(&mut [3.0], f32::INFINITY), Some(3.0));
    assert_eq!(quantile(&mut [1.0, f32::NAN, 0.0], 0.0), Some(0.0));
    assert!(quantile(&mut [f32::NAN, f32::NAN], 0.5).is_some_and(f32::is_nan));
    assert!(quantile(&mut [1.0, 2.0], f32::NAN).is_some());
}
