//! At which numbers of trials is looked.

use super::*;

fn checkpoints(floor: u32, cap: u32) -> Vec<u32> {
    Stopping::new(Vec::new(), floor, cap).unwrap().checkpoints().collect()
}

#[test]
fn looks_are_an_eighth_apart_in_whole_chunks() {
    assert_eq!(checkpoints(1000, 7000), [1024, 1536, 2048, 2560, 3072, 3584, 4096, 4608, 5376, 6144, 6912, 7000]);
    assert_eq!(checkpoints(1, 1000), [256, 768, 1000]);
    assert_eq!(checkpoints(1000, 1000), [1000]);
    let all = checkpoints(1000, 1_000_000);
    assert_eq!((all.len(), all.last()), (53, Some(&1_000_000)));
}

#[test]
fn there_must_be_room() {
    let refused = |floor, cap| Stopping::new(Vec::new(), floor, cap).unwrap_err().to_string();
    assert_eq!(refused(1000, 500), "at least 1000 and at most 500 trials contradict each other");
    assert!(Stopping::new(Vec::new(), 0, 0).is_err());
    assert_eq!(checkpoints(0, u32::MAX).last(), Some(&u32::MAX));
}

proptest! {
    #[test]
    fn all_but_the_cap_are_whole_chunks_and_rise(floor in 0u32..5000, more in 0u32..2_000_000) {
        let cap = (floor + more).max(1);
        let all = checkpoints(floor, cap);
        prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        let whole = all[..all.len() - 1].iter().all(|n| n % CHUNK == 0 && *n >= floor);
        prop_assert!(whole && *all.last().unwrap() == cap, "{:?}", all);
    }
}
