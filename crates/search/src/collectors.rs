//! What is collected while the index is scanned: the best results of a page, and the counts by
//! noun and value.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
    query::Weight,
};

use vigie_store::EntityKind;

use super::hits::{FacetCounts, Hit, SortOrder};

/// The best results of an order after a position. By rank, whole blocks of messages that
/// cannot be among them are skipped.
pub struct TopHits {
    pub noun: EntityKind,
    pub sort: SortOrder,
    /// A sort key and a key: what comes before was on an earlier page.
    pub after: Option<(f64, i64)>,
    pub limit: usize,
}

/// A sort key, then the key: the greater comes first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankedHit(f64, i64);

impl Eq for RankedHit {}

impl PartialOrd for RankedHit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RankedHit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

/// The best results of one segment.
pub struct SegmentTopHits {
    noun: i64,
    sort: SortOrder,
    after: Option<RankedHit>,
    limit: usize,
    nouns: Column<i64>,
    key: Column<i64>,
    at: Column<i64>,
    heap: BinaryHeap<Reverse<RankedHit>>,
}

impl SegmentTopHits {
    /// Adds a document if it belongs to the page; returns the score that a later one must exceed.
    fn take(&mut self, document: DocId, score: Score) -> Score {
        let sort_key = match self.sort {
            SortOrder::Rank => f64::from(score),
            SortOrder::Date => self.at.first(document).unwrap_or(0) as f64,
        };
        let full = self.heap.len() >= self.limit;
        let least = self.heap.peek().map(|it| it.0);
        let asked_for = || self.nouns.first(document) == Some(self.noun);
        if (!full || least.is_some_and(|least| sort_key >= least.0)) && asked_for() {
            let here = RankedHit(sort_key, self.key.first(document).unwrap_or(0));
            if self.after.is_none_or(|after| here < after)
                && (!full || least.is_some_and(|least| here > least))
            {
                if full {
                    self.heap.pop();
                }
                self.heap.push(Reverse(here));
            }
        }
        match self.heap.peek() {
            // Of two equal scores the later document comes first, so an equal score must still be
            // considered.
            Some(least) if self.heap.len() >= self.limit => (least.0.0 as Score).next_down(),
            _ => Score::MIN,
        }
    }
}

impl SegmentCollector for SegmentTopHits {
    type Fruit = Vec<RankedHit>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.take(document, score);
    }

    fn harvest(self) -> Vec<RankedHit> {
        self.heap.into_iter().map(|it| it.0).collect()
    }
}

impl Collector for TopHits {
    type Fruit = Vec<Hit>;
    type Child = SegmentTopHits;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentTopHits> {
        Ok(SegmentTopHits {
            sort: self.sort,
            after: self.after.map(|it| RankedHit(it.0, it.1)),
            limit: self.limit,
            noun: self.noun.number(),
            nouns: segment.fast_fields().i64("noun")?,
            key: segment.fast_fields().i64("key")?,
            at: segment.fast_fields().i64("at")?,
            heap: BinaryHeap::with_capacity(self.limit + 1),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == SortOrder::Rank
    }

    fn merge_fruits(&self, segments: Vec<Vec<RankedHit>>) -> tantivy::Result<Vec<Hit>> {
        let mut all: Vec<RankedHit> = segments.into_iter().flatten().collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        all.truncate(self.limit);
        Ok(all
            .into_iter()
            .map(|RankedHit(sort_key, key)| Hit { key, sort_key })
            .collect())
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        ordinal: u32,
        segment: &SegmentReader,
    ) -> tantivy::Result<Vec<RankedHit>> {
        let mut best = self.for_segment(ordinal, segment)?;
        let alive = segment.alive_bitset();
        let is_alive = |document| alive.is_none_or(|it| it.is_alive(document));
        match self.sort {
            SortOrder::Rank => {
                let mut threshold = Score::MIN;
                weight.for_each_pruning(threshold, segment, &mut |document, score| {
                    if is_alive(document) {
                        threshold = best.take(document, score);
                    }
                    threshold
                })?;
            }
            SortOrder::Date => weight.for_each_no_score(segment, &mut |documents| {
                for document in documents.iter().copied().filter(|it| is_alive(*it)) {
                    best.take(document, 0.0);
                }
            })?,
        }
        Ok(best.harvest())
    }
}

/// The fields that results can be filtered by.
const COUNTED: [&str; 5] = ["channel", "kind", "feeling", "state", "tag"];

/// The number of results of each noun and, for the noun asked for, of each value.
pub struct FacetCollector {
    pub noun: EntityKind,
}

/// The number of results of each noun, in the order of [`EntityKind::ALL`].
pub type KindTotals = [usize; EntityKind::ALL.len()];

/// The counts of one segment: by field, by the value's ordinal in that segment.
pub struct SegmentFacets {
    noun: i64,
    nouns: Column<i64>,
    totals: KindTotals,
    columns: Vec<(&'static str, StrColumn, Vec<u64>)>,
}

impl SegmentCollector for SegmentFacets {
    type Fruit = tantivy::Result<(KindTotals, FacetCounts)>;

    fn collect(&mut self, document: DocId, _: Score) {
        let noun = self.nouns.first(document).unwrap_or(0);
        if let Some(total) = usize::try_from(noun)
            .ok()
            .and_then(|it| self.totals.get_mut(it))
        {
            *total += 1;
        }
        if noun != self.noun {
            return;
        }
        for (_, column, counts) in &mut self.columns {
            for ordinal in column.term_ords(document) {
                if let Some(count) = counts.get_mut(ordinal as usize) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> Self::Fruit {
        let mut found = FacetCounts::new();
        for (name, column, counts) in self.columns {
            let values = found.entry(name).or_default();
            for (ordinal, count) in counts.into_iter().enumerate().filter(|it| it.1 > 0) {
                let mut value = String::new();
                column.ord_to_str(ordinal as u64, &mut value)?;
                values.push((value, count));
            }
        }
        Ok((self.totals, found))
    }
}

impl Collector for FacetCollector {
    type Fruit = (KindTotals, FacetCounts);
    type Child = SegmentFacets;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentFacets> {
        let mut columns = Vec::new();
        for name in COUNTED {
            if let Some(column) = segment.fast_fields().str(name)? {
                let values = column.num_terms();
                columns.push((name, column, vec![0; values]));
            }
        }
        let nouns = segment.fast_fields().i64("noun")?;
        Ok(SegmentFacets {
            noun: self.noun.number(),
            nouns,
            totals: KindTotals::default(),
            columns,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(
        &self,
        segments: Vec<tantivy::Result<(KindTotals, FacetCounts)>>,
    ) -> tantivy::Result<(KindTotals, FacetCounts)> {
        let mut totals = KindTotals::default();
        let mut sums: BTreeMap<&'static str, BTreeMap<String, u64>> = BTreeMap::new();
        for segment in segments {
            let (found, counts) = segment?;
            totals
                .iter_mut()
                .zip(found)
                .for_each(|(total, found)| *total += found);
            for (name, values) in counts {
                for (value, count) in values {
                    *sums.entry(name).or_default().entry(value).or_default() += count;
                }
            }
        }
        let sorted = |values: BTreeMap<String, u64>| {
            let mut values: Vec<_> = values.into_iter().collect();
            values.sort_by_key(|it| Reverse(it.1));
            values
        };
        Ok((
            totals,
            sums.into_iter()
                .map(|(name, values)| (name, sorted(values)))
                .collect(),
        ))
    }
}
