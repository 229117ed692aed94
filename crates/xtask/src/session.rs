//! Whether there is a screen to draw on.

/// True when a window can be shown to a person.
pub(crate) fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty())
        || std::env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty())
}
