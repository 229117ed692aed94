//! What is in the window: finding, reading and using it as a person does.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use fantoccini::elements::{Element, ElementRef};
use serde_json::json;

use super::App;
use crate::programs::{GLANCE, PATIENCE, seen};

/// The name under which WebDriver hands out elements.
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Finds the first element of an XPath that takes up room and is not hidden.
const FIRST_VISIBLE: &str = "
    const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    for (let i = 0; i < found.snapshotLength; i++) {
        const node = found.snapshotItem(i);
        if (node.getClientRects().length > 0 && getComputedStyle(node).visibility !== 'hidden') return node;
    }
    return null;";

/// Answers once what the page is now has been painted: transitions that run come to their end first, or a picture
/// right after a change of theme shows colours from half-way. Other animations may go on for ever.
const SETTLED: &str = "
    const done = arguments[arguments.length - 1];
    const frame = () => new Promise((painted) => requestAnimationFrame(painted));
    const running = () => document.getAnimations().filter(
        (one) => one instanceof CSSTransition && one.playState === 'running');
    (async () => {
        await frame();
        for (let all = running(); all.length > 0; all = running())
            await Promise.allSettled(all.map((one) => one.finished));
        await frame();
        await frame();
        done(true);
    })();";

impl App {
    /// Waits for an element by XPath and returns it once it is shown.
    ///
    /// # Errors
    /// After [`PATIENCE`], with the text of the window.
    pub async fn find(&self, xpath: &str) -> Result<Element> {
        match seen(async || self.look(xpath).await).await? {
            Some(element) => Ok(element),
            None => bail!(
                "waited in vain for {xpath}; the window says:\n{}",
                self.text().await?
            ),
        }
    }

    /// The first element of an XPath that can be seen now. Asked in one script: between finding an element and
    /// asking whether it is displayed it may be redrawn, and the driver then never answers.
    async fn look(&self, xpath: &str) -> Result<Option<Element>> {
        let found = self.client.execute(FIRST_VISIBLE, vec![json!(xpath)]);
        let found = match answered(xpath, found).await {
            Ok(found) => found,
            // It was redrawn while the driver made a handle for it.
            Err(error) if format!("{error:#}").contains("Stale element") => return Ok(None),
            Err(error) => return Err(error),
        };
        let id = found.get(ELEMENT_KEY).and_then(serde_json::Value::as_str);
        Ok(id.map(|id| {
            Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()))
        }))
    }

    /// Waits until an element is gone.
    ///
    /// # Errors
    /// After [`PATIENCE`].
    pub async fn gone(&self, xpath: &str) -> Result<()> {
        let gone = async || Ok(self.look(xpath).await?.is_none().then_some(()));
        match seen(gone).await? {
            Some(()) => Ok(()),
            None => bail!(
                "{xpath} does not go away; the window says:\n{}",
                self.text().await?
            ),
        }
    }

    /// Clicks an element by XPath as soon as it can be clicked.
    ///
    /// # Errors
    /// After [`PATIENCE`].
    pub async fn click(&self, xpath: &str) -> Result<()> {
        let begun = Instant::now();
        loop {
            let element = self.find(xpath).await?;
            match answered(xpath, element.click()).await {
                Ok(()) => return Ok(()),
                // Something lay over it or it was redrawn: look again.
                Err(_) if begun.elapsed() < PATIENCE => tokio::time::sleep(GLANCE).await,
                Err(error) => return Err(error).with_context(|| format!("clicking {xpath}")),
            }
        }
    }

    /// Clicks the button with this name.
    ///
    /// # Errors
    /// After [`PATIENCE`].
    pub async fn press(&self, name: &str) -> Result<()> {
        self.click(&button(name)).await
    }

    /// Clears a field by its label and types into it.
    ///
    /// # Errors
    /// After [`PATIENCE`].
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let field = self.find(&field(label)).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Presses a key or a chord on whatever has the focus.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn key(&self, keys: &str) -> Result<()> {
        self.client.active_element().await?.send_keys(keys).await?;
        Ok(())
    }

    /// The text of the first visible element of an XPath, once it has some.
    ///
    /// # Errors
    /// After [`PATIENCE`].
    pub async fn text_of(&self, xpath: &str) -> Result<String> {
        self.find(&format!("{xpath}[normalize-space(.)]")).await?;
        let script = "return document.evaluate(arguments[0], document, null, XPathResult.STRING_TYPE, null).stringValue";
        let text = self
            .client
            .execute(script, vec![json!(format!("{xpath}[normalize-space(.)]"))])
            .await?;
        Ok(text.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Waits until the window says something. Line breaks count as spaces.
    ///
    /// # Errors
    /// After [`PATIENCE`], with the text of the window.
    pub async fn says(&self, text: &str) -> Result<()> {
        self.says_in("body", text).await
    }

    /// Waits until the first element of a CSS selector says something.
    ///
    /// # Errors
    /// After [`PATIENCE`], with the text of the window.
    pub async fn says_in(&self, selector: &str, text: &str) -> Result<()> {
        let said = async || Ok(self.text_in(selector).await?.contains(text).then_some(()));
        match seen(said).await? {
            Some(()) => Ok(()),
            None => bail!(
                "waited in vain for {text:?} in {selector}; the window says:\n{}",
                self.text().await?
            ),
        }
    }

    /// What the first element of a CSS selector says now, in one line; nothing when there is none.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn text_in(&self, selector: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let text = self.run(script, vec![json!(selector)]).await?;
        let words = text.as_str().unwrap_or_default().split_whitespace();
        Ok(words.collect::<Vec<_>>().join(" "))
    }

    /// Runs a script in the page and returns its answer.
    ///
    /// # Errors
    /// When the driver or the script fails.
    pub async fn run(
        &self,
        script: &str,
        arguments: Vec<serde_json::Value>,
    ) -> Result<serde_json::Value> {
        answered("a script", self.client.execute(script, arguments)).await
    }

    /// Runs a script that calls its last argument with the answer.
    ///
    /// # Errors
    /// When the driver or the script fails.
    pub async fn run_async(
        &self,
        script: &str,
        arguments: Vec<serde_json::Value>,
    ) -> Result<serde_json::Value> {
        answered("a script", self.client.execute_async(script, arguments)).await
    }

    /// All text in the window.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .client
            .execute("return document.body.innerText", vec![])
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Everything the page holds: its document and its storage.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn page_memory(&self) -> Result<String> {
        let script = "return document.documentElement.outerHTML + JSON.stringify(Object.assign({}, localStorage)) \
                      + JSON.stringify(Object.assign({}, sessionStorage)) + document.cookie + location.href";
        let text = self.client.execute(script, vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page is painted as it is now, transitions included.
    ///
    /// # Errors
    /// When the driver fails or the page never comes to rest.
    pub async fn settled(&self) -> Result<()> {
        let drawn = self.client.execute_async(SETTLED, vec![]);
        answered("the next frame", drawn).await?;
        Ok(())
    }

    /// Shows the window in a theme for a picture, or (`None`) as the settings say again.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn show_theme(&self, theme: Option<&str>) -> Result<()> {
        let script = "const d = document.documentElement.dataset; \
                      if (arguments[0]) { d.before ??= d.theme ?? ''; d.theme = arguments[0] } \
                      else { if (d.before) d.theme = d.before; else delete d.theme; delete d.before }";
        self.client.execute(script, vec![json!(theme)]).await?;
        Ok(())
    }
}

/// What the driver answers, or an error when it says nothing: it waits for ever when the element it works on
/// goes away at the wrong moment.
async fn answered<T>(
    about: &str,
    call: impl Future<Output = Result<T, fantoccini::error::CmdError>>,
) -> Result<T> {
    let answer = tokio::time::timeout(PATIENCE, call).await;
    Ok(answer.with_context(|| format!("the driver says nothing about {about}"))??)
}

/// XPath of a button by its accessible name.
#[must_use]
pub fn button(name: &str) -> String {
    format!(
        "//button[normalize-space(.)={0} or @aria-label={0} or starts-with(normalize-space(.), {0})][not(@disabled)]",
        quoted(name)
    )
}

/// XPath of a text field by its label.
#[must_use]
pub fn field(label: &str) -> String {
    let label = quoted(label);
    format!(
        "//*[self::input or self::textarea][@aria-label={label} or @id=//label[starts-with(normalize-space(.), {label})]/@for \
         or ancestor::label[starts-with(normalize-space(.), {label})]]"
    )
}

/// A text as an XPath literal. The texts of tests hold at most one kind of quote.
#[must_use]
pub fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
