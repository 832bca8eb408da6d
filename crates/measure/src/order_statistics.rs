//! Quantiles of durations, with intervals that assume nothing about their distribution.

use serde::Serialize;

/// A quantile with its interval of at least 95 %, when there are enough observations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantile {
    /// The observation of rank ⌈np⌉.
    pub estimate: f64,
    /// Lower bound; `None` when the smallest observation may already be above the quantile.
    pub low: Option<f64>,
    /// Upper bound; `None` when the largest may still be below it.
    pub high: Option<f64>,
    /// Number of observations.
    pub n: u64,
}

/// The `p` quantile of durations in any order; `None` without any, or when `p` is not between
/// 0 and 1.
///
/// The bounds are order statistics: the number of observations below the quantile is binomial
/// (Conover, Practical Nonparametric Statistics, 3rd ed., §3.2). The lower rank r is the
/// largest with P(X < r) ≤ 2.5 %, the upper rank s the smallest with P(X < s) ≥ 97.5 %.
pub fn quantile(times: &[f64], p: f64) -> Option<Quantile> {
    if times.is_empty() || !(p > 0.0 && p < 1.0) {
        return None;
    }
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let (low, high) = ranks(n, p);
    let rank = ((n as f64 * p).ceil() as usize).clamp(1, n);
    let at = |rank: usize| rank.checked_sub(1).and_then(|it| sorted.get(it)).copied();
    Some(Quantile {
        estimate: at(rank)?,
        low: at(low),
        high: at(high),
        n: n as u64,
    })
}

/// The ranks of the bounds, from 1; 0 and n + 1 mean no bound.
fn ranks(n: usize, p: f64) -> (usize, usize) {
    // Each probability from the previous one, as logarithms: the powers of a large n exceed the
    // range of a double.
    let mut ln_chance = n as f64 * (-p).ln_1p();
    let ln_odds = p.ln() - (-p).ln_1p();
    let (mut low, mut below) = (0, 0.0);
    for rank in 1..=n {
        below += ln_chance.exp();
        if below <= 0.025 {
            low = rank;
        }
        if below >= 0.975 {
            return (low, rank);
        }
        ln_chance += ((n + 1 - rank) as f64 / rank as f64).ln() + ln_odds;
    }
    (low, n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_meet_published_values() {
        assert_eq!(ranks(20, 0.5), (6, 15));
        assert_eq!(ranks(50, 0.5), (18, 33));
        assert_eq!(ranks(100, 0.9), (84, 96));
        assert_eq!(
            ranks(5, 0.5),
            (0, 6),
            "five observations bound no median at 95 %"
        );
    }

    #[test]
    fn a_quantile_says_what_it_rests_on() {
        let times: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        let median = quantile(&times, 0.5).unwrap();
        assert_eq!(
            (median.estimate, median.low, median.high, median.n),
            (10.0, Some(6.0), Some(15.0), 20)
        );
        assert_eq!(
            quantile(&[3.0], 0.9),
            Some(Quantile {
                estimate: 3.0,
                low: None,
                high: None,
                n: 1
            })
        );
        for (times, p) in [(&[] as &[f64], 0.5), (&[1.0], 1.0), (&[1.0], 0.0)] {
            assert_eq!(quantile(times, p), None, "{p} of {times:?}");
        }
    }

    #[test]
    fn a_year_of_cases_stays_within_range() {
        let times: Vec<f64> = (1..=100_000).map(f64::from).collect();
        let median = quantile(&times, 0.5).unwrap();
        assert_eq!(
            (median.estimate, median.low, median.high),
            (50_000.0, Some(49_690.0), Some(50_311.0))
        );
    }
}
