//! Each end is told of three times, once each, and the clock is looked at only then.

use std::sync::Mutex;

use proptest::prelude::*;
use secrecy::SecretString;
use sifter_account::{BoxFuture, Identify, IdentifyError, Identity, Server, ServerKey, Vault};
use sifter_contract::SettingsPatch;
use tokio::time::Instant;

use super::*;
use crate::events::Hub;
use crate::home::Home;

/// A server on which every token is Ada's and ends then.
struct Ends(OffsetDateTime);

impl Identify for Ends {
    fn identify<'a>(
        &'a self,
        _: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        let expires = Some(self.0);
        Box::pin(async move {
            Ok(Identity {
                subject: "ada".into(),
                login: "ada".into(),
                display: "Ada".into(),
                expires,
            })
        })
    }
}

/// Keeps what it was told to show.
#[derive(Default)]
struct Told(Mutex<Vec<u32>>);

impl Host for Told {
    fn open_url(&self, _: &url::Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn notify(&self, notice: Notice) {
        let days = notice.reminder.map(|reminder| reminder.days);
        self.0.lock().unwrap().extend(days);
    }
}

struct Rig {
    _folder: tempfile::TempDir,
    accounts: Accounts,
    servers: Arc<Servers>,
    settings: Arc<Settings>,
    host: Arc<Told>,
    begun: OffsetDateTime,
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        for made in [home.config(), home.data()] {
            std::fs::create_dir_all(made).unwrap();
        }
        let settings = Arc::new(Settings::open(&home).unwrap());
        let hub = Arc::new(Hub::new(settings.view()));
        let accounts = Accounts::open(home.config(), Vault::session_only())
            .await
            .unwrap();
        let network = sifter_library_client::Network::default();
        let hour = Wait::from_secs(60);
        let servers = Servers::open(&home, accounts.clone(), hub, hour, &network).unwrap();
        Self {
            _folder: folder,
            accounts,
            servers: Arc::new(servers),
            settings,
            host: Arc::default(),
            begun: OffsetDateTime::now_utc(),
        }
    }

    async fn sign_in(&self, days: i64) {
        let server = Server {
            key: ServerKey::new("lab"),
            label: "lab".into(),
            issuer: None,
            origins: Vec::new(),
        };
        let ends = Ends(self.begun + Duration::days(days));
        self.accounts
            .add_token(server, "token".into(), &ends)
            .await
            .unwrap();
    }

    /// Reminders under a clock that goes as fast as the test's; and how often it was looked at.
    fn reminders(&self) -> (Reminders, Arc<Mutex<u32>>) {
        let looks = Arc::new(Mutex::new(0));
        let (looked, started, begun) = (Arc::clone(&looks), Instant::now(), self.begun);
        let clock = move || {
            *looked.lock().unwrap() += 1;
            begun + started.elapsed()
        };
        let reminders = Reminders {
            accounts: self.accounts.clone(),
            servers: Arc::clone(&self.servers),
            settings: Arc::clone(&self.settings),
            host: Arc::<Told>::clone(&self.host),
            clock: Box::new(clock),
        };
        (reminders, looks)
    }

    fn told(&self) -> Vec<u32> {
        self.host.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn each_end_is_told_of_a_week_and_a_day_before_and_once_each() {
    let rig = Rig::new().await;
    rig.sign_in(30).await;
    let (mut reminders, _) = rig.reminders();
    let at = |days: i64| {
        let begun = rig.begun;
        Box::new(move || begun + Duration::days(days) + Duration::MINUTE)
    };
    for (day, told) in [
        (0, &[][..]),
        (22, &[]),
        (23, &[7]),
        (25, &[7]),
        (29, &[7, 1]),
        (29, &[7, 1]),
        (31, &[7, 1, 0]),
        (400, &[7, 1, 0]),
    ] {
        reminders.clock = at(day);
        reminders.look(false).await;
        assert_eq!(rig.told(), told, "day {day}");
    }
    // A new token has a new end.
    rig.sign_in(500).await;
    reminders.clock = at(499);
    reminders.look(false).await;
    assert_eq!(rig.told(), [7, 1, 0, 1]);
}

#[tokio::test]
async fn who_looks_at_the_window_or_wants_no_notices_gets_none() {
    let rig = Rig::new().await;
    rig.sign_in(5).await;
    let (reminders, _) = rig.reminders();
    reminders.look(true).await;
    reminders.look(false).await;
    assert_eq!(rig.told(), [0; 0], "it was seen in the window");
    rig.sign_in(5).await;
    let patch = SettingsPatch {
        notifications: Some(false),
        ..SettingsPatch::default()
    };
    rig.settings.apply(&patch).unwrap();
    reminders.look(false).await;
    assert_eq!(rig.told(), [0; 0]);
}

#[tokio::test]
async fn nothing_waits_where_nothing_ends() {
    let rig = Rig::new().await;
    let (reminders, _) = rig.reminders();
    assert_eq!(reminders.look(false).await, None);
    rig.sign_in(30).await;
    let next = reminders.look(false).await.unwrap();
    let expected = Wait::from_secs(23 * 24 * 60 * 60);
    assert!(
        next <= expected && next > expected - Wait::from_secs(60),
        "{next:?}"
    );
    let (focus, watched) = watch::channel(false);
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(reminders.keep(watched, stop.clone()));
    stop.cancel();
    keeping.await.unwrap();
    drop(focus);
}

proptest! {
    #[test]
    fn what_is_told_stays_true_until_it_is_said_to_change(left in -1_000_000_i64..3_000_000) {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let end = now + Duration::seconds(left);
        let first = ending(end, now);
        match until_next(end, now) {
            None => prop_assert_eq!(first, Some(Ending::Over)),
            Some(wait) => {
                prop_assert_eq!(ending(end, now + wait - Duration::SECOND), first);
                prop_assert!(ending(end, now + wait) > first);
            }
        }
    }
}
