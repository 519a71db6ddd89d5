//! The profile parser: complete, finite profiles over known channels, whose trees end; nothing else.

use seal_match_core::compare::evidence::Evidence;
use seal_match_core::compare::regions;
use seal_match_core::error::Error;
use seal_match_core::plane::ScanKind;
use seal_match_core::score::{Profile, Verdict};

const TREE: &str = "[[0, 0.5, 1, 2, 0.0, -1, 0, 0, 0, -1.0, -1, 0, 0, 0, 1.0]]";

/// A network of zeros.
fn network() -> String {
    let zeros = |n: usize| vec!["0.0"; n].join(",");
    let l = format!("{{ weights = [{}], bias = [{}] }}", zeros(9 * 16 * 16), zeros(16));
    let head = |bias: &str| format!("head = {{ weights = [{}], bias = [{bias}] }}", zeros(32));
    let joint = format!("joint = {{ weights = [{}], bias = [{}] }}", zeros(49 * 16 * 16), zeros(16));
    format!(
        "[network]\nlayers = [{l}, {l}, {l}, {l}]\n{}\n[network.parts]\nlayers = [{l}, {l}, {l}]\n{joint}\n{}\n",
        head("0.5, 0.25"),
        head("0.75, 0.125")
    )
}

/// A small profile that is in order.
fn good() -> String {
    format!(
        "name = \"small\"\nversion = \"1\"\ncalibration = [[-1.0, -2.0], [1.0, 2.0]]\n\
         [thresholds]\npass_colour = 1.0\npass_grey = 1.1\npass_bilevel = 1.2\nfail = -0.5\nhidden = 0.4\n\
         [region]\nbase = 0.0\nchannels = [\"{}\"]\ntrees = {TREE}\n\
         [seal]\nbase = 0.25\nchannels = [\"{}\", \"region_max\"]\ntrees = {TREE}\n{}",
        regions::NAMES[0],
        Evidence::NAMES[0],
        network()
    )
}

fn refused(text: &str) -> bool {
    matches!(Profile::from_toml(text), Err(Error::BadProfile { .. }))
}

/// The good profile with `from` exchanged; fails when `from` does not occur.
fn with(from: &str, to: &str) -> String {
    let text = good();
    assert!(text.contains(from), "{from:?} is not in the good profile");
    text.replace(from, to)
}

#[test]
fn a_small_profile_is_read() {
    let p = Profile::from_toml(&good()).expect("in order");
    assert_eq!((p.name(), p.version()), ("small", "1"));
    let d = p.decide(None, ScanKind::Grey);
    assert_eq!((d.verdict, d.reasons), (Verdict::Retake, vec!["NO_SEAL_FOUND"]));
}

#[test]
fn a_missing_line_is_refused() {
    let text = good();
    for (i, line) in text.lines().enumerate() {
        let without: Vec<&str> = text.lines().enumerate().filter(|(j, _)| *j != i).map(|(_, l)| l).collect();
        assert!(refused(&without.join("\n")), "without {line:?}");
    }
    assert!(refused(""));
}

#[test]
fn numbers_that_are_none_are_refused() {
    for word in ["nan", "-nan", "inf", "-inf", "1e30", "1e400", "\"1\"", "true", "[1.0]", "9223372036854775807"] {
        for line in ["pass_colour = 1.0", "pass_grey = 1.1", "fail = -0.5", "hidden = 0.4", "base = 0.25"] {
            let key = line.split(" = ").next().expect("a key");
            assert!(refused(&with(line, &format!("{key} = {word}"))), "{key} = {word}");
        }
        assert!(refused(&with("[-1.0, -2.0]", &format!("[{word}, -2.0]"))), "calibration {word}");
        assert!(refused(&with("[[0, 0.5,", &format!("[[0, {word},"))), "tree {word}");
    }
}

#[test]
fn thresholds_and_calibration_must_rise() {
    assert!(refused(&with("pass_grey = 1.1", "pass_grey = -0.5")));
    for share in ["-0.1", "1.1"] {
        assert!(refused(&with("hidden = 0.4", &format!("hidden = {share}"))), "hidden {share}");
    }
    for points in ["[]", "[[0.0, 0.0]]", "[[0.0, 1.0], [0.0, 2.0]]", "[[1.0, 0.0], [0.0, 1.0]]", "[[0.0, 1.0], [1.0, 0.0]]"] {
        assert!(refused(&with("[[-1.0, -2.0], [1.0, 2.0]]", points)), "{points}");
    }
    for point in ["[-1.0]", "[-1.0, 0.0, 1.0]", "-1.0", "{ x = 1 }"] {
        assert!(refused(&with("[-1.0, -2.0]", point)), "{point}");
    }
}

#[test]
fn trees_that_do_not_end_are_refused() {
    let leaf = "-1, 0, 0, 0, 1.0";
    let trees = [
        "[]".to_owned(),
        "[[]]".to_owned(),
        "[1.0]".to_owned(),
        format!("[[{leaf}, 3]]"),
        // To itself, back, before the start, past the end, far away.
        format!("[[0, 0.5, 0, 1, 0.0, {leaf}]]"),
        format!("[[0, 0.5, 1, 2, 0.0, 0, 0.5, 0, 2, 0.0, {leaf}]]"),
        format!("[[0, 0.5, -1, 1, 0.0, {leaf}]]"),
        format!("[[0, 0.5, 1, 2, 0.0, {leaf}]]"),
        format!("[[0, 0.5, 1, 999999, 0.0, {leaf}]]"),
        // Channels that the section does not list.
        format!("[[2, 0.5, 1, 2, 0.0, {leaf}, {leaf}]]"),
        format!("[[999999, 0.5, 1, 2, 0.0, {leaf}, {leaf}]]"),
        format!("[[{}]]", vec![leaf; 1025].join(", ")),
    ];
    for t in &trees {
        assert!(refused(&with(&format!("trees = {TREE}"), &format!("trees = {t}"))), "{}", &t[..t.len().min(80)]);
    }
    // The second tree's children are counted within it.
    assert!(Profile::from_toml(&with(TREE, &format!("[[{leaf}], {}", &TREE[1..]))).is_ok());
    assert!(refused(&with("\"region_max\"", "\"no_such_channel\"")));
    assert!(refused(&with("\"region_max\"", "7")));
}

#[test]
fn a_network_of_another_shape_is_refused() {
    assert!(refused(&with("bias = [0.5, 0.25]", "bias = [0.5]")));
    assert!(refused(&with("bias = [0.5, 0.25]", "bias = [0.5, nan]")));
    assert!(refused(&with("bias = [0.5, 0.25]", "bias = [0.5, \"a\"]")));
    assert!(refused(&with("layers = [{ weights = [0.0,", "layers = [{ weights = [")));
    assert!(refused(&with("layers = [", "layers = [{ weights = [], bias = [] }, ")));
    assert!(refused(&with("layers = [", "layers = [7, ")));
    assert!(refused(&with("bias = [0.75, 0.125]", "bias = [0.75]")));
    assert!(refused(&with("joint = {", "joined = {")));
    assert!(refused(&with("[network.parts]", "[network.pieces]")));
}

#[test]
fn text_that_is_no_toml_is_refused_without_exhausting_the_stack() {
    for text in ["=", "name", "[", "\u{0}", "name = \"a\"\nname = \"b\"", "[seal]\n[seal]"] {
        assert!(refused(text), "{text:?}");
    }
    let n = 200_000;
    assert!(refused(&format!("a = {}", "[".repeat(n))));
    assert!(refused(&format!("a = {}{}", "[".repeat(n), "]".repeat(n))));
    assert!(refused(&format!("a = {}", "{a=".repeat(n))));
    assert!(refused(&format!("{}a = 1", "a.".repeat(n))));
    assert!(refused(&format!("[{}a]", "a.".repeat(n))));
    assert!(refused(&" ".repeat((8 << 20) + 1)));
}
