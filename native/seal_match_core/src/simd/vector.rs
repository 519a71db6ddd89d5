//! Lanes of `f32`: the operations that kernels are written in, with one, eight and sixteen lanes.
//!
//! Every operation is exact or rounded once as IEEE 754 says, the same in every width. A multiplication and an addition are fused
//! only where `mul_add` says so, and then in every width: one lane without the instruction computes it the long way.
//!
//! Kernels must not use closures: a closure is a function of its own, compiled for the baseline, into which no wide instruction can
//! be inlined. (A loop of calls to one-instruction functions is slower than plain Rust.)

use std::ops::{Add, Div, Mul, Sub};

/// Some lanes of `f32`.
///
/// A value exists only where the processor can compute with it: whoever makes the first one (`splat`, `load`, `iota`, …) vouches
/// for that, and operations on values are safe.
pub trait Vector: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> {
    /// How many lanes.
    const LANES: usize;
    /// A truth value a lane.
    type Mask: Copy;
    /// An `i32` a lane.
    type Int: Copy;

    /// The same number in every lane.
    ///
    /// # Safety
    /// - The processor has the instructions of this width (all constructors ask this).
    unsafe fn splat(v: f32) -> Self;
    /// 0, 1, 2, …
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    unsafe fn iota() -> Self;
    /// Consecutive numbers from memory of any alignment.
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    /// - `LANES` numbers from `p` on are readable.
    unsafe fn load(p: *const f32) -> Self;
    /// Consecutive bytes from memory, as numbers.
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    /// - `LANES` bytes from `p` on are readable.
    unsafe fn load_bytes(p: *const u8) -> Self;
    /// Consecutive `i32` from memory of any alignment.
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    /// - `LANES` numbers from `p` on are readable.
    unsafe fn load_int(p: *const i32) -> Self::Int;
    /// The number at `base + index` for each lane.
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    /// - Every `base + index` is readable.
    unsafe fn gather(base: *const f32, index: Self::Int) -> Self;
    /// The numbers at `base + index` and `base + index + 1` for each lane.
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    /// - Every `base + index` and its successor are readable.
    unsafe fn gather_pairs(base: *const f32, index: Self::Int) -> (Self, Self);
    /// Writes the lanes to memory of any alignment.
    ///
    /// # Safety
    /// - `LANES` numbers from `p` on are writable.
    unsafe fn store(self, p: *mut f32);
    /// Writes `self[0], other[0], self[1], other[1], …`.
    ///
    /// # Safety
    /// - Twice `LANES` numbers from `p` on are writable.
    unsafe fn store_pairs(self, other: Self, p: *mut f32);

    /// `self · a + b`, rounded once.
    #[must_use]
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// The larger; `other` when either is not a number.
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// The smaller; `other` when either is not a number.
    #[must_use]
    fn min(self, other: Self) -> Self;
    /// Absolute value.
    #[must_use]
    fn abs(self) -> Self;
    /// Square root, correctly rounded.
    #[must_use]
    fn sqrt(self) -> Self;
    /// Whether `self > other`.
    fn gt(self, other: Self) -> Self::Mask;
    /// Whether `self >= other`.
    fn ge(self, other: Self) -> Self::Mask;
    /// Both.
    fn and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Whether any lane is true.
    fn any(m: Self::Mask) -> bool;
    /// One bit a lane, the first lane's the lowest.
    fn bits(m: Self::Mask) -> u32;
    /// `yes` where the mask is true, else `no`.
    fn select(m: Self::Mask, yes: Self, no: Self) -> Self;
    /// Towards zero; the caller keeps numbers within `i32`.
    fn truncate(self) -> Self::Int;
    /// As a float.
    fn from_int(i: Self::Int) -> Self;
    /// `row · stride + column` in wrapping arithmetic.
    fn index(row: Self::Int, stride: i32, column: Self::Int) -> Self::Int;
    /// The same `i32` in every lane.
    ///
    /// # Safety
    /// - As [`Vector::splat`].
    unsafe fn splat_int(v: i32) -> Self::Int;
    /// The words at `base + index` (in the low sixteen bits) and `base + index + 1` for each lane.
    ///
    /// # Safety
    /// - Every `base + index` and its successor are readable.
    unsafe fn gather_words(base: *const u16, index: Self::Int) -> Self::Int;
    /// Writes the lanes to memory of any alignment.
    ///
    /// # Safety
    /// - `LANES` numbers from `p` on are writable.
    unsafe fn store_int(i: Self::Int, p: *mut i32);
    /// Sum in wrapping arithmetic.
    fn add_int(a: Self::Int, b: Self::Int) -> Self::Int;
    /// Product in wrapping arithmetic.
    fn mul_int(a: Self::Int, b: Self::Int) -> Self::Int;
    /// `sum` and the products of the low and of the high halves of `a` and `b`, each half an `i16` above −2¹⁵; in wrapping arithmetic.
    fn add_products(sum: Self::Int, a: Self::Int, b: Self::Int) -> Self::Int;
    /// The larger.
    fn max_int(a: Self::Int, b: Self::Int) -> Self::Int;
    /// Bits that both have.
    fn and_int(a: Self::Int, b: Self::Int) -> Self::Int;
    /// Bits moved down, zeros from above.
    fn shift_right<const N: u32>(i: Self::Int) -> Self::Int;
    /// Bits moved up, zeros from below.
    fn shift_left<const N: u32>(i: Self::Int) -> Self::Int;
    /// The highest bit of each lane, the first lane's the lowest.
    fn signs(i: Self::Int) -> u32;
}

impl Vector for f32 {
    const LANES: usize = 1;
    type Mask = bool;
    type Int = i32;

    #[inline(always)]
    unsafe fn splat(v: f32) -> Self {
        v
    }
    #[inline(always)]
    unsafe fn iota() -> Self {
        0.0
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        // SAFETY: the caller's promise.
        unsafe { p.read() }
    }
    #[inline(always)]
    unsafe fn load_bytes(p: *const u8) -> Self {
        // SAFETY: the caller's promise.
        unsafe { f32::from(p.read()) }
    }
    #[inline(always)]
    unsafe fn load_int(p: *const i32) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { p.read() }
    }
    #[inline(always)]
    unsafe fn gather(base: *const f32, index: i32) -> Self {
        // SAFETY: the caller's promise.
        unsafe { base.offset(index as isize).read() }
    }
    #[inline(always)]
    unsafe fn gather_pairs(base: *const f32, index: i32) -> (Self, Self) {
        // SAFETY: the caller's promise.
        unsafe { (base.offset(index as isize).read(), base.offset(index as isize + 1).read()) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { p.write(self) }
    }
    #[inline(always)]
    unsafe fn store_pairs(self, other: Self, p: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe {
            p.write(self);
            p.add(1).write(other);
        }
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        f32::mul_add(self, a, b)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f32::abs(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn gt(self, other: Self) -> bool {
        self > other
    }
    #[inline(always)]
    fn ge(self, other: Self) -> bool {
        self >= other
    }
    #[inline(always)]
    fn and(a: bool, b: bool) -> bool {
        a & b
    }
    #[inline(always)]
    fn any(m: bool) -> bool {
        m
    }
    #[inline(always)]
    fn bits(m: bool) -> u32 {
        u32::from(m)
    }
    #[inline(always)]
    fn select(m: bool, yes: Self, no: Self) -> Self {
        if m { yes } else { no }
    }
    #[inline(always)]
    fn truncate(self) -> i32 {
        self as i32
    }
    #[inline(always)]
    fn from_int(i: i32) -> Self {
        i as f32
    }
    #[inline(always)]
    fn index(row: i32, stride: i32, column: i32) -> i32 {
        row.wrapping_mul(stride).wrapping_add(column)
    }
    #[inline(always)]
    unsafe fn splat_int(v: i32) -> i32 {
        v
    }
    #[inline(always)]
    unsafe fn gather_words(base: *const u16, index: i32) -> i32 {
        // SAFETY: the caller's promise.
        let [a, b] = unsafe { base.offset(index as isize).cast::<[u16; 2]>().read() };
        i32::from(a) | i32::from(b) << 16
    }
    #[inline(always)]
    unsafe fn store_int(i: i32, p: *mut i32) {
        // SAFETY: the caller's promise.
        unsafe { p.write(i) }
    }
    #[inline(always)]
    fn add_int(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn mul_int(a: i32, b: i32) -> i32 {
        a.wrapping_mul(b)
    }
    #[inline(always)]
    fn add_products(sum: i32, a: i32, b: i32) -> i32 {
        let product = |shift: u32| i32::from((a >> shift) as i16) * i32::from((b >> shift) as i16);
        sum.wrapping_add(product(0).wrapping_add(product(16)))
    }
    #[inline(always)]
    fn max_int(a: i32, b: i32) -> i32 {
        a.max(b)
    }
    #[inline(always)]
    fn and_int(a: i32, b: i32) -> i32 {
        a & b
    }
    #[inline(always)]
    fn shift_right<const N: u32>(i: i32) -> i32 {
        (i as u32 >> N) as i32
    }
    #[inline(always)]
    fn shift_left<const N: u32>(i: i32) -> i32 {
        i << N
    }
    #[inline(always)]
    fn signs(i: i32) -> u32 {
        i as u32 >> 31
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{F32x8, F32x16};

#[cfg(target_arch = "x86_64")]
mod x86 {
    // SAFETY, for every block below: a value of these types exists only where its width is available (the promise of the
    // constructors), and memory is the caller's promise.
    #![allow(clippy::undocumented_unsafe_blocks)]
    // Some seventy intrinsics.
    #![allow(clippy::wildcard_imports)]

    use std::arch::x86_64::*;
    use std::ops::{Add, Div, Mul, Sub};

    use super::Vector;

    /// Eight lanes; AVX2.
    #[derive(Clone, Copy)]
    pub struct F32x8(__m256);

    /// Sixteen lanes; AVX-512 F, BW, DQ, VL, VNNI.
    #[derive(Clone, Copy)]
    pub struct F32x16(__m512);

    macro_rules! operators {
        ($type:ident: $($trait:ident $method:ident $intrinsic:ident),*) => {$(
            impl $trait for $type {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    unsafe { Self($intrinsic(self.0, other.0)) }
                }
            }
        )*};
    }
    operators!(F32x8: Add add _mm256_add_ps, Sub sub _mm256_sub_ps, Mul mul _mm256_mul_ps, Div div _mm256_div_ps);
    operators!(F32x16: Add add _mm512_add_ps, Sub sub _mm512_sub_ps, Mul mul _mm512_mul_ps, Div div _mm512_div_ps);

    impl Vector for F32x8 {
        const LANES: usize = 8;
        type Mask = __m256;
        type Int = __m256i;

        #[inline(always)]
        unsafe fn splat(v: f32) -> Self {
            unsafe { Self(_mm256_set1_ps(v)) }
        }
        #[inline(always)]
        unsafe fn iota() -> Self {
            unsafe { Self(_mm256_setr_ps(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { Self(_mm256_loadu_ps(p)) }
        }
        #[inline(always)]
        unsafe fn load_bytes(p: *const u8) -> Self {
            unsafe { Self(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(p.cast())))) }
        }
        #[inline(always)]
        unsafe fn load_int(p: *const i32) -> __m256i {
            unsafe { _mm256_loadu_si256(p.cast()) }
        }
        #[inline(always)]
        unsafe fn gather(base: *const f32, index: __m256i) -> Self {
            unsafe { Self(_mm256_i32gather_ps::<4>(base, index)) }
        }
        #[inline(always)]
        unsafe fn gather_pairs(base: *const f32, index: __m256i) -> (Self, Self) {
            unsafe {
                // A pair is fetched as one 64-bit number, then the two halves are sorted out.
                let low = _mm256_castpd_ps(_mm256_i32gather_pd::<4>(base.cast(), _mm256_castsi256_si128(index)));
                let high = _mm256_castpd_ps(_mm256_i32gather_pd::<4>(base.cast(), _mm256_extracti128_si256::<1>(index)));
                let (first, second) = (_mm256_shuffle_ps::<0x88>(low, high), _mm256_shuffle_ps::<0xDD>(low, high));
                let first = _mm256_permute4x64_pd::<0xD8>(_mm256_castps_pd(first));
                let second = _mm256_permute4x64_pd::<0xD8>(_mm256_castps_pd(second));
                (Self(_mm256_castpd_ps(first)), Self(_mm256_castpd_ps(second)))
            }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe { _mm256_storeu_ps(p, self.0) }
        }
        #[inline(always)]
        unsafe fn store_pairs(self, other: Self, p: *mut f32) {
            unsafe {
                let (low, high) = (_mm256_unpacklo_ps(self.0, other.0), _mm256_unpackhi_ps(self.0, other.0));
                _mm256_storeu_ps(p, _mm256_permute2f128_ps::<0x20>(low, high));
                _mm256_storeu_ps(p.add(8), _mm256_permute2f128_ps::<0x31>(low, high));
            }
        }
        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { Self(_mm256_fmadd_ps(self.0, a.0, b.0)) }
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            unsafe { Self(_mm256_max_ps(self.0, other.0)) }
        }
        #[inline(always)]
        fn min(self, other: Self) -> Self {
            unsafe { Self(_mm256_min_ps(self.0, other.0)) }
        }
        #[inline(always)]
        fn abs(self) -> Self {
            unsafe { Self(_mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0)) }
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            unsafe { Self(_mm256_sqrt_ps(self.0)) }
        }
        #[inline(always)]
        fn gt(self, other: Self) -> __m256 {
            unsafe { _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, other.0) }
        }
        #[inline(always)]
        fn ge(self, other: Self) -> __m256 {
            unsafe { _mm256_cmp_ps::<_CMP_GE_OQ>(self.0, other.0) }
        }
        #[inline(always)]
        fn and(a: __m256, b: __m256) -> __m256 {
            unsafe { _mm256_and_ps(a, b) }
        }
        #[inline(always)]
        fn any(m: __m256) -> bool {
            unsafe { _mm256_movemask_ps(m) != 0 }
        }
        #[inline(always)]
        fn bits(m: __m256) -> u32 {
            unsafe { _mm256_movemask_ps(m) as u32 }
        }
        #[inline(always)]
        fn select(m: __m256, yes: Self, no: Self) -> Self {
            unsafe { Self(_mm256_blendv_ps(no.0, yes.0, m)) }
        }
        #[inline(always)]
        fn truncate(self) -> __m256i {
            unsafe { _mm256_cvttps_epi32(self.0) }
        }
        #[inline(always)]
        fn from_int(i: __m256i) -> Self {
            unsafe { Self(_mm256_cvtepi32_ps(i)) }
        }
        #[inline(always)]
        fn index(row: __m256i, stride: i32, column: __m256i) -> __m256i {
            unsafe { _mm256_add_epi32(_mm256_mullo_epi32(row, _mm256_set1_epi32(stride)), column) }
        }
        #[inline(always)]
        unsafe fn splat_int(v: i32) -> __m256i {
            unsafe { _mm256_set1_epi32(v) }
        }
        #[inline(always)]
        unsafe fn gather_words(base: *const u16, index: __m256i) -> __m256i {
            unsafe { _mm256_i32gather_epi32::<2>(base.cast(), index) }
        }
        #[inline(always)]
        unsafe fn store_int(i: __m256i, p: *mut i32) {
            unsafe { _mm256_storeu_si256(p.cast(), i) }
        }
        #[inline(always)]
        fn add_int(a: __m256i, b: __m256i) -> __m256i {
            unsafe { _mm256_add_epi32(a, b) }
        }
        #[inline(always)]
        fn mul_int(a: __m256i, b: __m256i) -> __m256i {
            unsafe { _mm256_mullo_epi32(a, b) }
        }
        #[inline(always)]
        fn add_products(sum: __m256i, a: __m256i, b: __m256i) -> __m256i {
            unsafe { _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)) }
        }
        #[inline(always)]
        fn max_int(a: __m256i, b: __m256i) -> __m256i {
            unsafe { _mm256_max_epi32(a, b) }
        }
        #[inline(always)]
        fn and_int(a: __m256i, b: __m256i) -> __m256i {
            unsafe { _mm256_and_si256(a, b) }
        }
        #[inline(always)]
        fn shift_right<const N: u32>(i: __m256i) -> __m256i {
            unsafe { _mm256_srl_epi32(i, _mm_cvtsi32_si128(N as i32)) }
        }
        #[inline(always)]
        fn shift_left<const N: u32>(i: __m256i) -> __m256i {
            unsafe { _mm256_sll_epi32(i, _mm_cvtsi32_si128(N as i32)) }
        }
        #[inline(always)]
        fn signs(i: __m256i) -> u32 {
            unsafe { _mm256_movemask_ps(_mm256_castsi256_ps(i)) as u32 }
        }
    }

    impl Vector for F32x16 {
        const LANES: usize = 16;
        type Mask = __mmask16;
        type Int = __m512i;

        #[inline(always)]
        unsafe fn splat(v: f32) -> Self {
            unsafe { Self(_mm512_set1_ps(v)) }
        }
        #[inline(always)]
        unsafe fn iota() -> Self {
            const ALL: [f32; 16] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
            unsafe { Self::load(ALL.as_ptr()) }
        }
        #[inline(always)]
        unsafe fn load(p: *const f32) -> Self {
            unsafe { Self(_mm512_loadu_ps(p)) }
        }
        #[inline(always)]
        unsafe fn load_bytes(p: *const u8) -> Self {
            unsafe { Self(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(p.cast())))) }
        }
        #[inline(always)]
        unsafe fn load_int(p: *const i32) -> __m512i {
            unsafe { _mm512_loadu_si512(p.cast()) }
        }
        #[inline(always)]
        unsafe fn gather(base: *const f32, index: __m512i) -> Self {
            unsafe { Self(_mm512_i32gather_ps::<4>(index, base)) }
        }
        #[inline(always)]
        unsafe fn gather_pairs(base: *const f32, index: __m512i) -> (Self, Self) {
            unsafe {
                let low = _mm512_castpd_ps(_mm512_i32gather_pd::<4>(_mm512_castsi512_si256(index), base.cast()));
                let high = _mm512_castpd_ps(_mm512_i32gather_pd::<4>(_mm512_extracti64x4_epi64::<1>(index), base.cast()));
                let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
                let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
                (Self(_mm512_permutex2var_ps(low, even, high)), Self(_mm512_permutex2var_ps(low, odd, high)))
            }
        }
        #[inline(always)]
        unsafe fn store(self, p: *mut f32) {
            unsafe { _mm512_storeu_ps(p, self.0) }
        }
        #[inline(always)]
        unsafe fn store_pairs(self, other: Self, p: *mut f32) {
            unsafe {
                let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
                let high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
                _mm512_storeu_ps(p, _mm512_permutex2var_ps(self.0, low, other.0));
                _mm512_storeu_ps(p.add(16), _mm512_permutex2var_ps(self.0, high, other.0));
            }
        }
        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            unsafe { Self(_mm512_fmadd_ps(self.0, a.0, b.0)) }
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            unsafe { Self(_mm512_max_ps(self.0, other.0)) }
        }
        #[inline(always)]
        fn min(self, other: Self) -> Self {
            unsafe { Self(_mm512_min_ps(self.0, other.0)) }
        }
        #[inline(always)]
        fn abs(self) -> Self {
            unsafe { Self(_mm512_abs_ps(self.0)) }
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            unsafe { Self(_mm512_sqrt_ps(self.0)) }
        }
        #[inline(always)]
        fn gt(self, other: Self) -> __mmask16 {
            unsafe { _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, other.0) }
        }
        #[inline(always)]
        fn ge(self, other: Self) -> __mmask16 {
            unsafe { _mm512_cmp_ps_mask::<_CMP_GE_OQ>(self.0, other.0) }
        }
        #[inline(always)]
        fn and(a: __mmask16, b: __mmask16) -> __mmask16 {
            a & b
        }
        #[inline(always)]
        fn any(m: __mmask16) -> bool {
            m != 0
        }
        #[inline(always)]
        fn bits(m: __mmask16) -> u32 {
            u32::from(m)
        }
        #[inline(always)]
        fn select(m: __mmask16, yes: Self, no: Self) -> Self {
            unsafe { Self(_mm512_mask_blend_ps(m, no.0, yes.0)) }
        }
        #[inline(always)]
        fn truncate(self) -> __m512i {
            unsafe { _mm512_cvttps_epi32(self.0) }
        }
        #[inline(always)]
        fn from_int(i: __m512i) -> Self {
            unsafe { Self(_mm512_cvtepi32_ps(i)) }
        }
        #[inline(always)]
        fn index(row: __m512i, stride: i32, column: __m512i) -> __m512i {
            unsafe { _mm512_add_epi32(_mm512_mullo_epi32(row, _mm512_set1_epi32(stride)), column) }
        }
        #[inline(always)]
        unsafe fn splat_int(v: i32) -> __m512i {
            unsafe { _mm512_set1_epi32(v) }
        }
        #[inline(always)]
        unsafe fn gather_words(base: *const u16, index: __m512i) -> __m512i {
            unsafe { _mm512_i32gather_epi32::<2>(index, base.cast()) }
        }
        #[inline(always)]
        unsafe fn store_int(i: __m512i, p: *mut i32) {
            unsafe { _mm512_storeu_si512(p.cast(), i) }
        }
        #[inline(always)]
        fn add_int(a: __m512i, b: __m512i) -> __m512i {
            unsafe { _mm512_add_epi32(a, b) }
        }
        #[inline(always)]
        fn mul_int(a: __m512i, b: __m512i) -> __m512i {
            unsafe { _mm512_mullo_epi32(a, b) }
        }
        #[inline(always)]
        fn add_products(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
            unsafe { _mm512_dpwssd_epi32(sum, a, b) }
        }
        #[inline(always)]
        fn max_int(a: __m512i, b: __m512i) -> __m512i {
            unsafe { _mm512_max_epi32(a, b) }
        }
        #[inline(always)]
        fn and_int(a: __m512i, b: __m512i) -> __m512i {
            unsafe { _mm512_and_si512(a, b) }
        }
        #[inline(always)]
        fn shift_right<const N: u32>(i: __m512i) -> __m512i {
            unsafe { _mm512_srl_epi32(i, _mm_cvtsi32_si128(N as i32)) }
        }
        #[inline(always)]
        fn shift_left<const N: u32>(i: __m512i) -> __m512i {
            unsafe { _mm512_sll_epi32(i, _mm_cvtsi32_si128(N as i32)) }
        }
        #[inline(always)]
        fn signs(i: __m512i) -> u32 {
            unsafe { u32::from(_mm512_movepi32_mask(i)) }
        }
    }
}
