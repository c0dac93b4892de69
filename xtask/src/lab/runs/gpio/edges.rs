//! Edges from outside, one after the other, and a burst from inside.

use std::time::{Duration, Instant};

use super::{ANSWERS, BEGINS, GPIO1, IN, bit, drive, start};
use crate::lab::error::LabError;
use crate::lab::runs::found::expect;
use crate::lab::session::{Lab, Result};

/// Which edges raise an interrupt (1: it does), and which have: reference manual
/// of the i.MX 8M Plus, section "GPIO Memory Map".
const IMR: u64 = 0x14;
const ISR: u64 = 0x18;

const EDGES: u32 = 1000;
/// A thousand a second.
const PERIOD: Duration = Duration::from_millis(1);

/// What the component says of the edges that it took.
#[derive(Debug, Clone, Copy)]
struct Counted {
    rising: u64,
    falling: u64,
    lost: u64,
}

/// The emulated controller keeps one edge of a pin until the kernel has served
/// it, where a real one would have served it long ago. So the next edge waits
/// for that, and those behind it catch up: what is lost then is lost by the
/// kernel or by us.
pub(super) fn edges(lab: &mut Lab) -> Result<()> {
    let job = start(lab, "gpio", "level 'count 1000 60000' 'wait high 60000'")?;
    lab.wait_for(&job, "low\n", BEGINS)?;
    let mut took = Duration::ZERO;
    lab.check("1000 edges from outside, one a millisecond, are counted and none is lost", |lab| {
        // The line's, since the machine began.
        let before = interrupts(lab)?;
        took = send(lab)?;
        let said = lab.wait_for(&job, "lost", ANSWERS)?;
        let of_kernel = interrupts(lab)? - before;
        drive(lab, IN, true)?;
        lab.finish(job, ANSWERS)?;
        let Counted { rising, falling, lost } = counted(&said)?;
        let found = format!("{rising} rising, {falling} falling, {lost} lost");
        expect("the component", &found, "500 rising, 500 falling, 0 lost")?;
        expect("the kernel", &format!("{of_kernel} interrupts"), "1000 interrupts")
    })?;
    drive(lab, IN, false)?;
    let rate = f64::from(EDGES) / took.as_secs_f64();
    lab.show(&format!("  (on average {rate:.0} a second: the next one waits for the emulator)"));
    Ok(())
}

/// Changes the input, which is low, [`EDGES`] times. How long it took.
fn send(lab: &mut Lab) -> Result<Duration> {
    let begun = Instant::now();
    for edge in 0..EDGES {
        let due = begun + PERIOD * edge;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        drive(lab, IN, edge.is_multiple_of(2))?;
        // Masked until the level was read and reported.
        while bit(lab, GPIO1 + ISR, IN)? || !bit(lab, GPIO1 + IMR, IN)? {
            if due.elapsed() > ANSWERS {
                let what = format!("serve edge {edge}");
                return Err(LabError::Silent { what, time: ANSWERS, said: String::new() });
            }
            std::thread::sleep(PERIOD / 20);
        }
    }
    Ok(begun.elapsed())
}

/// An output that changes as fast as it goes, on a wire to an input. Edges that
/// follow each other before the kernel looks melt into one report or none, so
/// what is missing in the end is pairs: an odd one shows.
pub(super) fn burst(lab: &mut Lab) -> Result<()> {
    const BURST: u64 = 2000;
    // Two slow ones first: from then on the direction of a report tells.
    let words = format!(
        "level 'toggle 2 200000' 'count 2 5000' 'toggle {BURST} 0' 'count {BURST} 3000' level"
    );
    let job = start(lab, "gpio-loop", &words)?;
    lab.check("of a burst, no edge is counted twice and an odd one that is missing shows", |lab| {
        let said = lab.finish(job, BEGINS + ANSWERS)?.text;
        let counts: Vec<&str> = said.lines().filter(|line| line.starts_with("rising")).collect();
        let [slow, fast] = counts[..] else {
            return Err(LabError::unexpected("the component", &said, "two counts"));
        };
        let slow = counted(slow)?;
        let found = format!("{} rising, {} falling, {} lost", slow.rising, slow.falling, slow.lost);
        expect("two slow edges", &found, "1 rising, 1 falling, 0 lost")?;
        let Counted { rising, falling, lost } = counted(fast)?;
        let known = rising + falling + lost;
        let good = known > 0 && known <= BURST && (BURST - known).is_multiple_of(2);
        let expected = format!("{BURST}, or less by an even number");
        match good && said.trim_end().ends_with("low") {
            true => Ok(()),
            false => Err(LabError::unexpected("the edges known of", &said, expected)),
        }
    })
}

/// `rising R falling F lost L in MS ms`.
fn counted(said: &str) -> Result<Counted> {
    let words: Vec<&str> = said.split_whitespace().collect();
    let after = |name: &str| {
        let place = words.iter().position(|word| *word == name)?;
        words.get(place + 1)?.parse().ok()
    };
    match (after("rising"), after("falling"), after("lost")) {
        (Some(rising), Some(falling), Some(lost)) => Ok(Counted { rising, falling, lost }),
        _ => Err(LabError::unexpected("the component", said, "three counts")),
    }
}

/// How often the kernel was interrupted by the line that the host holds now.
fn interrupts(lab: &mut Lab) -> Result<u64> {
    let line = lab.ok("grep periplasm /proc/interrupts")?;
    // The number of the line, and a count for each processor.
    Ok(line.split_whitespace().skip(1).map_while(|word| word.parse::<u64>().ok()).sum())
}
