//! The app with its real commands, capabilities and services, on a runtime without
//! a window: called as its page calls it, and heard as its page hears it.

use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use consent::{Answer, Confirm, Question};
use dragoman::{Home, Input};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Manager, WebviewWindow};

/// A running app. Its page can be cloned and called from any thread.
pub struct Started {
    page: Page,
    /// Who answers what the shell asks.
    pub person: Arc<Person>,
    _app: App<MockRuntime>,
}

/// Answers what the shell asks: yes, until told otherwise.
#[derive(Default)]
pub struct Person {
    refuses: AtomicBool,
    asked: Mutex<Vec<Question>>,
}

impl Person {
    /// From now on it says no.
    pub fn refuse(&self) {
        self.refuses.store(true, Ordering::SeqCst);
    }

    /// What it was asked since this was called last.
    pub fn asked(&self) -> Vec<Question> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Confirm for Person {
    fn confirm(&self, question: Question) -> Answer {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(question);
        Box::pin(std::future::ready(!self.refuses.load(Ordering::SeqCst)))
    }
}

/// Calls the app as the page does.
#[derive(Clone)]
pub struct Page(WebviewWindow<MockRuntime>);

impl Started {
    /// Starts the app in this home; `heard` is told what comes over channels, with the
    /// number that [`Page::stream`] gave the channel.
    ///
    /// # Errors
    /// When it does not start.
    pub fn in_home(home: &Path, heard: impl Fn(u32, &str) + Send + Sync + 'static) -> Result<Self> {
        let builder = mock_builder().channel_interceptor(move |_, channel, _, body| {
            if let InvokeResponseBody::Json(event) = body {
                heard(channel.0, event);
            }
            true
        });
        let person = Arc::new(Person::default());
        let mut app = dragoman::build(builder, Some(Home::at(home)), Some(person.clone()))?;
        // The one call that sets the app up without giving it the thread for good.
        #[allow(deprecated)]
        app.run_iteration(|_, _| {});
        let window = app.get_webview_window("main").context("no window")?;
        Ok(Self {
            page: Page(window),
            person,
            _app: app,
        })
    }
}

impl Deref for Started {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Page {
    /// Calls a command as after a press of the person's, and waits for its answer.
    ///
    /// # Errors
    /// The error that the page would get.
    pub fn call(&self, command: &str, params: Value) -> Result<Value, Value> {
        self.0.state::<Input>().saw();
        self.unpressed(command, params)
    }

    /// Calls a command without a press before it.
    ///
    /// # Errors
    /// The error that the page would get.
    pub fn unpressed(&self, command: &str, params: Value) -> Result<Value, Value> {
        self.invoke(command, json!({ "params": params }))
    }

    /// Calls a command that streams, over a channel of this number.
    ///
    /// # Errors
    /// The error that the page would get.
    pub fn stream(&self, command: &str, params: Value, channel: u32) -> Result<Value, Value> {
        self.0.state::<Input>().saw();
        self.stream_unpressed(command, params, channel)
    }

    /// The same without a press before it.
    ///
    /// # Errors
    /// As there.
    pub fn stream_unpressed(
        &self,
        command: &str,
        params: Value,
        channel: u32,
    ) -> Result<Value, Value> {
        let channel = format!("__CHANNEL__:{channel}");
        self.invoke(command, json!({ "params": params, "channel": channel }))
    }

    /// Adds a provider by its address.
    ///
    /// # Errors
    /// The error that the page would get.
    pub fn add_provider(&self, base_url: &str) -> Result<Value, Value> {
        let params = json!({ "name": "", "baseUrl": base_url, "allowPrivate": false });
        self.call("plugin:providers|add", params)
    }

    /// Enters a key for this run.
    ///
    /// # Errors
    /// The error that the page would get.
    pub fn set_key(&self, provider: &str, key: &str) -> Result<Value, Value> {
        let params =
            json!({ "provider": provider, "label": "work", "key": key, "keep": "session" });
        self.call("plugin:keys|set", params)
    }

    fn invoke(&self, command: &str, body: Value) -> Result<Value, Value> {
        let told = |error: &dyn std::fmt::Display| Value::String(error.to_string());
        let request = InvokeRequest {
            cmd: command.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().map_err(|error| told(&error))?,
            body: InvokeBody::Json(body),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.into(),
        };
        match get_ipc_response(&self.0, request)? {
            InvokeResponseBody::Json(text) => {
                serde_json::from_str(&text).map_err(|error| told(&error))
            }
            InvokeResponseBody::Raw(_) => Err(told(&"raw bytes")),
        }
    }
}
