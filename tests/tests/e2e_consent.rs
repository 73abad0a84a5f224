//! What the shell asks outside the page, by real keys; and what a page that was taken
//! over can reach from inside the real window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tests::clipboard::Clipboard;
use tests::desktop::Keyring;
use tests::provider::{Gate, Provider, Reply};
use tests::screen::Key;
use tests::stage::play;
use tests::steps::{add_provider, answer_part, ask, open_settings, use_provider, wait_answer};
use tests::wait;
use tests::window::Window;

/// How long a call that says nothing is listened to.
const LOOK: Duration = Duration::from_millis(200);

const HOST: &str = "new-host.example";

/// Fills the form of a provider at [`HOST`], and presses its button.
fn enter(window: &Window) -> Result<()> {
    window.part("provider-add").click()?;
    let address = window.part("provider-base-url");
    address.fill(&format!("https://{HOST}/v1"))?;
    window.part("provider-save").click()
}

fn providers(window: &Window) -> Result<usize> {
    window.part("provider").count()
}

/// Waits until the page says that it was not allowed.
fn wait_refused(window: &Window) -> Result<()> {
    wait::until("the refusal in the page", || {
        let said = window.script("return document.body.innerText", &[])?;
        let said = said.as_str().unwrap_or_default();
        Ok(said.contains("not allowed in the dialog").then_some(()))
    })
}

#[test]
fn a_new_host_waits_for_a_yes_outside_the_page() -> Result<()> {
    play("a_new_host_waits", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        open_settings(&window)?;
        let before = providers(&window)?;
        // Enter and Escape both press Cancel.
        for key in [Key::Enter, Key::Escape] {
            enter(&window)?;
            let title = window.dialog()?;
            assert!(title.contains(HOST), "{title}");
            // The page is not held up by it, and cannot answer it.
            assert_eq!(window.script("return 1 + 1", &[])?, json!(2));
            assert_eq!(providers(&window)?, before);
            window.answer_dialog(&[key])?;
            wait_refused(&window)?;
            assert_eq!(providers(&window)?, before, "{key:?} saved it");
            window.reload()?;
            window.part("composer-input").wait_shown()?;
            open_settings(&window)?;
            assert_eq!(providers(&window)?, before, "{key:?} saved it");
        }
        enter(&window)?;
        window.dialog()?;
        window.answer_dialog(&[Key::Tab, Key::Enter])?;
        window.part("provider").wait_count(before + 1)?;
        // The second time nobody is asked.
        let other = format!("https://{HOST}/v2");
        add_provider(&window, &other)?;
        assert!(!window.has_dialog()?);
        let kept = fs::read_to_string(stage.home().join("allowed.json"))?;
        assert!(kept.contains(HOST), "{kept}");
        Ok(())
    })
}

/// Calls a command as a page does that was taken over; what came of it is in
/// `window.told`.
fn call(window: &Window, command: &str) -> Result<()> {
    let script = "window.told = 'waits'
        window.__TAURI_INTERNALS__.invoke(arguments[0])
            .then((told) => { window.told = told }, (error) => { window.told = error.code })";
    window.script(script, &[json!(command)]).map(drop)
}

fn told(window: &Window) -> Result<Value> {
    window.script("return window.told", &[])
}

#[test]
fn a_page_cannot_read_the_clipboard_on_its_own() -> Result<()> {
    play("a_page_cannot_read", Keyring::Unlocked, |stage| {
        fs::create_dir_all(stage.home())?;
        let chinese = json!({ "settings": { "language": "zh-CN" } });
        fs::write(stage.home().join("settings.json"), chinese.to_string())?;
        let provider = Provider::start()?;
        let gate = Gate::new();
        let stream = Reply::stream().delta("One, ").wait(&gate).delta("two.");
        provider.chat(stream.finish("stop").done());
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-consent-of-mine-01")?;
        ask(&window, "Count")?;
        let answer = answer_part(&window, "message-text");
        answer.wait_text(|text| text.contains("One,"))?;

        let _held = Clipboard::text(&stage.desktop, "a secret of another program")?;
        // As soon as the last press is a second ago it is asked.
        wait::until("a dialog", || {
            call(&window, "plugin:images|paste")?;
            wait::until("an answer or a dialog", || {
                let waits = told(&window)? == json!("waits");
                Ok((!waits || window.has_dialog()?).then_some(()))
            })?;
            Ok(window.has_dialog()?.then_some(()))
        })?;
        assert_eq!(window.dialog()?, "读取剪贴板？");
        window.script("window.before = window.told", &[])?;
        // The answer streams on behind it.
        gate.open();
        answer.wait_text(|text| text.contains("two."))?;
        assert_eq!(told(&window)?, json!("waits"));
        window.answer_dialog(&[Key::Enter])?;
        wait::until("the refusal", || {
            Ok((told(&window)? == json!("not_allowed")).then_some(()))
        })?;
        wait_answer(&window, "complete")?;

        // A real press is answered at once.
        let input = window.part("composer-input");
        input.click()?;
        window.keys(&[Key::Control, Key::Char('v')])?;
        wait::until("the text", || {
            Ok((input.value()? == "a secret of another program").then_some(()))
        })?;
        assert!(!window.has_dialog()?);
        Ok(())
    })
}

/// Every way out of a page that there is, to the address of its first argument; the
/// last one would leave the page.
const WAYS_OUT: &str = r"
    const [http, ws, udp, done] = arguments
    const add = (name, fields, parent = document.body) => {
        const node = document.createElement(name)
        for (const [key, value] of Object.entries(fields)) node.setAttribute(key, value)
        parent.append(node)
        return node
    }
    const ways = {
        fetch: () => fetch(`${http}/fetch`),
        blind: () => fetch(`${http}/blind`, { mode: 'no-cors', method: 'POST', body: 'x' }),
        alive: () => fetch(`${http}/alive`, { keepalive: true, mode: 'no-cors' }),
        xhr: () => { const x = new XMLHttpRequest(); x.open('GET', `${http}/xhr`); x.send() },
        beacon: () => navigator.sendBeacon(`${http}/beacon`, 'x'),
        socket: () => new WebSocket(`${ws}/socket`),
        events: () => new EventSource(`${http}/events`),
        image: () => { new Image().src = `${http}/image` },
        picture: () => add('img', { srcset: `${http}/picture 2x` }),
        style: () => { document.body.style.backgroundImage = `url(${http}/style)` },
        sheet: () => add('link', { rel: 'stylesheet', href: `${http}/sheet` }, document.head),
        inline: () => { add('style', {}, document.head).textContent = `@import '${http}/inline';` },
        font: () => document.fonts.add(new FontFace('f', `url(${http}/font)`)) && document.fonts.load('1px f'),
        script: () => add('script', { src: `${http}/script` }),
        module: () => import(`${http}/module.js`),
        worker: () => new Worker(`${http}/worker.js`),
        audio: () => add('audio', { src: `${http}/audio`, preload: 'auto' }),
        video: () => add('video', { src: `${http}/video`, poster: `${http}/poster`, preload: 'auto' }),
        frame: () => add('iframe', { src: `${http}/frame` }),
        srcdoc: () => add('iframe', { srcdoc: `<img src='${http}/srcdoc'>` }),
        object: () => add('object', { data: `${http}/object` }),
        embed: () => add('embed', { src: `${http}/embed` }),
        svg: () => { document.body.insertAdjacentHTML('beforeend', `<svg><image href='${http}/svg'/><use href='${http}/use#a'/></svg>`) },
        preload: () => add('link', { rel: 'preload', as: 'image', href: `${http}/preload` }, document.head),
        prefetch: () => add('link', { rel: 'prefetch', href: `${http}/prefetch` }, document.head),
        preconnect: () => add('link', { rel: 'preconnect', href: http }, document.head),
        icon: () => add('link', { rel: 'icon', href: `${http}/icon` }, document.head),
        manifest: () => add('link', { rel: 'manifest', href: `${http}/manifest` }, document.head),
        ping: () => add('a', { href: '#here', ping: `${http}/ping` }).click(),
        download: () => add('a', { href: `${http}/download`, download: 'x' }).click(),
        blank: () => add('a', { href: `${http}/blank`, target: '_blank' }).click(),
        opened: () => window.open(`${http}/opened`),
        form: () => {
            const form = add('form', { action: `${http}/form`, method: 'post', target: '_blank' })
            add('input', { name: 'stolen', value: 'x' }, form)
            form.submit()
        },
        rtc: () => {
            const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${udp}` }] })
            peer.createDataChannel('x')
            peer.createOffer().then((offer) => peer.setLocalDescription(offer))
        },
        refresh: () => add('meta', { 'http-equiv': 'refresh', content: `0; url=${http}/refresh` }, document.head),
        replaced: () => location.replace(`${http}/replaced`),
        location: () => { location.href = `${http}/location` },
    }
    for (const way of Object.values(ways)) {
        try { Promise.resolve(way()).catch(() => {}) } catch { }
    }
    setTimeout(() => done(Object.keys(ways).length), 2000)
";

/// The first line of each call that came.
fn heard_by(listener: &TcpListener) -> Result<Vec<String>> {
    let mut calls = Vec::new();
    loop {
        match listener.accept() {
            Ok((call, _)) => {
                call.set_nonblocking(false)?;
                call.set_read_timeout(Some(LOOK))?;
                let mut line = String::new();
                // One that says nothing was made all the same.
                let _ = BufReader::new(call).read_line(&mut line);
                calls.push(line);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(calls),
            Err(error) => return Err(error.into()),
        }
    }
}

#[test]
fn nothing_gets_out_of_the_page_by_any_way() -> Result<()> {
    play("nothing_gets_out", Keyring::Unlocked, |stage| {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let heard = UdpSocket::bind("127.0.0.1:0")?;
        heard.set_nonblocking(true)?;
        let at = listener.local_addr()?;
        let window = stage.open()?;
        let tried = window.session().execute_async(
            WAYS_OUT,
            &[
                json!(format!("http://{at}")),
                json!(format!("ws://{at}")),
                json!(heard.local_addr()?.to_string()),
            ],
        )?;
        assert!(tried.as_u64() > Some(30), "{tried} ways were tried");
        // The page is where it was, and works.
        let address = window.script("return location.href", &[])?;
        assert!(
            address.as_str().unwrap().starts_with("tauri://"),
            "{address}"
        );
        assert_eq!(heard_by(&listener)?, [""; 0], "something called");
        let none = heard.recv(&mut [0; 64]).unwrap_err();
        assert_eq!(none.kind(), ErrorKind::WouldBlock, "something called");
        // It would have been heard.
        let _probe = TcpStream::connect(at)?;
        wait::until("the probe", || Ok(listener.accept().is_ok().then_some(())))?;
        Ok(())
    })
}

#[test]
fn everything_is_forgotten_after_a_yes_and_the_app_closes() -> Result<()> {
    play("everything_is_forgotten", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        // An answer that is being written ends with it.
        let gate = Gate::new();
        provider.chat(Reply::stream().delta("Half").wait(&gate).delta("."));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-to-be-forgotten-0001")?;
        ask(&window, "remember this")?;
        wait_answer(&window, "streaming")?;
        let kept = || -> Result<bool> {
            let mut search = stage.desktop.command("dbus-send");
            let search = search.args([
                "--print-reply",
                "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.SearchItems",
                "dict:string:string:service,dev.dragoman.desktop",
            ]);
            let output = search.stderr(std::process::Stdio::piped()).output()?;
            anyhow::ensure!(output.status.success(), "{output:?}");
            Ok(String::from_utf8(output.stdout)?.contains("object path"))
        };
        assert!(kept()?);
        // Not ours: it stays.
        let other = stage.home().join("holiday.txt");
        fs::write(&other, "mine")?;
        open_settings(&window)?;
        window.part("tab-data").click()?;
        let folder = window.part("data-folder").text()?;
        assert_eq!(folder, stage.home().display().to_string());
        for key in [Key::Enter, Key::Escape] {
            window.part("forget-everything").click()?;
            window.dialog()?;
            window.answer_dialog(&[key])?;
            assert!(
                stage.home().join("dragoman.db").exists(),
                "{key:?} removed it"
            );
        }
        window.part("forget-everything").click()?;
        window.dialog()?;
        let id = window.process();
        window.answer_dialog(&[Key::Tab, Key::Enter])?;
        wait::until("the app to end", || {
            Ok((!tests::process::runs(id)).then_some(()))
        })?;
        let left: Vec<_> = fs::read_dir(stage.home())?
            .map(|entry| Ok(entry?.file_name()))
            .collect::<Result<_>>()?;
        assert_eq!(left, ["holiday.txt"]);
        assert!(!kept()?);
        // The next start is a first one.
        let window = stage.open()?;
        assert_eq!(window.part("conversation").count()?, 0);
        Ok(())
    })
}
