//! Drives the real app: a virtual screen with a window manager, a private session bus with an unlocked
//! secret store, the app under WebDriver, a browser for the sign-in page, and a drag from another program.
//!
//! Nothing here reaches into the app; everything is done through what a person or another program sees.

pub mod app;
pub mod browser;
pub mod desktop;
pub mod drag;
pub mod file_manager;
pub mod files;
pub mod http;
pub mod journey;
pub mod keyboard;
pub mod keychain;
pub mod notifications;
pub mod programs;
pub mod proxies;
