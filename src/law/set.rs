//! A small set of provisions, as bits: it makes the answers of the law free of allocation.

use super::code::ProvisionIndex;

/// A set of provisions of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Set(u128);

impl Set {
    /// How many provisions fit.
    pub const CAPACITY: usize = 128;
    /// No provision.
    pub const EMPTY: Set = Set(0);

    /// The set with one more member.
    #[must_use]
    pub fn with(self, member: ProvisionIndex) -> Set {
        Set(self.0 | 1 << member.get())
    }

    /// What either holds.
    #[must_use]
    pub fn or(self, other: Set) -> Set {
        Set(self.0 | other.0)
    }

    /// What both hold.
    #[must_use]
    pub fn and(self, other: Set) -> Set {
        Set(self.0 & other.0)
    }

    /// What this one holds and the other does not.
    #[must_use]
    pub fn without(self, other: Set) -> Set {
        Set(self.0 & !other.0)
    }

    /// Whether it holds the provision.
    pub fn holds(self, member: ProvisionIndex) -> bool {
        self.0 & (1 << member.get()) != 0
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first in the order of the code.
    pub fn first(self) -> Option<ProvisionIndex> {
        self.into_iter().next()
    }

    /// Those of its members for which the condition holds.
    #[must_use]
    pub fn filter(self, condition: impl FnMut(&ProvisionIndex) -> bool) -> Set {
        self.into_iter().filter(condition).collect()
    }
}

impl FromIterator<ProvisionIndex> for Set {
    fn from_iter<I: IntoIterator<Item = ProvisionIndex>>(members: I) -> Set {
        members.into_iter().fold(Set::EMPTY, Set::with)
    }
}

impl IntoIterator for Set {
    type Item = ProvisionIndex;
    type IntoIter = Members;

    /// The members in the order of the code.
    fn into_iter(self) -> Members {
        Members(self.0)
    }
}

/// The members of a set, in the order of the code.
#[derive(Debug, Clone)]
pub struct Members(u128);

impl Iterator for Members {
    type Item = ProvisionIndex;

    fn next(&mut self) -> Option<ProvisionIndex> {
        if self.0 == 0 {
            return None;
        }
        let lowest = self.0.trailing_zeros() as u8;
        self.0 &= self.0 - 1;
        Some(ProvisionIndex::new(lowest))
    }
}
