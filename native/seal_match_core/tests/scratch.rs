mod common;
use common::drawing::{Drawing, open};
use seal_match_core::fold::*;
use seal_match_core::plane::Field;
use std::time::Instant;
#[test]
fn scratch() {
    let d = Drawing::company_seal(1);
    let (a, b) = (d.plain(), d.moved([0.1, 0.0]));
    let o = open(&a);
    println!("side {}", d.side());
    for _ in 0..3 {
        let t = Instant::now();
        let p = Pair::new(&a, &b, &o, 0.0).unwrap();
        let t1 = t.elapsed();
        let m = sweep(&p, 180, 21, 21.0).unwrap();
        let t2 = t.elapsed();
        println!("prep {t1:?} total {t2:?} {:?}", m.summary);
    }
    let mut out = Field::zeros(a.width, a.height);
    let cut = Cut::new(33.0, 1.0, Side::Reference).unwrap();
    let t = Instant::now();
    for _ in 0..100 { compose(&a, &b, &cut, 8.0, &mut out).unwrap(); }
    println!("compose {:?}", t.elapsed() / 100);
    let p = Pair::new(&a, &b, &o, 0.0).unwrap();
    let t = Instant::now();
    let s = continuity(&p, &Cut::new(0.0, 0.5, Side::Moving).unwrap()).unwrap();
    println!("continuity {:?}", t.elapsed());
    for s in &s { println!("{s:?}"); }
}
