//! The numbers as a table that can be pasted into a page.

use std::time::Duration;

use super::client::Round;
use super::measure::Cost;
use crate::step;

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// What both clients took, a round each in turn.
pub(super) struct Rounds {
    pub(super) sifter: Vec<Round>,
    pub(super) official: Vec<Round>,
}

/// Prints one table for pushes and pulls. `floor` is what no client can be faster than.
pub(super) fn print(title: &str, rounds: &Rounds, floor: Option<&[Duration]>) {
    step::say(&format!("\n{title}, medians of {}\n", rounds.sifter.len()));
    step::say("| | wall | processor | peak memory | to the official client | to the floor |");
    step::say("|---|---|---|---|---|---|");
    let floor = floor.map(|times| {
        let runs: Vec<Cost> = times
            .iter()
            .map(|wall| Cost {
                wall: *wall,
                ..Cost::default()
            })
            .collect();
        Cost::median(&runs)
    });
    for (what, number) in [
        ("push", (|round: &Round| round.push) as fn(&Round) -> Cost),
        ("pull", |round: &Round| round.pull),
    ] {
        let official = median(&rounds.official, number);
        row(&format!("official client, {what}"), official, None, floor);
        let sifter = median(&rounds.sifter, number);
        row(&format!("Sifter, {what}"), sifter, Some(official), floor);
    }
    if let Some(floor) = floor {
        let wall = floor.wall.as_secs_f64();
        step::say(&format!(
            "| floor: `sha256sum`, then a copy over loopback | {wall:.2} s | | | | 1.00 |"
        ));
    }
}

fn median(rounds: &[Round], number: fn(&Round) -> Cost) -> Cost {
    let runs: Vec<Cost> = rounds.iter().map(number).collect();
    Cost::median(&runs)
}

fn row(what: &str, cost: Cost, official: Option<Cost>, floor: Option<Cost>) {
    let ratio = |other: Option<Cost>| {
        other.map_or_else(String::new, |other| format!("{:.2}", cost.times(other)))
    };
    step::say(&format!(
        "| {what} | {:.2} s | {:.2} s | {} | {} | {} |",
        cost.wall.as_secs_f64(),
        cost.cpu.as_secs_f64(),
        mebibytes(cost.peak),
        ratio(official),
        ratio(floor),
    ));
}

/// Bytes as a reader takes them in.
pub(super) fn mebibytes(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / MEBIBYTE)
}
