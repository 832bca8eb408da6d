//! Statistics: every estimate shown to a person has its interval and its n. Pure.

mod order_statistics;

use serde::Serialize;

pub use order_statistics::{Quantile, quantile};

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    pub estimate: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Number of observations.
    pub n: u64,
}

/// The 97.5 % point of the normal distribution.
pub const Z95: f64 = 1.959_964;

/// A proportion `k` of `n` with Wilson's score interval (Wilson 1927); `None` when `n` is 0 or
/// `k > n`.
pub fn wilson(k: u64, n: u64) -> Option<Estimate> {
    wilson_at(k, n, Z95)
}

fn wilson_at(k: u64, n: u64, z: f64) -> Option<Estimate> {
    if n == 0 || k > n {
        return None;
    }
    let (size, p) = (n as f64, k as f64 / n as f64);
    let scale = 1.0 + z * z / size;
    let centre = (p + z * z / (2.0 * size)) / scale;
    let half = z / scale * (p * (1.0 - p) / size + z * z / (4.0 * size * size)).sqrt();
    // The bounds are exact for 0 of n and n of n, so that no rounding error exceeds them.
    let low = if k == 0 { 0.0 } else { centre - half };
    let high = if k == n { 1.0 } else { centre + half };
    Some(Estimate {
        estimate: p,
        low,
        high,
        n,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(k: u64, n: u64, z: f64, low: f64, high: f64) {
        let found = wilson_at(k, n, z).unwrap();
        assert!(
            (found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5,
            "{k}/{n}: {found:?}"
        );
    }

    #[test]
    fn wilson_meets_published_values() {
        for (k, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            close(k, n, Z95, low, high);
        }
        for (k, n, low, high) in [
            (0, 1, 0.0, 0.793_456_7),
            (1, 1, 0.206_543_3, 1.0),
            (10, 100, 0.055_228_5, 0.174_367_3),
            (50, 100, 0.403_829_8, 0.596_170_2),
        ] {
            close(k, n, 1.96, low, high);
        }
        for (k, n) in [(0, 0), (3, 0), (4, 3)] {
            assert_eq!(wilson(k, n), None, "{k} of {n}");
        }
        let all = wilson(3, 3).unwrap();
        assert_eq!((all.estimate, all.high, all.n), (1.0, 1.0, 3));
    }
}
