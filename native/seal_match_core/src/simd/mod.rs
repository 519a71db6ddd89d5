//! The kernels that pixels pass through, each in three widths: one lane (the specification), AVX2 and AVX-512.
//!
//! A kernel is written once, over [`vector::Vector`], and compiled for every width. All widths do the same operations on each
//! element in the same order, sums included, and fuse a multiplication with an addition in all widths or in none; so they agree bit for bit, which
//! `tests/simd.rs` checks of every kernel. The library is built for the baseline of its processor family: one probe finds what
//! this machine can do.
//!
//! For every kernel `k` there are `k` (the best that this machine and [`set_limit`] allow), `k_at` (a given width) and `k_scalar`.

use std::sync::atomic::{AtomicU8, Ordering};

/// Declares the dispatch of a generic kernel: `$name`, `$at` and `$scalar`.
macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident, $at:ident, $scalar:ident = $generic:ident($($arg:ident: $ty:ty),* $(,)?)) => {
        $(#[$doc])*
        #[inline]
        pub fn $name($($arg: $ty),*) {
            $at($crate::simd::level(), $($arg),*);
        }

        #[doc = concat!("[`", stringify!($name), "`] in a given width, or the widest below it that this machine has.")]
        #[inline]
        pub fn $at(level: $crate::simd::Level, $($arg: $ty),*) {
            #[cfg(target_arch = "x86_64")]
            {
                use $crate::simd::vector::{F32x8, F32x16};

                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $ty),*) {
                    // SAFETY: compiled for AVX2 and FMA, and called only where the probe found it.
                    unsafe { $generic::<F32x8>($($arg),*) }
                }

                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
                fn avx512($($arg: $ty),*) {
                    // SAFETY: compiled for AVX-512, and called only where the probe found it.
                    unsafe { $generic::<F32x16>($($arg),*) }
                }

                match level.min($crate::simd::available()) {
                    // SAFETY: `available` has found AVX-512 F, BW, DQ, VL and VNNI.
                    $crate::simd::Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: `available` has found AVX2 and FMA.
                    $crate::simd::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::simd::Level::Scalar => {}
                }
            }
            let _ = level;
            $scalar($($arg),*);
        }

        #[doc = concat!("[`", stringify!($name), "`] one lane at a time: the specification of the other widths.")]
        pub fn $scalar($($arg: $ty),*) {
            // SAFETY: one lane needs nothing of the processor.
            unsafe { $generic::<f32>($($arg),*) }
        }
    };
}

/// Runs `$step::<V>(x, …)` for the elements `0..$n`, a vector at a time. Where `$n` is no multiple of the lanes, the last vector
/// starts earlier, so that some elements are done twice: a step must not read what it has written.
macro_rules! each {
    ($V:ident, $n:expr, $step:ident($($arg:expr),* $(,)?)) => {{
        let n: usize = $n;
        if n >= $V::LANES {
            let mut x = 0;
            loop {
                $step::<$V>(x, $($arg),*);
                if x + $V::LANES >= n {
                    break;
                }
                x = (x + $V::LANES).min(n - $V::LANES);
            }
        } else {
            for x in 0..n {
                $step::<f32>(x, $($arg),*);
            }
        }
    }};
}

pub mod agreement;
pub mod convolve;
pub mod cut;
pub mod edges;
pub mod forest;
pub mod fourier;
pub mod ink;
pub mod press;
pub mod robust;
pub mod rows;
pub mod tiles;
pub mod vector;

/// A width of the kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// One lane: plain Rust, on any processor.
    Scalar = 0,
    /// Eight lanes: x86-64 with AVX2 and FMA.
    Avx2 = 1,
    /// Sixteen lanes: x86-64 with AVX-512 F, BW, DQ, VL and VNNI (Cascade Lake, Zen 4 and later).
    Avx512 = 2,
}

impl Level {
    const ALL: [Self; 3] = [Self::Scalar, Self::Avx2, Self::Avx512];

    /// The level's name in lower case, as [`Level::from_name`] reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The level of a name; `None` for any other text.
    ///
    /// ```
    /// use seal_match_core::simd::Level;
    /// assert_eq!(Level::from_name("avx2"), Some(Level::Avx2));
    /// assert_eq!(Level::from_name("fast"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }
}

const UNKNOWN: u8 = u8::MAX;
static AVAILABLE: AtomicU8 = AtomicU8::new(UNKNOWN);
static LIMIT: AtomicU8 = AtomicU8::new(Level::Avx512 as u8);

/// The widest level that this processor and operating system support.
#[inline]
pub fn available() -> Level {
    match AVAILABLE.load(Ordering::Relaxed) {
        UNKNOWN => {
            let found = probe();
            AVAILABLE.store(found as u8, Ordering::Relaxed);
            found
        }
        known => Level::ALL[usize::from(known)],
    }
}

#[cfg(target_arch = "x86_64")]
fn probe() -> Level {
    let has_512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vnni");
    match (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"), has_512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Scalar,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn probe() -> Level {
    Level::Scalar
}

/// The level that kernels use now: the widest available within the limit.
#[inline]
pub fn level() -> Level {
    available().min(Level::ALL[usize::from(LIMIT.load(Ordering::Relaxed))])
}

/// Forbids levels above `limit` in the whole process; [`Level::Scalar`] forces plain Rust. Results do not depend on it.
pub fn set_limit(limit: Level) {
    LIMIT.store(limit as u8, Ordering::Relaxed);
}
