//! Printing: a page of ours in a web view that nobody sees and that no page reaches. It
//! runs no script, is granted nothing, keeps nothing, and its requests lead nowhere.

use std::cell::Cell;
use std::future::Future;

use gtk::glib::MainContext;
use gtk::{PageSetup, PrintSettings, Unit};
use protocol::{ErrorCode, IpcError};
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::oneshot::{self, Receiver, Sender};
use webkit2gtk::{
    LoadEvent, NetworkProxyMode, NetworkProxySettings, PolicyDecisionExt, PolicyDecisionType,
    PrintOperation, PrintOperationExt, PrintOperationResponse, Settings, WebContext, WebContextExt,
    WebView, WebViewExt, WebsiteDataManagerExt,
};

use crate::{page, window};

/// Prints a page of HTML as the person says in the system's dialog; false where they
/// closed it. `name` is proposed for a file, without its ending.
///
/// # Errors
/// [`ErrorCode::Internal`], with what the system says.
pub async fn print<R: Runtime>(
    app: &AppHandle<R>,
    html: String,
    name: String,
) -> Result<bool, IpcError> {
    let (tell, told) = oneshot::channel();
    let handle = app.clone();
    let start = move || {
        // Without a desktop there is nothing to print with, and GTK would panic.
        if gtk::is_initialized_main_thread() {
            MainContext::default().spawn_local(async move {
                let done = run(&handle, &html, &name).await;
                let _ = tell.send(done);
            });
        }
    };
    let _ = app.run_on_main_thread(start);
    let done = told
        .await
        .unwrap_or_else(|_| Err("there is no desktop".to_owned()));
    done.map_err(|reason| {
        let message =
            format!("This was not printed: {reason}. Check the printer, then print again.");
        IpcError::new(ErrorCode::Internal, message)
    })
}

async fn run<R: Runtime>(app: &AppHandle<R>, html: &str, name: &str) -> Result<bool, String> {
    let view = closed_view();
    loaded(&view, html).await?;
    let operation = PrintOperation::new(&view);
    let settings = PrintSettings::new();
    settings.set("output-basename", Some(name));
    operation.set_print_settings(&settings);
    operation.set_page_setup(&page_setup());
    let ended = ended(&operation);
    let over = app.get_webview_window(page::WINDOW);
    let over = over.and_then(|window| window.gtk_window().ok());
    match operation.run_dialog(over.as_ref()) {
        PrintOperationResponse::Print => ended.await.map(|()| true),
        _ => Ok(false),
    }
}

/// The margins of the page's sheet, whose `@page` WebKitGTK passes over.
fn page_setup() -> PageSetup {
    let setup = PageSetup::new();
    setup.set_top_margin(16.0, Unit::Mm);
    setup.set_bottom_margin(18.0, Unit::Mm);
    setup.set_left_margin(15.0, Unit::Mm);
    setup.set_right_margin(15.0, Unit::Mm);
    setup
}

/// A web view of its own.
fn closed_view() -> WebView {
    let settings = Settings::builder()
        .enable_javascript(false)
        .enable_javascript_markup(false)
        .enable_html5_local_storage(false)
        .enable_html5_database(false)
        .enable_webgl(false)
        .enable_dns_prefetching(false)
        .build();
    let context = WebContext::new_ephemeral();
    if let Some(data) = context.website_data_manager() {
        let mut nowhere = NetworkProxySettings::new(Some(window::NOWHERE), &[]);
        data.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut nowhere));
    }
    let view = WebView::builder()
        .web_context(&context)
        .settings(&settings)
        .build();
    // It goes nowhere from the page that it is given.
    let is_given = Cell::new(false);
    view.connect_decide_policy(move |_, decision, kind| {
        let leads_on = match kind {
            PolicyDecisionType::NavigationAction => is_given.replace(true),
            kind => kind == PolicyDecisionType::NewWindowAction,
        };
        if leads_on {
            decision.ignore();
        }
        leads_on
    });
    view
}

/// Shows HTML, pictures included.
async fn loaded(view: &WebView, html: &str) -> Result<(), String> {
    let (tell, told) = once();
    let (failed, died) = (tell.clone(), tell.clone());
    view.connect_load_changed(move |_, event| {
        if event == LoadEvent::Finished {
            tell(Ok(()));
        }
    });
    view.connect_load_failed(move |_, _, _, error| {
        failed(Err(error.to_string()));
        true
    });
    view.connect_web_process_terminated(move |_, _| {
        died(Err("the program that draws it ended".to_owned()));
    });
    view.load_html(html, None);
    told.await
}

/// Waits until it is printed.
fn ended(operation: &PrintOperation) -> impl Future<Output = Result<(), String>> + use<> {
    let (tell, told) = once();
    let failed = tell.clone();
    operation.connect_finished(move |_| tell(Ok(())));
    operation.connect_failed(move |_, error| failed(Err(error.to_string())));
    told
}

/// Takes what is told first, of several that may tell.
fn once() -> (
    impl Fn(Result<(), String>) + Clone + 'static,
    impl Future<Output = Result<(), String>> + use<>,
) {
    let (tell, told): (Sender<Result<(), String>>, Receiver<_>) = oneshot::channel();
    let tell = std::rc::Rc::new(Cell::new(Some(tell)));
    let first = move |what| {
        if let Some(tell) = tell.take() {
            let _ = tell.send(what);
        }
    };
    let wait = async move {
        told.await
            .unwrap_or_else(|_| Err("it was given up".to_owned()))
    };
    (first, wait)
}
