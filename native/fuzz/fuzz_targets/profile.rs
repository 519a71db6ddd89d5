//! Profile text: refused, or a profile that judges without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seal_match_core::plane::ScanKind;
use seal_match_core::score::Profile;

fuzz_target!(|text: &str| {
    if let Ok(profile) = Profile::from_toml(text) {
        assert!(!profile.decide(None, ScanKind::Colour).reasons.is_empty());
    }
});
