//! Lists that stand side by side.

use crate::{Error, Result};

/// Two lists that must be as long as each other, side by side: nothing is ever told by its position
/// in a shorter list.
///
/// # Errors
/// [`Error::Inconsistent`] when one is longer.
pub fn paired<A, B>(
    what: &'static str,
    left: Vec<A>,
    right: Vec<B>,
) -> Result<impl Iterator<Item = (A, B)>> {
    if left.len() != right.len() {
        let (left, right) = (left.len(), right.len());
        return Err(Error::Inconsistent(format!("{what}: {left} and {right}")));
    }
    Ok(left.into_iter().zip(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_one_length_stand_side_by_side_and_others_are_refused() {
        let pairs: Vec<_> = paired("rows and keys", vec![1, 2], vec!["a", "b"])
            .unwrap()
            .collect();
        assert_eq!(pairs, [(1, "a"), (2, "b")]);

        for keys in [vec!["a"], vec!["a", "b", "c"]] {
            let refused = paired("rows and keys", vec![1, 2], keys).err().unwrap();
            assert!(
                refused.to_string().contains("rows and keys: 2 and"),
                "{refused}"
            );
        }
    }
}
