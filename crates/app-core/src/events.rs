//! What the window hears. States (servers, settings, transfers) are told as they are now, so that a slow
//! window skips what is old; moments (a drop, a sign-in step) are told one by one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sifter_contract::{AppEvent, ServerView, SettingsView, SignInPhase, SignInView, TransferList};
use tokio::sync::{broadcast, watch};

/// Moments kept for a window that is busy. One that falls further behind loses the oldest.
const BACKLOG: usize = 256;

/// Where everything that changes is announced.
#[derive(Debug)]
pub(crate) struct Hub {
    settings: watch::Sender<SettingsView>,
    servers: watch::Sender<Vec<ServerView>>,
    transfers: watch::Sender<TransferList>,
    moments: broadcast::Sender<AppEvent>,
    sign_ins: Mutex<Vec<SignInView>>,
    /// Whether something waits for the person to unlock the keychain.
    keychain_waits: AtomicBool,
    /// What the system handed over before there was a window.
    waiting: Mutex<Vec<AppEvent>>,
}

impl Hub {
    pub(crate) fn new(settings: SettingsView) -> Self {
        Self {
            settings: watch::Sender::new(settings),
            servers: watch::Sender::default(),
            transfers: watch::Sender::default(),
            moments: broadcast::Sender::new(BACKLOG),
            sign_ins: Mutex::default(),
            keychain_waits: AtomicBool::default(),
            waiting: Mutex::default(),
        }
    }

    pub(crate) fn settings(&self, view: SettingsView) {
        set(&self.settings, view);
    }

    /// Every change of the settings from now on.
    pub(crate) fn settings_changes(&self) -> watch::Receiver<SettingsView> {
        self.settings.subscribe()
    }

    pub(crate) fn servers(&self, views: Vec<ServerView>) {
        set(&self.servers, views);
    }

    pub(crate) fn transfers(&self, list: TransferList) {
        set(&self.transfers, list);
    }

    pub(crate) fn sign_in(&self, view: SignInView) {
        let mut open = self.open_sign_ins();
        open.retain(|other| other.id != view.id);
        if !matches!(
            view.phase,
            SignInPhase::Done | SignInPhase::Failed | SignInPhase::Cancelled
        ) {
            open.push(view.clone());
        }
        self.moment(AppEvent::SignIn { sign_in: view });
    }

    /// Announces whether something waits for the person to unlock the keychain, when that is news.
    pub(crate) fn keychain(&self, waiting: bool) {
        if self.keychain_waits.swap(waiting, Ordering::SeqCst) != waiting {
            self.moment(AppEvent::Keychain { waiting });
        }
    }

    /// Announces something that happens once.
    pub(crate) fn moment(&self, event: AppEvent) {
        // Without a listener there is nobody to tell.
        let _ = self.moments.send(event);
    }

    /// Announces something that must not be missed by a window that opens only now.
    pub(crate) fn handed_over(&self, event: AppEvent) {
        let mut waiting = self.waiting();
        if self.moments.receiver_count() == 0 {
            waiting.push(event);
        } else {
            self.moment(event);
        }
    }

    pub(crate) fn subscribe(&self) -> EventStream {
        // Subscribed before the present is read, so that nothing falls between.
        let moments = self.moments.subscribe();
        let (mut settings, mut servers, mut transfers) = (
            self.settings.subscribe(),
            self.servers.subscribe(),
            self.transfers.subscribe(),
        );
        let mut pending = VecDeque::from([
            AppEvent::Settings {
                settings: settings.borrow_and_update().clone(),
            },
            AppEvent::Servers {
                servers: servers.borrow_and_update().clone(),
            },
            AppEvent::Transfers {
                list: transfers.borrow_and_update().clone(),
            },
        ]);
        pending.extend(self.open_sign_ins().iter().map(|view| AppEvent::SignIn {
            sign_in: view.clone(),
        }));
        if self.keychain_waits.load(Ordering::SeqCst) {
            pending.push_back(AppEvent::Keychain { waiting: true });
        }
        pending.extend(self.waiting().drain(..));
        EventStream {
            pending,
            settings,
            servers,
            transfers,
            moments,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<AppEvent>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_sign_ins(&self) -> MutexGuard<'_, Vec<SignInView>> {
        self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn set<T: PartialEq>(sender: &watch::Sender<T>, value: T) {
    sender.send_if_modified(|current| {
        let changed = *current != value;
        *current = value;
        changed
    });
}

/// One listener's events: the present first, then every change.
#[derive(Debug)]
pub struct EventStream {
    pending: VecDeque<AppEvent>,
    settings: watch::Receiver<SettingsView>,
    servers: watch::Receiver<Vec<ServerView>>,
    transfers: watch::Receiver<TransferList>,
    moments: broadcast::Receiver<AppEvent>,
}

impl EventStream {
    /// The next event; `None` once the app has shut down. May be dropped and called again.
    pub async fn next(&mut self) -> Option<AppEvent> {
        if let Some(event) = self.pending.pop_front() {
            return Some(event);
        }
        loop {
            // In this order, so that nothing that happens is told before the state it came with: at the end
            // of a sign-in the account is known.
            tokio::select! {
                biased;
                changed = self.settings.changed() => {
                    changed.ok()?;
                    return Some(AppEvent::Settings { settings: self.settings.borrow_and_update().clone() });
                }
                changed = self.servers.changed() => {
                    changed.ok()?;
                    return Some(AppEvent::Servers { servers: self.servers.borrow_and_update().clone() });
                }
                changed = self.transfers.changed() => {
                    changed.ok()?;
                    return Some(AppEvent::Transfers { list: self.transfers.borrow_and_update().clone() });
                }
                moment = self.moments.recv() => match moment {
                    Ok(event) => return Some(event),
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "a window does not keep up with events");
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sifter_contract::{DropPhase, SpeedLimits, Theme};

    use super::*;

    fn settings(theme: Theme) -> SettingsView {
        SettingsView {
            download_folder: "/d".into(),
            download_folder_name: "d".into(),
            download_folder_free: None,
            theme,
            start_local_library: false,
            parallel_transfers: 2,
            limits: SpeedLimits::default(),
            limited_now: false,
            keep_awake: true,
            notifications: true,
            vault_lock_minutes: 15,
            data_folder: "/data".into(),
        }
    }

    #[tokio::test]
    async fn a_listener_hears_the_present_first_and_then_only_what_is_new() {
        let hub = Hub::new(settings(Theme::Light));
        let mut events = hub.subscribe();
        assert!(
            matches!(events.next().await, Some(AppEvent::Settings { settings }) if settings.theme == Theme::Light)
        );
        assert!(matches!(
            events.next().await,
            Some(AppEvent::Servers { .. })
        ));
        assert!(matches!(
            events.next().await,
            Some(AppEvent::Transfers { .. })
        ));
        hub.settings(settings(Theme::System));
        hub.settings(settings(Theme::Dark));
        hub.settings(settings(Theme::Dark));
        assert!(
            matches!(events.next().await, Some(AppEvent::Settings { settings }) if settings.theme == Theme::Dark)
        );
        hub.moment(AppEvent::Drag {
            phase: DropPhase::Enter,
            files: 1,
            x: 1.0,
            y: 2.0,
        });
        assert!(
            matches!(events.next().await, Some(AppEvent::Drag { .. })),
            "the old theme was skipped"
        );
        drop(hub);
        assert_eq!(events.next().await, None);
    }

    #[tokio::test]
    async fn nothing_that_happens_overtakes_the_state_it_came_with() {
        let hub = Hub::new(settings(Theme::Light));
        let mut events = hub.subscribe();
        events.pending.clear();
        for theme in [Theme::Dark, Theme::Light].into_iter().cycle().take(20) {
            hub.settings(settings(theme));
            hub.moment(AppEvent::LibraryChanged {
                server_id: "s".into(),
            });
            assert!(matches!(
                events.next().await,
                Some(AppEvent::Settings { .. })
            ));
            assert!(matches!(
                events.next().await,
                Some(AppEvent::LibraryChanged { .. })
            ));
        }
    }

    #[tokio::test]
    async fn what_is_handed_over_before_there_is_a_window_waits_for_it() {
        let hub = Hub::new(settings(Theme::Light));
        let opened = |id: &str| AppEvent::Opened { file_id: id.into() };
        hub.handed_over(opened("early"));
        let mut events = hub.subscribe();
        assert!(events.pending.contains(&opened("early")));
        hub.handed_over(opened("late"));
        events.pending.clear();
        assert_eq!(events.next().await, Some(opened("late")));
        let again = hub.subscribe();
        assert!(!again.pending.contains(&opened("early")), "told once");
    }

    #[tokio::test]
    async fn a_reopened_window_hears_of_a_sign_in_under_way() {
        let hub = Hub::new(settings(Theme::Light));
        let mut view = SignInView {
            id: "1".into(),
            server_id: "s".into(),
            phase: SignInPhase::WaitingForBrowser,
            host: "h".into(),
            seconds_left: 9,
            browser_opened: true,
            code: None,
            error: None,
        };
        hub.sign_in(view.clone());
        let heard = hub.subscribe().pending;
        assert!(
            heard
                .iter()
                .any(|event| matches!(event, AppEvent::SignIn { .. }))
        );
        view.phase = SignInPhase::Done;
        hub.sign_in(view);
        let heard = hub.subscribe().pending;
        assert!(
            !heard
                .iter()
                .any(|event| matches!(event, AppEvent::SignIn { .. }))
        );
    }

    #[tokio::test]
    async fn a_window_that_opens_late_hears_that_the_keychain_is_waited_for() {
        let hub = Hub::new(settings(Theme::Light));
        let told = |waiting| AppEvent::Keychain { waiting };
        hub.keychain(true);
        let mut events = hub.subscribe();
        assert!(events.pending.contains(&told(true)));
        events.pending.clear();
        hub.keychain(true);
        hub.keychain(false);
        assert_eq!(events.next().await, Some(told(false)), "only what is new");
        let pending = hub.subscribe().pending;
        assert!(
            !pending
                .iter()
                .any(|event| matches!(event, AppEvent::Keychain { .. }))
        );
    }
}
