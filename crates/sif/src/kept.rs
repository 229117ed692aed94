//! What was fetched or unpacked last, kept for those who ask for it again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The last few values, each by the number or position it has. The oldest makes room for the next.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    most: usize,
    values: Mutex<VecDeque<(u64, T)>>,
}

impl<T: Clone> Kept<T> {
    /// Keeps `most` values, which is at least one.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            values: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, key: u64) -> Option<T> {
        let values = self.values();
        let found = values.iter().find(|(kept, _)| *kept == key);
        found.map(|(_, value)| value.clone())
    }

    pub(crate) fn keep(&self, key: u64, value: T) {
        let mut values = self.values();
        if values.len() == self.most {
            values.pop_front();
        }
        values.push_back((key, value));
    }

    fn values(&self) -> MutexGuard<'_, VecDeque<(u64, T)>> {
        // Whoever panicked with the lock held left whole values behind.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
