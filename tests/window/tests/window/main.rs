//! The real app in its window: what only the native side can show. The breadth of the flows is in `tests/ui`.

mod accounts;
mod browsing;
mod diagnosing;
mod downloading;
mod dragging;
mod first_run;
mod from_afar;
mod images;
mod keyboard;
mod keys;
mod lab;
mod proxies;
mod settings;
mod sign_in_refusals;
mod sign_in_states;
mod signing_in;
mod stage;
mod transfers;
mod trouble;
mod uploading;
mod verdicts;
mod walls;
