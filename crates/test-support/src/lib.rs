//! Development only: SIF builders, spawned servers, the fault proxy.
