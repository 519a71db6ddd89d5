//! From evidence to a calibrated score and a verdict. Everything that was fitted or chosen is data: a [`Profile`].
//!
//! ```text
//! networks      : convolutions over both impressions             → how much each place and each part looks like another die's
//! region model  : boosted trees over a region's channels          → how little each place looks like the card
//! seal model    : boosted trees over the seal's channels, the networks' and the fold sweep's, and the order statistics of its regions
//! score         : log10 likelihood ratio (genuine : forged), a monotone piecewise-linear map of the seal model's output
//! verdict       : PASS at or above `pass` if enough of the strokes is seen, FAIL at or below `fail` with a stated difference, otherwise REFER
//! ```
//! Sums run in the order of the trees, and the score is rounded to a thousandth before it meets a threshold.

use std::collections::BTreeMap;

use crate::compare::evidence::Evidence;
use crate::compare::likeness;
use crate::compare::network::Network;
use crate::compare::networks::Networks;
use crate::compare::part_network::PartNetwork;
use crate::compare::regions::{self, Region};
use crate::error::{Error, Result};
use crate::fold::channels as folds;
use crate::plane::ScanKind;
use crate::simd::forest::{self, Forest, sum_trees};
use crate::verify::Comparison;

/// Names of the region statistics that join the seal's channels.
pub const REGION_STATISTICS: [&str; 6] =
    ["region_max", "region_3rd", "region_6th", "region_top", "region_median", "region_share"];

/// Highest score of an alignment that is not trusted: of the test dies all clean genuine seals align, and a third of other seals do not.
const UNSURE: f32 = -1.0;

/// One verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Made by the same die.
    Pass,
    /// Not made by the same die, with a stated difference.
    Fail,
    /// A person must look.
    Refer,
    /// The image is at fault.
    Retake,
}

impl Verdict {
    /// The word in command-line output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Refer => "REFER",
            Self::Retake => "RETAKE",
        }
    }
}

/// A judged comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// log10 likelihood ratio, higher is more genuine.
    pub score: f32,
    /// Machine-readable reasons; every verdict but PASS has at least one.
    pub reasons: Vec<&'static str>,
    /// How much each channel moved the seal model's output towards genuine, largest first.
    pub contributions: Vec<(&'static str, f32)>,
    /// Zero to one: how much of the seal is uncovered, inked and seen.
    pub quality: f32,
}

/// A node of a boosted tree: leaf when `channel` is negative.
#[derive(Clone, Copy, Debug)]
struct Node {
    channel: i32,
    threshold: f32,
    left: u32,
    right: u32,
    value: f32,
}

/// Boosted regression trees over named channels.
#[derive(Clone, Debug)]
struct Trees {
    base: f32,
    roots: Vec<u32>,
    nodes: Vec<Node>,
    /// The same trees for many rows at once.
    forest: Forest,
}

impl Trees {
    /// The output for every region.
    fn raw(&self, regions: &[Region]) -> Vec<f32> {
        let channels = self.forest.channels().max(regions::NAMES.len());
        let columns: Vec<f32> = (0..channels).flat_map(|c| regions.iter().map(move |r| r.values[c])).collect();
        let mut sums = vec![self.base; regions.len()];
        sum_trees(&mut sums, &columns, &self.forest);
        sums
    }

    /// Follows every tree; `step` hears which channel moved the running value by how much.
    fn walk(&self, x: &[f32], mut step: impl FnMut(usize, f32)) -> f32 {
        let mut sum = self.base;
        for &root in &self.roots {
            let mut node = &self.nodes[root as usize];
            while node.channel >= 0 {
                let next = if x[node.channel as usize] <= node.threshold { node.left } else { node.right };
                let child = &self.nodes[next as usize];
                step(node.channel as usize, child.value - node.value);
                node = child;
            }
            sum += node.value;
        }
        sum
    }
}

/// Weights, calibration and thresholds, versioned and hashed by the caller.
#[derive(Debug)]
pub struct Profile {
    name: String,
    version: String,
    networks: Networks,
    region: Trees,
    seal: Trees,
    calibration: Vec<[f32; 2]>,
    pass: [f32; 3],
    fail: f32,
    /// Hidden share of the strokes above which no score is a PASS.
    hidden: f32,
}

/// Names of the seal model's channels, in order.
pub fn seal_channels() -> impl Iterator<Item = &'static str> {
    Evidence::NAMES.iter().chain(&likeness::NAMES).chain(&folds::NAMES).chain(&REGION_STATISTICS).copied()
}

fn bad(reason: impl Into<String>) -> Error {
    Error::BadProfile { reason: reason.into() }
}

impl Profile {
    /// Parses a profile.
    ///
    /// # Errors
    /// [`Error::BadProfile`] for anything that is not a complete, finite profile over channels that this version has.
    pub fn from_toml(text: &str) -> Result<Self> {
        let table = parse(text)?;
        let word = |key: &str| {
            table.get(key).and_then(toml::Value::as_str).map(str::to_owned).ok_or_else(|| bad(format!("{key} is missing")))
        };
        let seal_names: Vec<&str> = seal_channels().collect();
        let thresholds = table.get("thresholds").and_then(toml::Value::as_table).ok_or_else(|| bad("thresholds are missing"))?;
        let number = |key: &str| {
            thresholds.get(key).and_then(number).ok_or_else(|| bad(format!("thresholds.{key} is missing or not a number")))
        };
        let pass = [number("pass_colour")?, number("pass_grey")?, number("pass_bilevel")?];
        let fail = number("fail")?;
        let hidden = number("hidden")?;
        if !(0.0..=1.0).contains(&hidden) {
            return Err(bad("thresholds.hidden is not a share"));
        }
        if pass.iter().any(|p| *p <= fail) {
            return Err(bad("a pass threshold lies at or below the fail threshold"));
        }
        let calibration: Vec<[f32; 2]> = table
            .get("calibration")
            .and_then(toml::Value::as_array)
            .ok_or_else(|| bad("calibration is missing"))?
            .iter()
            .map(|p| match p.as_array().map(Vec::as_slice) {
                Some([a, b]) => Ok([number_or(a)?, number_or(b)?]),
                _ => Err(bad("a calibration point is not a pair")),
            })
            .collect::<Result<_>>()?;
        let rising = calibration.windows(2).all(|w| w[0][0] < w[1][0] && w[0][1] <= w[1][1]);
        if calibration.len() < 2 || !rising {
            return Err(bad("calibration does not rise"));
        }
        Ok(Self {
            name: word("name")?,
            version: word("version")?,
            networks: networks(&table)?,
            region: trees(&table, "region", &regions::NAMES)?,
            seal: trees(&table, "seal", &seal_names)?,
            calibration,
            pass,
            fail,
            hidden,
        })
    }

    /// The profile's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The profile's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Judges a comparison, or its absence.
    pub fn decide(&self, comparison: Option<&Comparison>, kind: ScanKind) -> Decision {
        let Some(c) = comparison else {
            return Decision {
                verdict: Verdict::Retake,
                score: -3.0,
                reasons: vec!["NO_SEAL_FOUND"],
                contributions: vec![],
                quality: 0.0,
            };
        };
        let scores = self.region.raw(&c.regions);
        let statistics = statistics(&scores);
        let likeness = c.likeness(&self.networks);
        // What nobody can see cannot be vouched for, however well the rest agrees.
        let seen = likeness::NAMES.iter().zip(&likeness).any(|(name, share)| *name == "hidden_share" && *share <= self.hidden);
        let channels: Vec<f32> =
            c.evidence.values().into_iter().chain(likeness).chain(folds::channels(c)).chain(statistics).collect();
        let mut moved = vec![0.0_f32; channels.len()];
        let raw = self.seal.walk(&channels, |channel, by| moved[channel] += by);
        let score = (self.calibrate(raw) * 1000.0).round() / 1000.0;
        let mut contributions: Vec<(&'static str, f32)> = seal_channels().zip(moved).filter(|m| m.1 != 0.0).collect();
        contributions.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let pass = match kind {
            ScanKind::Colour => self.pass[0],
            ScanKind::Grey => self.pass[1],
            ScanKind::Bilevel => self.pass[2],
        };
        let e = &c.evidence;
        let trusted = c.trusted();
        let score = if trusted { score } else { score.min(UNSURE) };
        // Two impressions that do not lie on each other differ everywhere: that says nothing about the seal.
        let mut reasons = if trusted { differences(e, statistics[1]) } else { vec!["ALIGNMENT_UNSURE"] };
        let verdict = if trusted && score >= pass && seen && c.inside {
            reasons.clear();
            Verdict::Pass
        } else if !c.inside {
            reasons.insert(0, "SEAL_CUT_OFF");
            Verdict::Retake
        } else if !trusted {
            Verdict::Refer
        } else if score <= self.fail && !reasons.is_empty() {
            Verdict::Fail
        } else {
            reasons.extend(obstacles(e, seen));
            if reasons.is_empty() {
                reasons.push("EVIDENCE_WEAK");
            }
            Verdict::Refer
        };
        let quality = ((1.0 - e.covered) * e.seen_median * e.presence_median.min(1.0)).clamp(0.0, 1.0);
        Decision { verdict, score, reasons, contributions, quality }
    }

    /// Statistics of the regions' scores, for fitting the seal model.
    pub fn region_statistics(&self, comparison: &Comparison) -> [f32; 6] {
        statistics(&self.region.raw(&comparison.regions))
    }

    fn calibrate(&self, raw: f32) -> f32 {
        let c = &self.calibration;
        let i = c.partition_point(|p| p[0] < raw).clamp(1, c.len() - 1);
        let ([x0, y0], [x1, y1]) = (c[i - 1], c[i]);
        (y0 + (raw - x0).clamp(0.0, x1 - x0) / (x1 - x0) * (y1 - y0)).clamp(c[0][1], c[c.len() - 1][1])
    }
}

/// Order statistics of the regions, worst first, in the order of [`REGION_STATISTICS`].
fn statistics(scores: &[f32]) -> [f32; 6] {
    let mut s = scores.to_vec();
    s.sort_by(|a, b| b.total_cmp(a));
    let Some(&first) = s.first() else { return [0.0; 6] };
    let at = |i: usize| s[i.min(s.len() - 1)];
    let top = (s.len() / 20).max(1);
    let positive = s.iter().filter(|v| **v > 0.0).count() as f32;
    [first, at(2), at(5), s[..top].iter().sum::<f32>() / top as f32, s[s.len() / 2], positive / s.len() as f32]
}

/// Differences that another die explains, in the order of their weight.
fn differences(e: &Evidence, region_third: f32) -> Vec<&'static str> {
    let mut out = Vec::new();
    if e.shift_p80_mm > 0.085 || e.fine_shift_rms_mm > 0.11 {
        out.push("STROKES_DISPLACED");
    }
    if region_third > 1.0 || e.replaced_max > 0.25 {
        out.push("CHARACTER_DIFFERS");
    }
    if e.extra_patch_side_mm > 1.6 && e.extra_max > 0.3 {
        out.push("EXTRA_INK");
    }
    if e.missing_patch_side_mm > 1.6 && e.presence_median > 0.8 {
        out.push("STROKES_MISSING");
    }
    if e.scale > 0.015 {
        out.push("SIZE_DIFFERS");
    }
    if e.local_gain_rms_mm > 0.05 {
        out.push("STROKE_WIDTH_DIFFERS");
    }
    if e.spread_mm > 0.08 {
        out.push("OUTLINE_DIFFERS");
    }
    out
}

/// What kept a judgement from being sure; `seen`: whether enough of the strokes is.
fn obstacles(e: &Evidence, seen: bool) -> Vec<&'static str> {
    let mut out = Vec::new();
    if e.covered > 0.15 || !seen {
        out.push("OVERPRINTED");
    }
    if e.seen_median < 0.75 || e.presence_median < 0.7 {
        out.push("WEAK_INK");
    }
    if e.foreign_share > 0.5 {
        out.push("OTHER_INK_OVER_SEAL");
    }
    if e.colourless > 0.5 {
        out.push("NO_COLOUR");
    }
    out
}

fn number(v: &toml::Value) -> Option<f32> {
    let n = match v {
        toml::Value::Float(f) => *f,
        toml::Value::Integer(i) => *i as f64,
        _ => return None,
    };
    (n.is_finite() && n.abs() < 1e6).then_some(n as f32)
}

fn number_or(v: &toml::Value) -> Result<f32> {
    number(v).ok_or_else(|| bad("not a finite number"))
}

/// Reads the networks alone from a profile's TOML.
///
/// # Errors
/// [`Error::BadProfile`] for what is not TOML or has no valid `[network]`.
pub fn networks_from_toml(text: &str) -> Result<Networks> {
    networks(&parse(text)?)
}

fn parse(text: &str) -> Result<toml::Table> {
    if text.len() > 8 << 20 {
        return Err(bad("larger than 8 MiB"));
    }
    text.parse().map_err(|e: toml::de::Error| bad(e.message().to_owned()))
}

/// Reads `[network]`: `layers`, a list of {weights, bias}, and `head` of the same form; and `[network.parts]`: `layers`, `joint` and
/// `head`.
fn networks(table: &toml::Table) -> Result<Networks> {
    let missing = |key: &str| bad(format!("network: {key} is missing"));
    let list = |v: &toml::Value, key: &str| -> Result<Vec<f32>> {
        v.get(key).and_then(toml::Value::as_array).ok_or_else(|| missing(key))?.iter().map(number_or).collect()
    };
    let numbers = |v: &toml::Value| Ok((list(v, "weights")?, list(v, "bias")?));
    let layers = |section: &toml::Value| -> Result<Vec<(Vec<f32>, Vec<f32>)>> {
        section.get("layers").and_then(toml::Value::as_array).ok_or_else(|| missing("layers"))?.iter().map(numbers).collect()
    };
    let one = |section: &toml::Value, key: &str| numbers(section.get(key).ok_or_else(|| missing(key))?);
    let places = table.get("network").ok_or_else(|| bad("[network] is missing"))?;
    let parts = places.get("parts").ok_or_else(|| missing("parts"))?;
    let (weights, bias) = one(places, "head")?;
    Ok(Networks {
        places: Network::new(&layers(places)?, (&weights, &bias))?,
        parts: PartNetwork::new(layers(parts)?, one(parts, "joint")?, one(parts, "head")?)?,
    })
}

/// Reads `[name]` with `base`, `channels` and `trees`: per tree a flat list of [channel, threshold, left, right, value].
fn trees(table: &toml::Table, name: &str, known: &[&str]) -> Result<Trees> {
    let section = table.get(name).and_then(toml::Value::as_table).ok_or_else(|| bad(format!("[{name}] is missing")))?;
    let places: BTreeMap<&str, usize> = known.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let list =
        |key: &str| section.get(key).and_then(toml::Value::as_array).ok_or_else(|| bad(format!("{name}.{key} is missing")));
    let channels: Vec<i32> = list("channels")?
        .iter()
        .map(|c| {
            let word = c.as_str().unwrap_or_default();
            places.get(word).map(|&i| i as i32).ok_or_else(|| bad(format!("{name}: no channel {word:?}")))
        })
        .collect::<Result<_>>()?;
    let mut out = Trees {
        base: section.get("base").and_then(number).ok_or_else(|| bad(format!("{name}.base")))?,
        roots: vec![],
        nodes: vec![],
        forest: Forest::default(),
    };
    for tree in list("trees")? {
        let flat: Vec<f32> = tree
            .as_array()
            .ok_or_else(|| bad(format!("{name}: a tree is not a list")))?
            .iter()
            .map(number_or)
            .collect::<Result<_>>()?;
        let count = flat.len() / 5;
        if count == 0 || count * 5 != flat.len() || count > 1024 {
            return Err(bad(format!("{name}: a tree of {} numbers", flat.len())));
        }
        let first = out.nodes.len();
        out.roots.push(first as u32);
        for (i, n) in flat.chunks_exact(5).enumerate() {
            let leaf = n[0] < 0.0;
            let child = |v: f32| {
                let v = v as usize;
                // Children come after their parent, so that no walk can go in a circle.
                if v > i && v < count {
                    Ok((first + v) as u32)
                } else {
                    Err(bad(format!("{name}: a tree's child is out of place")))
                }
            };
            out.nodes.push(if leaf {
                Node { channel: -1, threshold: 0.0, left: 0, right: 0, value: n[4] }
            } else {
                let channel =
                    *channels.get(n[0] as usize).ok_or_else(|| bad(format!("{name}: a tree's channel is out of range")))?;
                Node { channel, threshold: n[1], left: child(n[2])?, right: child(n[3])?, value: n[4] }
            });
        }
        let local = |n: &Node| match n.channel {
            ..0 => (forest::Node::Leaf, n.value),
            channel => {
                let [left, right] = [n.left, n.right].map(|child| child as usize - first);
                (forest::Node::Split { channel: channel as usize, threshold: n.threshold, left, right }, n.value)
            }
        };
        out.forest.push(&out.nodes[first..].iter().map(local).collect::<Vec<_>>());
    }
    if out.roots.is_empty() {
        return Err(bad(format!("{name}: no trees")));
    }
    Ok(out)
}
