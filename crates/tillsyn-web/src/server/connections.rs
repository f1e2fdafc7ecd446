//! Connections are bounded in total and per address: generously, whole schools sit behind one (S21).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

const TOTAL: usize = 20_000;
const PER_ADDRESS: usize = 4_000;

#[derive(Default)]
pub(super) struct Connections(Mutex<Open>);

#[derive(Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One counted connection; gone when dropped.
pub(super) struct Counted {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Connections {
    /// Counts a new connection; `None` when it would be one too many.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Counted> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.total >= TOTAL
            || open
                .by_address
                .get(&address)
                .is_some_and(|n| *n >= PER_ADDRESS)
        {
            return None;
        }
        open.total += 1;
        *open.by_address.entry(address).or_insert(0) += 1;
        Some(Counted {
            connections: self.clone(),
            address,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self
            .connections
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        if let Some(count) = open.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn one_address_cannot_take_every_place() {
        let connections = Arc::new(Connections::default());
        let greedy: IpAddr = "192.0.2.1".parse().unwrap();
        let held: Vec<_> = (0..PER_ADDRESS)
            .map_while(|_| connections.admit(greedy))
            .collect();
        assert_eq!(held.len(), PER_ADDRESS);
        assert!(connections.admit(greedy).is_none());
        assert!(connections.admit("192.0.2.2".parse().unwrap()).is_some());
        drop(held);
        assert!(connections.admit(greedy).is_some());
    }
}
