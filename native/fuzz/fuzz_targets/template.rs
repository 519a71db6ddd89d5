//! Template bytes: refused, or a template that round-trips and from which a reference can be derived.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seal_match_core::template::{Reference, Template};

fuzz_target!(|bytes: &[u8]| {
    let Ok(template) = Template::from_bytes(bytes) else { return };
    assert_eq!(Template::from_bytes(&template.to_bytes()).as_ref(), Ok(&template));
    let reference = Reference::new(template);
    assert!(reference.radius_mm.is_finite() && reference.radius_mm > 0.0);
});
