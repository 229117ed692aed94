//! A library that takes sign-ins from providers, one of which is played, and a person who knows it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use sifter_test_support::{Habits, IdentityProvider, SpawnedLibrary, spawn_library_with};
use sifter_window_tests::app::App;
use sifter_window_tests::browser::Browser;
use sifter_window_tests::desktop::Desktop;
use sifter_window_tests::programs::wait_until;

use crate::stage::{Stage, place};

/// Whoever comes to the provider.
pub(crate) const LOGIN: &str = "jane";

/// The four that people know, in the order of their buttons.
const FOUR: [(Habits, &str, &str); 4] = [
    (Habits::Google, "google", "Google"),
    (Habits::GitHub, "github", "GitHub"),
    (Habits::GitLab, "gitlab", "GitLab"),
    (Habits::Microsoft, "microsoft", "Microsoft"),
];

/// The library and the provider that is played.
pub(crate) struct Lab {
    pub(crate) provider: IdentityProvider,
    pub(crate) library: SpawnedLibrary,
    played: Habits,
    /// The others are there for their buttons: nobody goes to them.
    _others: Vec<IdentityProvider>,
}

impl Lab {
    /// Starts both.
    pub(crate) async fn start(played: Habits) -> Result<Self> {
        let mut entries = Vec::new();
        let (mut provider, mut others) = (None, Vec::new());
        for (habits, id, label) in FOUR {
            let one = IdentityProvider::start(habits).await?;
            entries.push(one.entry(id, label)?);
            if habits == played {
                provider = Some(one);
            } else {
                others.push(one);
            }
        }
        Ok(Self {
            library: spawn_library_with(|config| config.providers = entries).await?,
            provider: provider.context("one of the four is played")?,
            played,
            _others: others,
        })
    }

    /// Its address, as people type it and as the window calls it.
    pub(crate) fn name(&self) -> String {
        self.library.address().to_string()
    }

    /// The button of the provider.
    pub(crate) fn label(&self) -> &'static str {
        let mut four = FOUR.into_iter();
        four.find(|(habits, ..)| *habits == self.played)
            .map_or("", |(.., label)| label)
    }

    /// The part of `settings.toml` that says what Sifter is called at the provider.
    fn client_id(&self) -> String {
        let origin = self.provider.origin();
        let (id, place) = match self.played {
            Habits::Google => ("google", format!("issuer = \"{origin}\"")),
            Habits::GitLab => ("gitlab", format!("url = \"{origin}/gitlab\"")),
            Habits::Microsoft => {
                let tenant = IdentityProvider::WHICH_TENANT;
                let place = format!("url = \"{origin}\"\ntenant = \"{tenant}\"");
                ("microsoft", place)
            }
            Habits::GitHub | Habits::Plain => ("github", format!("url = \"{origin}\"")),
        };
        let client = IdentityProvider::APP_CLIENT_ID;
        format!("[sign_in.{id}]\nclient_id = \"{client}\"\n{place}\n")
    }

    /// A person who has connected the library and looks at its ways to sign in.
    pub(crate) async fn visited(&self) -> Result<Stage> {
        self.visited_on(Desktop::start()?, "").await
    }

    /// The same, where Sifter has a client id at the provider.
    pub(crate) async fn visited_with_client_id(&self) -> Result<Stage> {
        self.visited_on(Desktop::start()?, &self.client_id()).await
    }

    pub(crate) async fn visited_on(&self, desktop: Desktop, settings: &str) -> Result<Stage> {
        let home = desktop.place("home")?;
        let config = home.join("config");
        std::fs::create_dir_all(&config)?;
        std::fs::write(config.join("settings.toml"), settings)?;
        let app = App::open(&desktop, &home).await?;
        app.press("Just look around").await?;
        app.click(&place("Connect a server…")).await?;
        app.fill("Address", &self.library.base_url()).await?;
        press_in_sheet(&app, "Connect").await?;
        app.says(&format!("Connected to {}", self.name())).await?;
        let stage = Stage { app, home, desktop };
        stage.to_sign_in(&self.name()).await?;
        Ok(stage)
    }

    /// Signs in by the provider's button and the real browser.
    pub(crate) async fn sign_in(&self, stage: &Stage) -> Result<()> {
        self.approve(stage, "You’re signed in").await?;
        self.signed_in(stage).await
    }

    /// As far as the person's yes in the browser, where the app says `end` then.
    pub(crate) async fn approve(&self, stage: &Stage, end: &str) -> Result<()> {
        let link = stage
            .opened_by(&format!("Sign in with {}", self.label()))
            .await?;
        let browser = Browser::open(&stage.desktop).await?;
        browser.visit(&link).await?;
        browser.press(&format!("Continue as {LOGIN}")).await?;
        browser.wait_for_text(end).await?;
        browser.close().await
    }

    /// Waits until the window says that the person is signed in.
    pub(crate) async fn signed_in(&self, stage: &Stage) -> Result<()> {
        stage
            .app
            .says(&format!("Signed in to {} as Jane Doe", self.name()))
            .await
    }
}

impl Stage {
    /// Walks to a server's card.
    pub(crate) async fn to_account(&self, server: &str) -> Result<()> {
        self.app.click(&place("Accounts")).await?;
        self.app
            .click(&format!("//*[@role='option'][contains(., '{server}')]"))
            .await
    }

    /// Walks to where one signs in to a server.
    pub(crate) async fn to_sign_in(&self, server: &str) -> Result<()> {
        self.to_account(server).await?;
        self.app
            .click("//main//button[starts-with(normalize-space(.), 'Sign in')]")
            .await?;
        self.app
            .find(&format!("//h1[.='Sign in to {server}']"))
            .await?;
        Ok(())
    }

    /// Presses a way to sign in and returns the link that was opened then.
    pub(crate) async fn opened_by(&self, button: &str) -> Result<String> {
        let before = self.desktop.opened().len();
        self.app.press(button).await?;
        wait_until("the browser to be opened", || {
            self.desktop.opened().get(before).cloned()
        })
    }

    /// Goes with a real browser where a way to sign in leads, and waits for what the app says there at the end.
    pub(crate) async fn browse(&self, button: &str, end: &str) -> Result<String> {
        let link = self.opened_by(button).await?;
        let browser = Browser::open(&self.desktop).await?;
        browser.visit(&link).await?;
        browser.wait_for_text(end).await?;
        browser.close().await?;
        Ok(link)
    }

    /// Takes the pictures of a state, in light and in dark.
    pub(crate) async fn pictured(&self, state: &str) -> Result<()> {
        for theme in ["light", "dark"] {
            self.app.show_theme(Some(theme)).await?;
            self.app.picture(&picture(state, theme)?).await?;
        }
        self.app.show_theme(None).await
    }

    /// The same of the whole screen, where another program's question lies over the window.
    pub(crate) async fn pictured_with_question(&self, state: &str) -> Result<()> {
        for theme in ["light", "dark"] {
            self.app.show_theme(Some(theme)).await?;
            self.app.settled().await?;
            self.desktop.picture(&picture(state, theme)?)?;
        }
        self.app.show_theme(None).await
    }
}

/// The file of a picture.
fn picture(state: &str, theme: &str) -> Result<PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/window");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("state-{state}-{theme}.png")))
}

/// Presses a button of the sheet; the page behind it has buttons that begin with the same word.
pub(crate) async fn press_in_sheet(app: &App, name: &str) -> Result<()> {
    app.click(&format!(
        "//dialog[@open]//button[normalize-space(.)='{name}']"
    ))
    .await
}
