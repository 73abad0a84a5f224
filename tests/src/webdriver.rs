//! A small WebDriver client: plain HTTP on the loopback, JSON, one call at a
//! time. <https://www.w3.org/TR/webdriver2/>

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

/// The key under which WebDriver names an element (its section 12.4).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A call that takes longer has hung.
const CALL: Duration = Duration::from_secs(60);

/// An element of the page; it goes stale when the page drops it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element(String);

/// A session of a WebDriver server, on one browser.
#[derive(Debug)]
pub struct Session {
    port: u16,
    id: String,
}

/// Asks the server at `port` for something; the answer is its `value`.
fn call(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(CALL))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let ok = line.split(' ').nth(1) == Some("200");
    let mut length = 0;
    loop {
        line.clear();
        answer.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    let mut bytes = vec![0; length];
    answer.read_exact(&mut bytes)?;
    let mut value: Value = serde_json::from_slice(&bytes)
        .with_context(|| format!("{method} {path} answered no JSON"))?;
    let value = value
        .get_mut("value")
        .map(Value::take)
        .unwrap_or(Value::Null);
    if ok {
        return Ok(value);
    }
    let part = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    Err(anyhow!(
        "WebDriver {method} {path}: {} {}",
        part("error"),
        part("message")
    ))
}

/// Does a server listen at `port`, ready for a session?
///
/// # Errors
/// When nothing answers there.
pub fn is_ready(port: u16) -> Result<bool> {
    let status = call(port, "GET", "/status", None)?;
    Ok(status
        .get("ready")
        .and_then(Value::as_bool)
        .unwrap_or(false))
}

impl Session {
    /// Starts a program that hosts WebKitGTK, and a session on it.
    ///
    /// # Errors
    /// When the server refuses, or the program does not come up.
    pub fn start(port: u16, binary: &Path, args: &[&str]) -> Result<Self> {
        let options = json!({ "binary": binary, "args": args });
        let capabilities = json!({ "alwaysMatch": { "webkitgtk:browserOptions": options } });
        let body = json!({ "capabilities": capabilities });
        let answer = call(port, "POST", "/session", Some(&body))?;
        let id = answer
            .get("sessionId")
            .and_then(Value::as_str)
            .context("a session has an id")?;
        Ok(Self {
            port,
            id: id.to_owned(),
        })
    }

    /// Ends the session; the server kills the program.
    ///
    /// # Errors
    /// When it is over already.
    pub fn end(&self) -> Result<()> {
        self.delete("").map(drop)
    }

    fn get(&self, path: &str) -> Result<Value> {
        call(
            self.port,
            "GET",
            &format!("/session/{}{path}", self.id),
            None,
        )
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        call(
            self.port,
            "POST",
            &format!("/session/{}{path}", self.id),
            Some(body),
        )
    }

    fn delete(&self, path: &str) -> Result<Value> {
        call(
            self.port,
            "DELETE",
            &format!("/session/{}{path}", self.id),
            None,
        )
    }

    /// All elements that match a CSS selector, in the order of the page.
    ///
    /// # Errors
    /// When the selector is not valid or the page is gone.
    pub fn find_all(&self, css: &str) -> Result<Vec<Element>> {
        let body = json!({ "using": "css selector", "value": css });
        let found = self.post("/elements", &body)?;
        let found = found.as_array().context("elements come as an array")?;
        found.iter().map(element).collect()
    }

    /// The text of an element, hidden parts included. WebDriver's own text
    /// leaves out what cannot be selected, which is most of the page.
    ///
    /// # Errors
    /// When the element is stale.
    pub fn text(&self, element: &Element) -> Result<String> {
        text(self.execute("return arguments[0].textContent", &[element.into()])?)
    }

    /// Is the element shown?
    ///
    /// # Errors
    /// When the element is stale.
    pub fn is_displayed(&self, element: &Element) -> Result<bool> {
        let answer = self.get(&format!("/element/{}/displayed", element.0))?;
        Ok(answer.as_bool().unwrap_or(false))
    }

    /// An attribute; `None` where it is absent.
    ///
    /// # Errors
    /// When the element is stale.
    pub fn attribute(&self, element: &Element, name: &str) -> Result<Option<String>> {
        let answer = self.get(&format!("/element/{}/attribute/{name}", element.0))?;
        Ok(answer.as_str().map(str::to_owned))
    }

    /// Scrolls the element into view and clicks its centre.
    ///
    /// # Errors
    /// When it is stale, not shown, or another element lies over it.
    pub fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("/element/{}/click", element.0), &json!({}))
            .map(drop)
    }

    /// Empties a text field.
    ///
    /// # Errors
    /// When it is stale or cannot be edited.
    pub fn clear(&self, element: &Element) -> Result<()> {
        self.post(&format!("/element/{}/clear", element.0), &json!({}))
            .map(drop)
    }

    /// Types into an element, any script.
    ///
    /// # Errors
    /// When it is stale or takes no keys.
    pub fn type_into(&self, element: &Element, keys: &str) -> Result<()> {
        self.post(
            &format!("/element/{}/value", element.0),
            &json!({ "text": keys }),
        )
        .map(drop)
    }

    /// Runs the body of a function in the page; `arguments` are its arguments.
    ///
    /// # Errors
    /// When it throws.
    pub fn execute(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post(
            "/execute/sync",
            &json!({ "script": body, "args": arguments }),
        )
    }

    /// Runs the body of a function whose last argument is a callback for its answer.
    ///
    /// # Errors
    /// When it throws, or never calls back.
    pub fn execute_async(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post(
            "/execute/async",
            &json!({ "script": body, "args": arguments }),
        )
    }

    /// Loads another page.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn go(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Makes the window so large, in pixels.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let body = json!({ "width": width, "height": height });
        self.post("/window/rect", &body).map(drop)
    }

    /// Loads the page anew.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// The page's HTML as it is now.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn source(&self) -> Result<String> {
        text(self.get("/source")?)
    }

    /// A picture of the page, as base64 of a PNG.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn screenshot(&self) -> Result<String> {
        text(self.get("/screenshot")?)
    }
}

/// Turns an element into the JSON that a script takes as an argument.
impl From<&Element> for Value {
    fn from(element: &Element) -> Self {
        json!({ ELEMENT: element.0 })
    }
}

fn element(value: &Value) -> Result<Element> {
    match value.get(ELEMENT).and_then(Value::as_str) {
        Some(id) => Ok(Element(id.to_owned())),
        None => bail!("not an element: {value}"),
    }
}

fn text(value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        other => bail!("not a text: {other}"),
    }
}
